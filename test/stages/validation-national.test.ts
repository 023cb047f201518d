import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Parameter } from '../../runner/stage.ts';
import validationNational from '../../stages/validation-national.ts';
import { summaries, summary } from '../../stages/validation/summaries.ts';
import {
  declaredOutputs,
  declaredParameters,
  testContext,
  type Row,
  type TestInput,
} from '../support/stage-context.ts';
import { nationalTable } from './stand-in/small-economy.ts';

const SECTORS = [1, 2, 3, 4];

function nationalRows(year: number): Row[] {
  const { intermediate, finalDemand, exports, primaryInputs, ...categories } = nationalTable(year);
  const row = (category: string, from: number | null, to: number | null, value: number): Row => ({
    year,
    category,
    from_sector: from === null ? null : SECTORS[from]!,
    to_sector: to === null ? null : SECTORS[to]!,
    value: value,
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

const BOTH_YEARS = [...nationalRows(2012), ...nationalRows(2017)];

const INPUTS: Readonly<Record<string, TestInput>> = {
  category: [
    { category: 'intermediate', block: 'intermediate' },
    ...['urban', 'capital', 'export'].map((category) => ({ category, block: 'final_demand' })),
    ...['surplus', 'imports'].map((category) => ({ category, block: 'primary_input' })),
  ],
  national_table: BOTH_YEARS,
  nbs_table: { absent: 'nbs_table' },
};

const DECLARED = declaredParameters('validation-national');
const ANAIS = { ...(DECLARED['anais'] as Record<string, Parameter>), band_widening: 0.9 };
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  ...DECLARED,
  anais: ANAIS,
  noise: [0, 0.05],
  draws: 3,
  band: 2,
};

type Scores = Record<string, string | number | boolean | null>[];

async function run(
  inputs: Readonly<Record<string, TestInput>> = {},
  parameters: Readonly<Record<string, Parameter>> = {},
): Promise<Scores> {
  const outputs = await testContext({
    inputs: { ...INPUTS, ...inputs },
    parameters: { ...PARAMETERS, ...parameters },
    outputs: declaredOutputs('validation-national'),
  }).run(validationNational);
  const scores = await outputs.rows('validation_national');
  outputs.close();
  return scores;
}

let first: Scores;
beforeAll(async () => {
  first = await run();
});

describe('scores of the national table', () => {
  it('are there for each method at each level of noise, over all draws', () => {
    expect(first.map(({ noise, method, draws, solved }) => [noise, method, draws, solved])).toEqual(
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
    for (const row of first) {
      if (row['noise'] === 0) expect(row['wape_deviation']).toBeNull();
      else expect(Number(row['wape_deviation'])).toBeGreaterThan(0);
      expect(Number(row['stpe'])).toBeGreaterThan(0.001);
      expect(Number(row['theil_u'])).toBeLessThan(1);
    }
  });

  it('are the same for the same seed; another seed changes the errors in the totals and nothing else', async () => {
    expect(await run()).toEqual(first);
    const other = await run({}, { seed: 99 });
    const exact = (scores: Scores): Scores => scores.filter(({ noise }) => noise === 0);
    expect(exact(other)).toEqual(exact(first));
    expect(other).not.toEqual(first);
  });

  it('do not exist for a method that finds no table: none solved, message, and no number', async () => {
    const scores = await run({}, { anais: { ...ANAIS, largest_gap: 1e-300 } });
    const found = scores.find(({ method, noise }) => method === 'ANAIS' && noise === 0.05)!;
    expect(found).toMatchObject({ draws: 3, solved: 0, wape: null, wape_deviation: null });
    expect(found['message']).toMatch(/is not proven/);
  });

  it('are no errors at all where the base year is the year itself', async () => {
    const scores = await run({}, { years: [2017, 2017], noise: [0] });
    expect(scores).toHaveLength(4);
    for (const { wape, mad } of scores) {
      expect(wape).toBeLessThan(1e-9);
      expect(mad).toBeLessThan(1e-9);
    }
  });

  it("are those of the user's own tables where there are any, in their list of sectors", async () => {
    // The same economy under other numbers of sectors and in other years.
    const renamed = BOTH_YEARS.map((row) => ({
      ...row,
      year: Number(row['year']) + 3,
      from_sector: row['from_sector'] === null ? null : Number(row['from_sector']) + 100,
      to_sector: row['to_sector'] === null ? null : Number(row['to_sector']) + 100,
    }));
    const scores = await run({ nbs_table: renamed }, { years: [2015, 2020] });
    expect(scores).toEqual(first);
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
    ['years', [2017], 'two years'],
    ['draws', 1, 'whole number of 2 or more'],
    ['band', -1, '0 or more'],
    ['anais', 'as-described', '`anais: *anais`'],
  ] as const)('%s: %j', async (name, value, remedy) => {
    await expect(run({}, { [name]: value })).rejects.toMatchObject({
      message: expect.stringContaining(`parameter ${name} of stage validation-national is`) as string,
      remedy: expect.stringContaining(remedy) as string,
    });
  });

  it('a year that the national table does not have', async () => {
    await expect(run({}, { years: [2007, 2017] })).rejects.toMatchObject({
      message: 'national_table has no rows for 2007',
      remedy: expect.stringContaining('set years of stage validation-national') as string,
    });
  });

  it("a sector that the user's own tables have in one year only", async () => {
    const later = BOTH_YEARS.map((row) =>
      row['year'] === 2017 && row['from_sector'] === 4 ? { ...row, from_sector: 5 } : row,
    );
    await expect(run({ nbs_table: later })).rejects.toThrow(
      'nbs_table has sector 5 in only one of the years 2012 and 2017',
    );
  });

  it('a row that no cell is meant by', async () => {
    const wrong = [...BOTH_YEARS, { year: 2012, category: 'urban', from_sector: null, to_sector: 2, value: 5 }];
    await expect(run({ nbs_table: wrong })).rejects.toThrow(
      'nbs_table (artifact nbs_table of stage test) has 1 row of no cell: 2012 urban from no sector to sector 2: 5',
    );
  });

  it('a sector that sells more than it takes in, by more than data-raw/nbs/README.md allows', async () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../data-raw/nbs/README.md'), 'utf8');
    const tolerance = Number(/\((1e-\d+)\)/.exec(page)![1]);
    const sold = BOTH_YEARS.filter((row) => row['year'] === 2012 && row['from_sector'] === 2).reduce(
      (sum, row) => sum + Number(row['value']),
      0,
    );
    const moreExports = (share: number): Row[] =>
      BOTH_YEARS.map((row) =>
        row['year'] === 2012 && row['from_sector'] === 2 && row['category'] === 'export'
          ? { ...row, value: Number(row['value']) + share * sold }
          : row,
      );
    expect(await run({ nbs_table: moreExports(0.9 * tolerance) })).toHaveLength(8);
    await expect(run({ nbs_table: moreExports(1.1 * tolerance) })).rejects.toThrow(
      /sector 2 of nbs_table sells .* in 2012 and takes in /,
    );
  });
});
