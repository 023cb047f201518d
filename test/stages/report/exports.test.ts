import { describe, expect, it } from 'vitest';
import type { Row } from '../../support/stage-context.ts';
import { all, expectValid, plain, reportOf, row, type Element } from './report-page.ts';

/**
 * Two countries that buy from nobody but themselves, and export: 40 of Arda's output of 100, 30 of Bree's of 50.
 * Emitted: 100 and 50 t of CO2, 1 t per output; so 40 and 30 t for exports, 60 and 20 t for what they buy.
 */
const DELIVERED = { A: [60, 40], B: [20, 30] } as const;
const CODES = ['A', 'B'] as const;
const made = (code: 'A' | 'B'): number => DELIVERED[code][0] + DELIVERED[code][1];
const co2 = { pollutant: 'CO2' };

const common = {
  region: [
    { id: 1, code: 'A', name: 'Arda', in_focus: false },
    { id: 2, code: 'B', name: 'Bree', in_focus: false },
  ],
  sector: [{ id: 1, name: 'Mines' }],
  final_demand: CODES.flatMap((code) => [
    { from_region: code, from_sector: 1, to_region: code, value: DELIVERED[code][0] },
    { from_region: code, from_sector: 1, to_region: 'export', value: DELIVERED[code][1] },
  ]),
  sector_account: CODES.map((region) => ({ ...co2, region, sector: 1, production_t: made(region), multiplier: 1 })),
  intensity: CODES.map((region) => ({ ...co2, region, sector: null, kg_per_output: 1000 })),
};

/** What C and the balance are, with exports with the region or kept apart. */
function counted(treatment: 'with-region' | 'separate'): Record<string, Row[]> {
  const apart = treatment === 'separate';
  const causes = CODES.flatMap((code): (Row & { readonly code: string })[] =>
    apart
      ? [
          { code, consumer_region: code, emission_t: DELIVERED[code][0] },
          { code, consumer_region: 'export', emission_t: DELIVERED[code][1] },
        ]
      : [{ code, consumer_region: code, emission_t: made(code) }],
  );
  return {
    ...common,
    consumption: causes.map(({ code, ...caused }) => ({
      ...co2,
      producer_region: code,
      producer_sector: 1,
      ...caused,
    })),
    footprint: causes.map(({ code: _, ...caused }) => ({ ...co2, product_sector: 1, ...caused })),
    region_balance: CODES.map((region) => {
      const consumption = apart ? DELIVERED[region][0] : made(region);
      const accounts = { production_t: made(region), consumption_t: consumption };
      const orientation = apart ? 'production' : 'consumer';
      return { ...co2, region, ...accounts, net_inflow_t: made(region) - consumption, orientation };
    }),
  };
}

const words = {
  title: 'Who heats whose kettle?',
  subtitle: 'Two countries',
  region: { one: 'country', many: 'countries' },
  outside: { one: 'far country', many: 'far countries' },
};

const pageOf = async (tables: Record<string, Row[]>, parameters = {}): Promise<Element> =>
  expectValid(await reportOf(tables, [], { ...words, ...parameters }));
const sentences = (page: Element): string[] => all(page, '.answer').map(({ textContent }) => plain(textContent));
const text = (page: Element, selector: string): string => plain(page.querySelector(selector)!.textContent);
const heads = (page: Element): string[] =>
  all(page.querySelector('#accounts thead')!, 'th').map(({ textContent }) => plain(textContent));

describe('exports that count with the region', () => {
  it('are said to be among what it causes, with their amount and what it would be without them', async () => {
    const page = await pageOf(counted('with-region'));
    expect(sentences(page)).toEqual([
      'The 2 countries emitted 150 t of CO2; what they finally bought and exported abroad caused 150 t.',
      'Exports abroad count as final demand of the country that delivers them: they caused 70 t (47%) of the ' +
        'consumption-based emissions, and what the countries bought themselves 80 t. Without exports, all of the 2 ' +
        'countries would emit more than their consumption causes; with them, none.',
      'No country emits more than its final demand, exports abroad included, causes.',
    ]);
  });

  it('are in the captions, in the legend, and in a column of the table', async () => {
    const page = await pageOf(counted('with-region'));
    expect(text(page, '#accounts figcaption')).toContain(
      'what the country finally buys or exports abroad, by product.',
    );
    expect(text(page, '#accounts caption')).toContain(
      'above 0, the country emits more than its final demand, exports abroad included, causes, and is production-oriented',
    );
    expect(text(page, '#accounts caption')).toContain(
      'Exports abroad count as final demand of the country that delivers them: what they caused is in consumption, 70 t in all.',
    );
    expect(text(page, '#accounts table .source')).toBe('From region_balance, intensity, final_demand, sector_account');
    expect(heads(page).slice(2, 4)).toEqual(['Consumption-based CO2 t', 'of which for exports abroad t']);
    expect(row(page, 'accounts', 'Arda').slice(0, 4)).toEqual(['100', '100', '40', '0']);
    expect(text(page, '#intensity .legend')).toContain('more than its final demand, exports abroad included, causes');
    expect(text(page, 'main')).not.toMatch(/than its consumption causes/);
  });

  it('are those of the regions of the page, and of one region as of one', async () => {
    const tables = counted('with-region');
    const region = tables['region']!.map((known) => ({ ...known, in_focus: known['code'] === 'B' }));
    const page = await pageOf({ ...tables, region }, { group: 'Bree' });
    expect(sentences(page)).toEqual([
      'Bree emitted 50 t of CO2; what it finally bought and exported abroad caused 50 t, of which 0 t (0%) was ' +
        'emitted in other far countries.',
      'Exports abroad count as final demand of the country that delivers them: they caused 30 t (60%) of the ' +
        'consumption-based emissions, and what the country bought itself 20 t.',
    ]);
  });

  it('are told for the pollutant that they cause, and for no other', async () => {
    const tables = counted('with-region');
    const second = (line: Row): Row => ({
      ...line,
      pollutant: 'SO2',
      ...('multiplier' in line ? { multiplier: 0 } : {}),
    });
    const both = Object.fromEntries(
      Object.entries(tables).map(([name, lines]): [string, Row[]] => [
        name,
        lines.flatMap((line) => ('pollutant' in line ? [line, second(line)] : [line])),
      ]),
    );
    const found = sentences(await pageOf(both));
    expect(found.filter((sentence) => sentence.includes('xport'))).toHaveLength(3);
    expect(found[1]).toContain('70 t (47%) of the consumption-based emissions of CO2');
    expect(found.slice(3)).toEqual([
      'The 2 countries emitted 150 t of SO2; what they finally bought caused 150 t.',
      'No country emits more than its consumption causes.',
    ]);
  });
});

describe('exports that are kept apart', () => {
  it('are said to be nobody’s consumption, with what is emitted for them', async () => {
    const page = await pageOf(counted('separate'));
    expect(sentences(page)).toEqual([
      'The 2 countries emitted 150 t of CO2; what they finally bought caused 80 t.',
      'Exports abroad are counted apart, as nobody’s consumption: 70 t (47%) of the emissions of the countries were for them.',
      'Emissions exceed what local consumption causes above all in Arda (by 40 t) and Bree (by 30 t).',
    ]);
    expect(text(page, '#accounts caption')).toContain(
      'Exports abroad are nobody’s consumption: emissions for them are in production alone, 70 t in all.',
    );
    expect(text(page, '#accounts table .source')).toBe('From region_balance, intensity, consumption');
    expect(heads(page).slice(1, 3)).toEqual(['Production-based CO2 t', 'of which for exports abroad t']);
    expect(row(page, 'accounts', 'Bree').slice(0, 4)).toEqual(['50', '30', '20', '30']);
  });
});

it.each(['with-region', 'separate'] as const)(
  'nothing is said of exports where there are none, %s',
  async (treatment) => {
    const tables = counted(treatment);
    const page = await pageOf({
      ...tables,
      final_demand: tables['final_demand']!.map((demand) =>
        demand['to_region'] === 'export' ? { ...demand, value: 0 } : demand,
      ),
      consumption: tables['consumption']!.map((caused) =>
        caused['consumer_region'] === 'export' ? { ...caused, emission_t: 0 } : caused,
      ),
    });
    expect(text(page, 'body')).not.toMatch(/export/i);
  },
);
