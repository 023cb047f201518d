import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Origin } from '../../../runner/stage.ts';
import { extentOf } from '../../../stages/report/intensity-figure.ts';
import type { Row } from '../../support/stage-context.ts';
import { miniature, writeTables } from './miniature.ts';
import {
  all,
  expectValid,
  plain,
  reportOf,
  row,
  sectionIds,
  standIn,
  type Element,
  type Paths,
} from './report-page.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/**
 * A study of three countries and two sectors with the tables that a report cannot be without.
 *
 * Emitted: 60, 30 and 10 t. Caused by consumption: 40, 40 and 20 t; of those of Arda and Bree, 5 t in Cirith.
 */
const required = {
  region: [
    { id: 1, code: 'A', name: 'Arda', in_focus: true },
    { id: 2, code: 'B', name: 'Bree', in_focus: true },
    { id: 3, code: 'C', name: 'Cirith', in_focus: true },
  ],
  sector: [
    { id: 1, name: 'Mines' },
    { id: 2, name: 'Inns' },
  ],
  region_balance: [
    balance('A', 60, 40, 'production'),
    balance('B', 30, 40, 'consumer'),
    balance('C', 10, 20, 'consumer'),
  ],
  sector_account: [
    { pollutant: 'CO2', region: 'A', sector: 1, production_t: 45.5 },
    { pollutant: 'CO2', region: 'A', sector: 2, production_t: 14.5 },
    { pollutant: 'CO2', region: 'B', sector: 1, production_t: 30 },
    { pollutant: 'CO2', region: 'C', sector: 2, production_t: 10 },
  ],
  footprint: [
    { pollutant: 'CO2', consumer_region: 'A', product_sector: 1, emission_t: 40 },
    { pollutant: 'CO2', consumer_region: 'B', product_sector: 2, emission_t: 40 },
    { pollutant: 'CO2', consumer_region: 'C', product_sector: 2, emission_t: 20 },
  ],
  consumption: [
    { pollutant: 'CO2', producer_region: 'A', producer_sector: 1, consumer_region: 'A', emission_t: 37 },
    { pollutant: 'CO2', producer_region: 'C', producer_sector: 2, consumer_region: 'A', emission_t: 3 },
    { pollutant: 'CO2', producer_region: 'C', producer_sector: 2, consumer_region: 'B', emission_t: 2 },
    { pollutant: 'CO2', producer_region: 'B', producer_sector: 1, consumer_region: 'B', emission_t: 38 },
    { pollutant: 'CO2', producer_region: 'A', producer_sector: 1, consumer_region: 'C', emission_t: 20 },
  ],
  intensity: [
    { pollutant: 'CO2', region: 'A', sector: null, kg_per_output: 0.012 },
    { pollutant: 'CO2', region: 'B', sector: null, kg_per_output: 0.5 },
    { pollutant: 'CO2', region: 'C', sector: null, kg_per_output: 0.25 },
  ],
} satisfies Record<string, readonly Row[]>;

function balance(region: string, production: number, consumption: number, orientation: string): Row {
  return {
    pollutant: 'CO2',
    region,
    production_t: production,
    consumption_t: consumption,
    net_inflow_t: production - consumption,
    orientation,
  };
}

const origins: Origin[] = Object.keys(required).map((artifact) => ({
  artifact,
  stage: null,
  sha256: '0'.repeat(64),
  evidence: 'published fact',
  inputs: [],
  description: `The table ${artifact}`,
  columns: artifact === 'intensity' ? { kg_per_output: { type: 'DOUBLE', unit: 'kg/EUR' } } : {},
}));

const countries = {
  title: 'Who heats whose kettle?',
  subtitle: 'Three countries, 2030',
  year: 2030,
  region: { one: 'country', many: 'countries' },
  outside: { one: 'far country', many: 'far countries' },
};

const sentences = (report: Element): string[] => all(report, '.answer').map(({ textContent }) => plain(textContent));
/** The first of these words in a text, with what is around it. */
const traceOf = (text: string, words: RegExp): string | undefined =>
  new RegExp(`.{0,40}(${words.source}).{0,40}`, `${words.flags}s`).exec(text)?.[0];

const inFocus = (table: readonly Row[], ...codes: readonly string[]): Row[] =>
  table.map((region) => ({ ...region, in_focus: codes.includes(String(region['code'])) }));

describe('the report of a study with no more than the required tables', () => {
  let text: string;
  let page: Element;
  beforeAll(async () => {
    text = await reportOf(required, origins, countries);
    page = expectValid(text);
  }, 60_000);

  it('has the sections of these tables alone', () => {
    expect(sectionIds(page)).toEqual(['accounts', 'intensity', 'provenance']);
    expect(all(page, 'nav a').map((link) => link.getAttribute('href'))).toEqual([
      '#accounts',
      '#intensity',
      '#provenance',
    ]);
    expect(all(page, 'table')).toHaveLength(2);
    expect(all(page, 'svg')).toHaveLength(2);
  });

  it('does not speak of what is not there', () => {
    const absent =
      /\bstand|\bprint|the study|ANAIS|\bRAS\b|enterprise|programme|network|supplier|inefficient|factor|outside/i;
    expect(traceOf(text.replaceAll(/<style>.*?<\/style>/gs, ''), absent)).toBeUndefined();
    expect(page.querySelector('.notice')).toBeNull();
  });

  it('is called as its parameters say', () => {
    expect(page.querySelector('title')!.textContent).toBe('Who heats whose kettle? Three countries, 2030');
    expect(page.querySelector('h1')!.textContent).toBe('Who heats whose kettle?');
    expect(plain(page.querySelector('.subtitle')!.textContent)).toBe(
      'Three countries, 2030. A multi-regional input-output account of 3 regions and 2 sectors.',
    );
    expect(plain(page.querySelector('footer')!.textContent)).toBe(
      'All numbers of this page are in the tables named above each figure. ' +
        'In the results database, every table and column has a comment with its meaning and unit.',
    );
  });

  it('says what is found', () => {
    expect(sentences(page)).toEqual([
      'The 3 countries emitted 100 t of CO2 in 2030; what they finally bought caused 100 t.',
      'Arda and Bree account for 80.0% of the consumption-based and 90.0% of the production-based emissions; ' +
        'emissions exceed what local consumption causes above all in Arda (by 20 t).',
    ]);
  });

  it('has small masses and intensities with decimals, and their declared unit', () => {
    expect(row(page, 'accounts', 'Arda')).toEqual(['60.00', '40.00', '20.00', '0.0120', 'production-oriented']);
    const units = all(page.querySelector('#accounts table')!, '.unit').map(({ textContent }) => textContent);
    expect(units).toEqual(['t', 't', 't', 'kg/EUR']);
    expect(plain(page.querySelector('#accounts figcaption')!.textContent)).toContain('In t. Countries in order of');
    const titles = all(page.querySelector('#accounts svg')!, 'title').map(({ textContent }) => textContent);
    // Without groups, each sector is one.
    expect(titles).toContain('Arda, production: Mines 45.5 t');
  });

  it('draws intensities as bars where it is not known where the regions lie', () => {
    const drawing = page.querySelector('#intensity svg')!;
    expect(all(drawing, 'circle')).toEqual([]);
    const widths = all(drawing, '[aria-label=bar] rect').map((bar) => Number(bar.getAttribute('width')));
    expect(widths).toHaveLength(3);
    expect(widths[1]! / widths[0]!).toBeCloseTo(0.5, 6);
    expect(plain(page.querySelector('#intensity figcaption')!.textContent)).toMatch(
      /^Figure 2\. CO2 per output, average over sectors, in kg\/EUR\. From/,
    );
  });

  it('is about all regions where none is in focus', async () => {
    const none = { ...required, region: inFocus(required.region) };
    const report = expectValid(await reportOf(none, origins, countries));
    expect(sentences(report)).toEqual(sentences(page));
    expect(sectionIds(report)).toEqual(sectionIds(page));
  });

  it('is about those in focus where some are, and says what comes from outside', async () => {
    const some = { ...required, region: inFocus(required.region, 'A', 'B') };
    const report = expectValid(await reportOf(some, origins, { ...countries, group: 'the countries of the west' }));
    expect(sentences(report)[0]).toBe(
      'The 2 countries of the west emitted 90 t of CO2 in 2030; what they finally bought caused 80 t, ' +
        'of which 5 t (6%) was emitted in other far countries.',
    );
    // Of two, it need not be said that they are the first two.
    expect(sentences(report)[1]).toBe('Emissions exceed what local consumption causes above all in Arda (by 20 t).');
    expect(all(report.querySelector('#accounts')!, 'tbody tr')).toHaveLength(2);
    // There is no table of flows from outside.
    expect(sectionIds(report)).toEqual(sectionIds(page));
  });

  it('tells those in focus apart where those outside are called the same', async () => {
    const some = { ...required, region: inFocus(required.region, 'A', 'B') };
    const alike = { ...countries, outside: countries.region };
    const report = expectValid(await reportOf(some, origins, alike));
    expect(sentences(report)[0]).toBe(
      'The 2 countries in focus emitted 90 t of CO2 in 2030; what they finally bought caused 80 t, ' +
        'of which 5 t (6%) was emitted in countries outside.',
    );
    const shown = plain(report.querySelector('#accounts')!.textContent);
    expect(shown).toContain('CO2 emitted in each country in focus');
    expect(shown).toContain('the country in focus emits more than its');
  });

  it('names stand-ins, and says that they were fitted only where they were', async () => {
    const madeUp: Origin = { ...origins[0]!, artifact: 'made_up', evidence: 'stand-in' };
    const resting = origins.map((origin) =>
      origin.artifact === 'region_balance' ? { ...origin, evidence: null, inputs: ['made_up'] } : origin,
    );
    const report = expectValid(await reportOf(required, [madeUp, ...resting], countries));
    const notice = plain(report.querySelector('.notice')!.textContent);
    expect(notice).toMatch(/^Made with stand-in data Generated, .*: made_up \(what they are\)\. The results show/);
    expect(sentences(report)[0]).toMatch(/^In the stand-in economy, the 3 countries emitted/);
    expect(traceOf(plain(report.querySelector('body')!.textContent), /the study|fitted|calibration/)).toBeUndefined();
  });

  it('speaks of a group by its name, of one region as of one, and of no year that is not given', async () => {
    const one = { ...required, region: inFocus(required.region, 'B') };
    const { year: _, ...undated } = countries;
    const report = expectValid(await reportOf(one, origins, { ...undated, group: 'Bree' }));
    expect(sentences(report)).toEqual([
      'Bree emitted 30 t of CO2; what it finally bought caused 40 t, of which 2 t (5%) was emitted in other far countries.',
    ]);
    const named = expectValid(await reportOf(required, origins, { ...countries, year: null, group: 'all of Arda' }));
    expect(sentences(named)[0]).toBe('All of Arda emitted 100 t of CO2; what they finally bought caused 100 t.');
  });

  it('refuses parameters that are missing or wrong, and names them', async () => {
    const { title: _, ...untitled } = countries;
    await expect(reportOf(required, origins, untitled)).rejects.toThrow('stage report has no parameter title');
    const dated = { ...countries, year: 'soon' };
    await expect(reportOf(required, origins, dated)).rejects.toThrow('parameter year of stage report is "soon"');
    const wrong = { ...countries, region: 'country' };
    await expect(reportOf(required, origins, wrong)).rejects.toThrow('parameter region of stage report is "country"');
  });
});

describe('the report of a study with all tables', () => {
  let full: Paths;
  beforeAll(async () => {
    full = await writeTables(miniature);
  }, 60_000);

  const without = (...names: readonly string[]): Paths =>
    Object.fromEntries(Object.entries(full).filter(([name]) => !names.includes(name)));

  it('takes all names from its parameters', async () => {
    const parameters = {
      ...{ title: 'A title', subtitle: 'A subtitle. After A. U. Thor.', year: 1999, group: 'the hundreds of Erewhon' },
      ...{ region: { one: 'hundred', many: 'hundreds' }, outside: { one: 'shire', many: 'shires' } },
    };
    const plainNotes = miniature['comparison']!.map((line) => ({ ...line, note: null }));
    const named = { ...full, ...(await writeTables({ comparison: plainNotes })) };
    const page = expectValid(await reportOf(named, [], parameters));
    const shown = plain(page.querySelector('body')!.textContent);
    expect(shown).toContain('The 3 hundreds of Erewhon emitted 400,000 t of NOx in 1999');
    expect(shown).toContain('was emitted in other shires');
    expect(shown).toContain('A subtitle. After A. U. Thor. A multi-regional input-output account of 4 regions');
    expect(page.querySelector('title')!.textContent).toBe('A title A subtitle');
    expect(sectionIds(page)).toContain('shires');
    const labels = all(page, '[aria-label]').map((element) => element.getAttribute('aria-label'));
    const others = /\b(city|cities|provinces?|agglomeration|2017|2012)\b/i;
    expect(traceOf(`${shown} ${labels.join(' ')}`, others)).toBeUndefined();
  });

  it.each([
    ['correlation', ['factors'], /factors and consumption|correlation|goes most closely/],
    ['comparison', ['comparison'], /printed figures|calls a small difference|in print/],
    ['network_flow', ['networks'], /network/i],
    ['outside_flow', ['provinces'], /suppliers and consumers|passed on at every step/],
    ['flow_efficiency', [], /inefficient flows|between two cities/],
    ['anais_certificate anais_residual', ['certificate'], /certificate of the linear programme|family of constraints/],
    ['validation_study validation_national', ['methods'], /rivals|RAS/],
    ['enterprise', [], /Lines of the enterprise file|not counted/],
    ['enterprise balance', ['records'], /What was read|certificate of each/],
  ])('leaves out what it has no %s for', async (names, gone, traces) => {
    const missing = names.split(' ');
    const page = expectValid(
      await reportOf(
        without(...missing),
        standIn.filter(({ artifact }) => !missing.includes(artifact)),
      ),
    );
    const complete = ['factors', 'accounts', 'intensity', 'networks', 'provinces', 'comparison', 'certificate'];
    expect(sectionIds(page)).toEqual(
      [...complete, 'methods', 'records', 'provenance'].filter((known) => !gone.includes(known)),
    );
    const shown = all(page, 'header, section')
      .filter((section) => section.getAttribute('id') !== 'provenance')
      .map((section) => plain(section.textContent))
      .join(' ');
    expect(traceOf(shown, traces)).toBeUndefined();
  });

  it('speaks of the study in print only where the printed figures are', async () => {
    const page = expectValid(await reportOf(full, []));
    const on = all(page, 'section').filter((section) => section.textContent.includes('the study'));
    expect(on.map((section) => section.getAttribute('id'))).toEqual(['comparison']);
  });

  it('speaks of no region outside where all are in focus, and of no flows between them where none is', async () => {
    const codes = miniature['region']!.map(({ code }) => String(code));
    const everywhere = { ...full, ...(await writeTables({ region: inFocus(miniature['region']!, ...codes) })) };
    const page = expectValid(await reportOf(everywhere));
    expect(sectionIds(page)).not.toContain('provinces');
    expect(sectionIds(page)).toContain('networks');
    expect(sentences(page)[0]).toMatch(/the 4 cities .* emitted 534,000 t of NOx .* caused 509,000 t\.$/);

    const nowhere = { ...full, ...(await writeTables({ region: inFocus(miniature['region']!) })) };
    const other = expectValid(await reportOf(nowhere));
    expect(sentences(other).slice(0, 2)).toEqual(sentences(page).slice(0, 2));
    expect(sectionIds(other)).not.toContain('networks');
    expect(other.querySelector('#intensity')!.textContent).not.toContain('inefficient');
  });

  it('has bars in place of the map where one region has no place', async () => {
    const unplaced = miniature['region']!.map((region) =>
      region['code'] === 'BJ' ? { ...region, latitude: null } : region,
    );
    const report = expectValid(await reportOf({ ...full, ...(await writeTables({ region: unplaced })) }));
    const drawing = report.querySelector('#intensity svg')!;
    expect(all(drawing, 'circle')).toEqual([]);
    expect(all(drawing, '[aria-label=bar] rect')).toHaveLength(2);
  });
});

describe('the map', () => {
  it.each([0, 45, -60])('has the shape of the country at latitude %s', (latitude) => {
    const places = [-1, 1].map((degrees) => ({ longitude: 10 + degrees, latitude: latitude + degrees }));
    const { perLongitude, perLatitude } = extentOf(places);
    expect(perLongitude / perLatitude).toBeCloseTo(Math.cos((latitude * Math.PI) / 180), 9);
  });

  it('is as wide as the page, and not higher than one can see', () => {
    for (const reach of [
      { longitude: 30, latitude: 2 },
      { longitude: 0, latitude: 40 },
    ]) {
      const places = [-1, 1].map((sign) => ({ longitude: sign * reach.longitude, latitude: sign * reach.latitude }));
      const { west, east, south, north, perLongitude, perLatitude } = extentOf(places);
      expect((east - west) * perLongitude).toBeCloseTo(400, 6);
      expect((north - south) * perLatitude).toBeLessThanOrEqual(620 + 1e-9);
      for (const { longitude, latitude } of places) {
        expect(longitude > west && longitude < east && latitude > south && latitude < north).toBe(true);
      }
    }
  });
});

const escaped = (word: string): string => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

describe('the code of the report', () => {
  const folder = join(ROOT, 'stages/report');
  const code = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));

  /** Files that hold one of these as a word by itself; Chinese is written without spaces. */
  const holding = (words: readonly string[]): string[] =>
    words.flatMap((word) => {
      const whole = /^[\x20-\x7e]+$/.test(word)
        ? new RegExp(`(?<![A-Za-z0-9_])${escaped(word)}(?![A-Za-z0-9_])`)
        : null;
      return [...code]
        .filter(([, text]) => whole?.test(text) ?? text.includes(word))
        .map(([file]) => `${file}: ${word}`);
    });

  async function namesOf(file: string): Promise<string[]> {
    const database = await (await DuckDBInstance.create(':memory:')).connect();
    const found = await database.runAndReadAll(
      `SELECT unnest([name, name_zh]) AS name FROM read_csv('${join(ROOT, file)}', header = true, all_varchar = true)`,
    );
    return found.getRowObjectsJson().map(({ name }) => name as string);
  }

  it.each(['data-raw/regions.csv', 'data-raw/sectors.csv'])('has no name of %s', async (file) => {
    const names = await namesOf(file);
    expect(names.length).toBeGreaterThan(50);
    expect(holding(names)).toEqual([]);
  });

  it('has no name of the group, of a kind of region, of a pollutant, of a country or of its money', () => {
    const words =
      'Beijing-Tianjin-Hebei BTH bth agglomeration city City cities Cities province provinces NOx nox China';
    expect(holding([...words.split(' '), 'yuan', 'CNY', '2012', '2017'])).toEqual([]);
  });

  it('is looked at with an eye that sees', () => {
    code.set('sample.ts', "const title = 'Whose Tianjin? 北京市';");
    expect(holding(['Tianjin', '北京', 'Tian'])).toEqual(['sample.ts: Tianjin', 'sample.ts: 北京']);
    code.delete('sample.ts');
  });
});

it('a page tells regions apart by their names: two of one name are refused', async () => {
  const named = required.region.map((region) => ({ ...region, name: region.code === 'A' ? 'Arda' : 'Bree' }));
  await expect(reportOf(await writeTables({ ...required, region: named }), [], countries)).rejects.toThrow(
    'regions B and C are both called Bree',
  );
});
