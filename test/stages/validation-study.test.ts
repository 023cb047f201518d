import { beforeAll, describe, expect, it } from 'vitest';
import { dimensions, type MrioTable } from '../../mrio/table.ts';
import type { Parameter } from '../../runner/stage.ts';
import { aggregateToParents } from '../../stages/stand-in/economy-aggregate.ts';
import { longTable } from '../../stages/stand-in/economy-rows.ts';
import type { DetailedTable } from '../../stages/stand-in/economy-types.ts';
import validationStudy from '../../stages/validation-study.ts';
import {
  declaredOutputs,
  declaredParameters,
  testContext,
  type Row,
  type TestInput,
} from '../support/stage-context.ts';
import { GEOGRAPHY, smallEconomies, summed } from './stand-in/small-economy.ts';

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
    value: value,
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
  ].filter(({ value }) => value !== 0);
}

/** A table in the rows that the stage `anais` leaves. */
function resultRows(table: MrioTable): Record<'mrio' | 'final_demand' | 'primary_input', Row[]> {
  const rows = accountRows(table);
  const of = (...blocks: string[]): Row[] => rows.filter(({ block }) => blocks.includes(String(block)));
  return {
    mrio: of('intermediate'),
    final_demand: of('final_demand', 'export').map((row) => ({ ...row, to_region: row['to_region'] ?? 'export' })),
    primary_input: of('primary_input').map(({ to_region, to_sector, value }) => ({
      region: to_region!,
      sector: to_sector!,
      value: value!,
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
    value: value,
  }));
}

const truth = summed(later.table);
const target = summed(aggregateToParents(later.table, GEOGRAPHY));

/** All inputs; the result of the stage `anais` is the truth itself, so that it is known when it is taken as it is. */
const INPUTS: Readonly<Record<string, TestInput>> = {
  region: regions.map((code, r) => ({ code, province: parents[r]!, id: r + 1, in_focus: r > 0 && r < 4 })),
  sector: SECTORS.map((id) => ({ id })),
  reference_table: accountRows(summed(earlier.table)),
  target_table: accountRows(target),
  ...resultRows(truth),
  emission: regions.flatMap((region, r) =>
    SECTORS.map((sector) => ({
      pollutant: 'NOx',
      region,
      sector,
      emission_t: truth.primaryInput[r * 4 + sector - 1]! > 0 ? 0.5 + r + 2 * sector : 0,
    })),
  ),
  stand_in_true_mrio: trueRows(later.table),
};

const DECLARED = declaredParameters('validation-study');
const ANAIS = { ...(DECLARED['anais'] as Record<string, Parameter>), band_widening: 0.9 };
const PARAMETERS: Readonly<Record<string, Parameter>> = { ...DECLARED, anais: ANAIS, noise: [0, 0.05] };

type Scores = Record<string, string | number | boolean | null>[];

async function run(
  inputs: Readonly<Record<string, TestInput>> = {},
  parameters: Readonly<Record<string, Parameter>> = {},
): Promise<{ scores: Scores; notes: string[] }> {
  const outputs = await testContext({
    inputs: { ...INPUTS, ...inputs },
    parameters: { ...PARAMETERS, ...parameters },
    outputs: declaredOutputs('validation-study'),
  }).run(validationStudy);
  const scores = await outputs.rows('validation_study');
  const notes = outputs.progress.map(({ note }) => note ?? '');
  outputs.close();
  return { scores, notes };
}

const of = (scores: Scores, method: string, noise: number): Scores[number] =>
  scores.find((row) => row['method'] === method && row['noise'] === noise)!;

let first: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
  first = await run();
});

describe('scores of the study', () => {
  it('are there for each method at each level of noise', () => {
    expect(first.scores.map(({ noise, method, status }) => [noise, method, status])).toEqual(
      [0, 0.05].flatMap((noise) =>
        ['ANAIS', 'RAS', 'weighted least squares'].map((method) => [noise, method, 'solved']),
      ),
    );
  });

  it('of ANAIS with exact totals are those of the table that the stage anais made: it is not made again', () => {
    const shown = of(first.scores, 'ANAIS', 0);
    for (const score of ['wape', 'stpe', 'mad', 'theil_u', 'footprint_wape', 'city_flow_wape']) {
      expect(shown[score], score).toBeLessThan(1e-15);
    }
    expect(shown['inefficient_share']).toBeCloseTo(Number(shown['true_inefficient_share']), 12);
    expect(first.notes.filter((note) => note.startsWith('ANAIS, noise 0:'))).toEqual([]);
    expect(first.notes.some((note) => note.startsWith('ANAIS, noise 0.05: step 2'))).toBe(true);
  });

  it('are errors of methods that do not know the truth, and grow with errors in the totals', () => {
    for (const method of ['RAS', 'weighted least squares']) {
      const [exact, wrong] = [of(first.scores, method, 0), of(first.scores, method, 0.05)];
      expect(Number(exact['wape'])).toBeGreaterThan(0.001);
      expect(Number(exact['footprint_wape'])).toBeGreaterThan(0);
      expect(Number(wrong['wape'])).toBeGreaterThan(Number(exact['wape']));
      expect(Number(wrong['wape'])).toBeLessThan(0.5);
    }
  });

  it('are the same for the same seed; another seed changes the errors in the totals and nothing else', async () => {
    const again = await run();
    expect(again.scores).toEqual(first.scores);
    const other = await run({}, { seed: 99 });
    expect(of(other.scores, 'RAS', 0)).toEqual(of(first.scores, 'RAS', 0));
    expect(of(other.scores, 'RAS', 0.05)['wape']).not.toBe(of(first.scores, 'RAS', 0.05)['wape']);
  });

  it('do not exist for a method that finds no table: status, message, and no number', async () => {
    const { scores } = await run({}, { anais: { ...ANAIS, largest_gap: 1e-300 } });
    for (const method of ['ANAIS', 'weighted least squares']) {
      const row = of(scores, method, 0.05);
      expect(row).toMatchObject({ status: 'no table', wape: null, stpe: null, footprint_wape: null });
      expect(row['message']).toMatch(/is not proven/);
    }
    expect(of(scores, 'RAS', 0.05)).toEqual(of(first.scores, 'RAS', 0.05));
  });

  it('are none where there is no true table', async () => {
    expect((await run({ stand_in_true_mrio: { absent: 'stand_in_true_mrio' } })).scores).toEqual([]);
  });

  it('are none where the target is a table of the user’s own', async () => {
    const own = accountRows(target).map((row) => ({ ...row, value: 1.01 * Number(row['value']) }));
    expect((await run({ target_table: own })).scores).toEqual([]);
  });
});

describe('wrong parameters', () => {
  it.each([
    ['noise', [0.01, 0.05], 'begins with 0'],
    ['noise', [0, 0.05, 0.02], 'ascending'],
    ['exports', 'none', 'with-region or separate'],
    ['anais', 'as-described', '`anais: *anais`'],
  ] as const)('%s: %j', async (name, value, remedy) => {
    await expect(run({}, { [name]: value })).rejects.toMatchObject({
      message: expect.stringContaining(`parameter ${name} of stage validation-study is`) as string,
      remedy: expect.stringContaining(remedy) as string,
    });
  });
});
