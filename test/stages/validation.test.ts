import { beforeAll, describe, expect, it } from 'vitest';
import { dimensions, type MrioTable } from '../../mrio/table.ts';
import type { Parameter } from '../../runner/stage.ts';
import { aggregateToParents } from '../../stages/stand-in/economy-aggregate.ts';
import { longTable } from '../../stages/stand-in/economy-rows.ts';
import type { DetailedTable } from '../../stages/stand-in/economy-types.ts';
import validation from '../../stages/validation.ts';
import { summaries, summary } from '../../stages/validation/summaries.ts';
import {
  declaredOutputs,
  declaredParameters,
  testContext,
  type Row,
  type TestInput,
} from '../support/stage-context.ts';
import { GEOGRAPHY, nationalTable, smallEconomies, summed } from './stand-in/small-economy.ts';

const { later, earlier } = smallEconomies(3);
const SECTORS = [1, 2, 3, 4];
const { regions, parents } = GEOGRAPHY;

/** A table in the rows that the stage `tables` leaves. */
function accountRows(table: MrioTable): Row[] {
  const { n, sectorCount: S, finalDemandCount, regionCount } = dimensions(table);
  const region = (k: number): string => table.regions[Math.floor(k / S)]!;
  const sector = (k: number): number => table.sectors[k % S]!;
  const row = (block: string, from: number | null, to: number | null, toRegion: string | null, value: number): Row => ({
    from_region: from === null ? null : region(from),
    from_sector: from === null ? null : sector(from),
    to_region: toRegion,
    to_sector: to === null ? null : sector(to),
    block,
    value_10k_cny: value,
  });
  return [
    ...Array.from(table.intermediate, (value, cell) =>
      row('intermediate', Math.floor(cell / n), cell % n, region(cell % n), value),
    ),
    ...Array.from(table.finalDemand, (value, cell) => {
      const [k, c] = [Math.floor(cell / finalDemandCount), cell % finalDemandCount];
      return c === regionCount
        ? row('export', k, null, null, value)
        : row('final_demand', k, null, table.regions[c]!, value);
    }),
    ...Array.from(table.primaryInput, (value, k) => row('primary_input', null, k, region(k), value)),
  ].filter(({ value_10k_cny }) => value_10k_cny !== 0);
}

/** A table in the rows that the stage `anais` leaves. */
function resultRows(table: MrioTable): Record<'mrio' | 'final_demand' | 'primary_input', Row[]> {
  const rows = accountRows(table);
  const of = (...blocks: string[]): Row[] => rows.filter(({ block }) => blocks.includes(String(block)));
  return {
    mrio: of('intermediate'),
    final_demand: of('final_demand', 'export').map((row) => ({ ...row, to_region: row['to_region'] ?? 'export' })),
    primary_input: of('primary_input').map(({ to_region, to_sector, value_10k_cny }) => ({
      region: to_region!,
      sector: to_sector!,
      value_10k_cny: value_10k_cny!,
    })),
  };
}

function trueRows(table: DetailedTable): Row[] {
  const long = longTable(table);
  return Array.from(long.value, (value, e) => ({
    from_region: long.fromRegion[e]! < 0 ? null : long.regions[long.fromRegion[e]!]!,
    from_sector: long.fromSector[e]! < 0 ? null : long.fromSector[e]!,
    to_region: long.regions[long.toRegion[e]!]!,
    to_sector: long.toSector[e]! < 0 ? null : long.toSector[e]!,
    category: long.categories[long.category[e]!]!,
    value_10k_cny: value,
  }));
}

function nationalRows(year: number): Row[] {
  const { intermediate, finalDemand, exports, primaryInputs, ...categories } = nationalTable(year);
  const row = (category: string, from: number | null, to: number | null, value: number): Row => ({
    year,
    category,
    from_sector: from === null ? null : SECTORS[from]!,
    to_sector: to === null ? null : SECTORS[to]!,
    value_10k_cny: value,
  });
  return [
    ...Array.from(intermediate, (value, cell) => row('intermediate', Math.floor(cell / 4), cell % 4, value)),
    ...Array.from(finalDemand, (value, cell) =>
      row(categories.demandCategories[cell % 2]!, Math.floor(cell / 2), null, value),
    ),
    ...Array.from(exports, (value, i) => row('export', i, null, value)),
    ...Array.from(primaryInputs, (value, cell) =>
      row(categories.primaryCategories[Math.floor(cell / 4)]!, null, cell % 4, value),
    ),
  ];
}

const truth = summed(later.table);
const target = summed(aggregateToParents(later.table, GEOGRAPHY));

/** All inputs; the result of the stage `anais` is the truth itself, so that it is known when it is taken as it is. */
const INPUTS: Readonly<Record<string, TestInput>> = {
  region: regions.map((code, r) => ({ code, province: parents[r]!, gb2260: String(r + 1), in_bth: r > 0 && r < 4 })),
  sector: SECTORS.map((id) => ({ id })),
  category: [
    { category: 'intermediate', block: 'intermediate' },
    ...['urban', 'capital', 'export'].map((category) => ({ category, block: 'final_demand' })),
    ...['surplus', 'imports'].map((category) => ({ category, block: 'primary_input' })),
  ],
  national_table: [...nationalRows(2012), ...nationalRows(2017)],
  reference_table: accountRows(summed(earlier.table)),
  target_table: accountRows(target),
  ...resultRows(truth),
  emission: regions.flatMap((region, r) =>
    SECTORS.map((sector) => ({
      region,
      sector,
      nox_t: truth.primaryInput[r * 4 + sector - 1]! > 0 ? 0.5 + r + 2 * sector : 0,
    })),
  ),
  nbs_table: { absent: 'nbs_table' },
  stand_in_true_mrio_2017: trueRows(later.table),
};

const PARAMETERS: Readonly<Record<string, Parameter>> = {
  ...declaredParameters('validation'),
  anais: { ...(declaredParameters('validation')['anais'] as Record<string, Parameter>), band_widening: 0.9 },
  noise: [0, 0.05],
  national_draws: 3,
  national_band: 2,
};

type Scores = Record<string, string | number | boolean | null>[];

async function run(
  inputs: Readonly<Record<string, TestInput>> = {},
  parameters: Readonly<Record<string, Parameter>> = {},
): Promise<{ study: Scores; national: Scores; notes: string[] }> {
  const outputs = await testContext({
    inputs: { ...INPUTS, ...inputs },
    parameters: { ...PARAMETERS, ...parameters },
    outputs: declaredOutputs('validation'),
  }).run(validation);
  const study = await outputs.rows('validation_study');
  const national = await outputs.rows('validation_national');
  const notes = outputs.progress.map(({ note }) => note ?? '');
  outputs.close();
  return { study, national, notes };
}

const of = (scores: Scores, method: string, noise: number): Scores[number] =>
  scores.find((row) => row['method'] === method && row['noise'] === noise)!;

let first: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
  first = await run();
});

describe('scores of the study', () => {
  it('are there for each method at each level of noise', () => {
    expect(first.study.map(({ noise, method, status }) => [noise, method, status])).toEqual(
      [0, 0.05].flatMap((noise) =>
        ['ANAIS', 'RAS', 'weighted least squares'].map((method) => [noise, method, 'solved']),
      ),
    );
  });

  it('of ANAIS with exact totals are those of the table that the stage anais made: it is not made again', () => {
    const shown = of(first.study, 'ANAIS', 0);
    for (const score of ['wape', 'stpe', 'mad', 'theil_u', 'footprint_wape', 'city_flow_wape']) {
      expect(shown[score], score).toBeLessThan(1e-15);
    }
    expect(shown['inefficient_share']).toBeCloseTo(Number(shown['true_inefficient_share']), 12);
    expect(first.notes.filter((note) => note.startsWith('ANAIS, noise 0:'))).toEqual([]);
    expect(first.notes.some((note) => note.startsWith('ANAIS, noise 0.05: step 2'))).toBe(true);
  });

  it('are errors of methods that do not know the truth, and grow with errors in the totals', () => {
    for (const method of ['RAS', 'weighted least squares']) {
      const [exact, wrong] = [of(first.study, method, 0), of(first.study, method, 0.05)];
      expect(Number(exact['wape'])).toBeGreaterThan(0.001);
      expect(Number(exact['footprint_wape'])).toBeGreaterThan(0);
      expect(Number(wrong['wape'])).toBeGreaterThan(Number(exact['wape']));
      expect(Number(wrong['wape'])).toBeLessThan(0.5);
    }
  });

  it('are the same for the same seed; another seed changes the errors in the totals and nothing else', async () => {
    const again = await run();
    expect(again.study).toEqual(first.study);
    expect(again.national).toEqual(first.national);
    const other = await run({}, { seed: 99 });
    expect(of(other.study, 'RAS', 0)).toEqual(of(first.study, 'RAS', 0));
    expect(of(other.study, 'RAS', 0.05)['wape']).not.toBe(of(first.study, 'RAS', 0.05)['wape']);
  });

  it('do not exist for a method that finds no table: status, message, and no number', async () => {
    const strict = { ...(PARAMETERS['anais'] as Record<string, Parameter>), largest_gap: 1e-300 };
    const { study, national } = await run({}, { anais: strict });
    for (const method of ['ANAIS', 'weighted least squares']) {
      const row = of(study, method, 0.05);
      expect(row).toMatchObject({ status: 'no table', wape: null, stpe: null, footprint_wape: null });
      expect(row['message']).toMatch(/is not proven/);
    }
    expect(of(study, 'RAS', 0.05)).toEqual(of(first.study, 'RAS', 0.05));
    expect(of(national, 'ANAIS', 0.05)).toMatchObject({ draws: 3, solved: 0, wape: null, wape_deviation: null });
    expect(of(national, 'ANAIS', 0.05)['message']).toMatch(/is not proven/);
  });

  it('are none where there is no true table, and the national ones stay', async () => {
    const { study, national } = await run({ stand_in_true_mrio_2017: { absent: 'stand_in_true_mrio_2017' } });
    expect(study).toEqual([]);
    expect(national).toEqual(first.national);
  });

  it('are none where the target is a table of the user’s own', async () => {
    const own = accountRows(target).map((row) => ({ ...row, value_10k_cny: 1.01 * Number(row['value_10k_cny']) }));
    expect((await run({ target_table: own })).study).toEqual([]);
  });
});

describe('scores of the national table', () => {
  it('are there for each method at each level of noise, over all draws', () => {
    expect(first.national.map(({ noise, method, draws, solved }) => [noise, method, draws, solved])).toEqual(
      [0, 0.05].flatMap((noise) =>
        ['ANAIS', 'GRAS', 'RAS', 'weighted least squares'].map((method) => [
          noise,
          method,
          noise === 0 ? 1 : 3,
          noise === 0 ? 1 : 3,
        ]),
      ),
    );
  });

  it('have a spread where there is more than one draw', () => {
    for (const row of first.national) {
      if (row['noise'] === 0) expect(row['wape_deviation']).toBeNull();
      else expect(Number(row['wape_deviation'])).toBeGreaterThan(0);
      expect(Number(row['stpe'])).toBeGreaterThan(0.001);
      expect(Number(row['theil_u'])).toBeLessThan(1);
    }
  });

  it('are no errors at all where the base year is the year itself', async () => {
    const { national } = await run(
      { stand_in_true_mrio_2017: { absent: 'stand_in_true_mrio_2017' } },
      { national_years: [2017, 2017], noise: [0] },
    );
    expect(national).toHaveLength(4);
    for (const { wape, mad } of national) {
      expect(wape).toBeLessThan(1e-9);
      expect(mad).toBeLessThan(1e-9);
    }
  });

  it("are those of the user's own tables where there are any, in their list of sectors", async () => {
    const both = [...nationalRows(2012), ...nationalRows(2017)];
    // The same economy under other numbers of sectors and in other years.
    const renamed = both.map((row) => ({
      ...row,
      year: Number(row['year']) + 3,
      from_sector: row['from_sector'] === null ? null : Number(row['from_sector']) + 100,
      to_sector: row['to_sector'] === null ? null : Number(row['to_sector']) + 100,
    }));
    const { national } = await run({ nbs_table: renamed }, { national_years: [2015, 2020] });
    expect(national).toEqual(first.national);
  });

  it('mean and standard deviation by hand; of one draw there is no spread', () => {
    expect(summary([1, 2, 6])).toEqual({ mean: 3, deviation: Math.sqrt(7) });
    expect(summary([4])).toEqual({ mean: 4, deviation: NaN });
    const scores = { wape: 2, stpe: 3, mad: 4, theilU: 5 };
    const [found] = summaries([
      { noise: 0.1, draw: 0, method: 'RAS', scores, message: null },
      { noise: 0.1, draw: 1, method: 'RAS', scores: null, message: 'no way' },
    ]);
    expect(found).toMatchObject({ draws: 2, solved: 1, message: 'no way', stpe: { mean: 3, deviation: NaN } });
  });
});

describe('wrong parameters', () => {
  it.each([
    ['noise', [0.01, 0.05], 'begins with 0'],
    ['noise', [0, 0.05, 0.02], 'ascending'],
    ['national_years', [2017], 'two years'],
    ['national_draws', 1, 'whole number of 2 or more'],
    ['national_band', -1, '0 or more'],
    ['anais', 'as-described', '`anais: *anais`'],
  ] as const)('%s: %j', async (name, value, remedy) => {
    await expect(run({}, { [name]: value })).rejects.toMatchObject({
      message: expect.stringContaining(`parameter ${name} of stage validation is`) as string,
      remedy: expect.stringContaining(remedy) as string,
    });
  });

  it('a year that the national table does not have', async () => {
    await expect(run({}, { national_years: [2007, 2017] })).rejects.toThrow('national_table has no rows for 2007');
  });

  it("a sector that the user's own tables have in one year only", async () => {
    const rows = [...nationalRows(2012), ...nationalRows(2017)];
    const later = rows.map((row) =>
      row['year'] === 2017 && row['from_sector'] === 4 ? { ...row, from_sector: 5 } : row,
    );
    await expect(run({ nbs_table: later })).rejects.toThrow(
      'nbs_table has sector 5 in only one of the years 2012 and 2017',
    );
  });

  it('a sector that sells more than it takes in', async () => {
    const [first, ...others] = [...nationalRows(2012), ...nationalRows(2017)];
    const wrong = [{ ...first!, value_10k_cny: 2 * Number(first!['value_10k_cny']) }, ...others];
    const [, second] = wrong;
    const moved = [wrong[0]!, { ...second!, value_10k_cny: 0 }, ...others.slice(1)];
    await expect(run({ nbs_table: moved })).rejects.toThrow(/sector \d of nbs_table sells .* in 2012 and takes in /);
  });
});
