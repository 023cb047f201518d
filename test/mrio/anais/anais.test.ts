import highsLoader from 'highs';
import { beforeAll, describe, expect, it } from 'vitest';
import { anais, type AnaisOptions, type AnaisResult } from '../../../mrio/anais/anais.ts';
import { AnaisConflict } from '../../../mrio/anais/anais-conflict.ts';
import { largestDeviation, totalDeviation } from '../../../mrio/anais/bounds.ts';
import { residuals } from '../../../mrio/anais/residuals.ts';
import { coefficientBand, division, shareReference, type Division } from '../../../mrio/anais/disaggregation.ts';
import { anaisProblem, type AnaisProblem } from '../../../mrio/anais/problem.ts';
import { dimensions, grossOutput, balance, rowSums, type MrioTable } from '../../../mrio/table.ts';
import { ANAIS_OPTIONS } from '../../support/anais-options.ts';
import { aggregate, randomDivision } from '../../support/random-division.ts';

const OPTIONS: AnaisOptions = { ...ANAIS_OPTIONS, bandWidening: 0.6 };
/** Final demand for each account, over all consumers. */
const finalDemandOf = (table: MrioTable): Float64Array =>
  rowSums(table.finalDemand, dimensions(table).n, dimensions(table).finalDemandCount);
const quiet = (): void => undefined;

/** Values of the variable cells of a table. */
function cellsOf({ cells }: AnaisProblem, table: MrioTable): Float64Array {
  const blocks = [table.intermediate, table.finalDemand, table.primaryInput];
  return cells.value.map((_, k) => blocks[cells.block[k]!]![cells.position[k]!]!);
}

/**
 * The programme as it stands in the paper, with two rows per cell and no change of variables, as CPLEX LP text:
 * solved by the simplex method, it shares nothing with the one under test.
 */
async function plainOptimum(known: Division, rmaxLimit: number | null): Promise<number> {
  const x0 = shareReference(known);
  const { n, sectorCount, finalDemandCount, regionCount } = dimensions(x0);
  const { target, parent, unknown } = known;
  const coarse = dimensions(target);
  const band = coefficientBand(target, OPTIONS.bandWidening);
  const isCity = (k: number): boolean => unknown[Math.floor(k / sectorCount)]!;
  const accounts = Array.from({ length: n }, (_, k) => k);
  const cities = accounts.filter(isCity);
  const cells: { name: string; value: number }[] = [];
  const cell = (name: string, value: number): string[] => {
    if (value === 0) return [];
    if (!cells.some((known) => known.name === name)) cells.push({ name, value });
    return [name];
  };
  const x = (k: number, l: number): string[] => cell(`x${k}_${l}`, x0.intermediate[k * n + l]!);
  const y = (k: number, c: number): string[] => cell(`y${k}_${c}`, x0.finalDemand[k * finalDemandCount + c]!);
  const z = (k: number): string[] => cell(`z${k}`, x0.primaryInput[k]!);
  const consumers = Array.from({ length: regionCount + 1 }, (_, c) => c);
  const rows: string[] = [];
  const sum = (names: readonly string[]): string => names.join(' + ');
  for (const k of cities) {
    rows.push(`${sum([...accounts.flatMap((l) => x(k, l)), ...consumers.flatMap((c) => y(k, c))])} - w${k} = 0`);
    rows.push(`${sum([...accounts.flatMap((l) => x(l, k)), ...z(k)])} - w${k} = 0`);
    for (let i = 0; i < sectorCount; i++) {
      const inputs = accounts.filter((l) => l % sectorCount === i).flatMap((l) => x(l, k));
      if (inputs.length === 0) continue;
      const at = i * sectorCount + (k % sectorCount);
      rows.push(`${sum(inputs)} - ${band.low[at]!} w${k} >= 0`, `${sum(inputs)} - ${band.high[at]!} w${k} <= 0`);
    }
  }
  const group = parent[unknown.indexOf(true)]!;
  const output = grossOutput(target);
  for (let i = 0; i < sectorCount; i++) {
    const account = group * sectorCount + i;
    const members = cities.filter((k) => k % sectorCount === i);
    const demand = target.finalDemand
      .subarray(account * coarse.finalDemandCount, (account + 1) * coarse.finalDemandCount)
      .reduce((s, v) => s + v, 0);
    rows.push(`${sum(members.flatMap((k) => consumers.flatMap((c) => y(k, c))))} = ${demand}`);
    rows.push(`${sum(members.flatMap((k) => z(k)))} = ${target.primaryInput[account]!}`);
    rows.push(`${sum(members.map((k) => `w${k}`))} = ${output[account]!}`);
  }
  for (const other of accounts.filter((k) => !isCity(k))) {
    const at = parent[Math.floor(other / sectorCount)]! * sectorCount + (other % sectorCount);
    const hebei = Array.from({ length: sectorCount }, (_, i) => group * sectorCount + i);
    const sold = hebei.reduce((s, j) => s + target.intermediate[at * coarse.n + j]!, 0);
    const bought = hebei.reduce((s, j) => s + target.intermediate[j * coarse.n + at]!, 0);
    rows.push(`${sum(cities.flatMap((k) => x(other, k)))} = ${sold}`);
    rows.push(`${sum(cities.flatMap((k) => x(k, other)))} = ${bought}`);
  }
  for (const { name, value } of cells) {
    rows.push(`${name} - ${value} r_${name} <= ${value}`, `${name} + ${value} r_${name} >= ${value}`);
    if (rmaxLimit === null) rows.push(`r_${name} - rmax <= 0`);
  }
  const objective = rmaxLimit === null ? 'rmax' : sum(cells.map(({ name }) => `r_${name}`));
  const bounds = rmaxLimit === null ? [] : cells.map(({ name }) => `r_${name} <= ${rmaxLimit}`);
  const text = `Minimize\n obj: ${objective}\nSubject To\n${rows.map((row, i) => ` c${i}: ${row}`).join('\n')}\nBounds\n${bounds.join('\n')}\nEnd`;
  const highs = await highsLoader();
  const solution = highs.solve(text, { primal_feasibility_tolerance: 1e-10, dual_feasibility_tolerance: 1e-10 });
  expect(solution.Status).toBe('Optimal');
  return solution.ObjectiveValue;
}

describe.each([1, 2, 3])('ANAIS on a random economy (seed %i)', (seed) => {
  const { truth, known } = randomDivision(seed, { cities: 3, provinces: 3, sectors: 3 });
  let result: AnaisResult;
  beforeAll(async () => {
    result = await anais(known, OPTIONS, quiet);
  });

  it('proves both steps: the dual bound meets the value of the table', () => {
    for (const { relativeGap } of result.certificates) expect(Math.abs(relativeGap)).toBeLessThan(1e-6);
  });

  it('agrees with the plain programme of the paper, solved by the simplex method', async () => {
    const [first, second] = result.certificates;
    expect(first.primal).toBeCloseTo(await plainOptimum(known, null), 6);
    const optimum = await plainOptimum(known, first.primal * (1 + OPTIONS.slack));
    expect(Math.abs(second.primal - optimum) / optimum).toBeLessThan(1e-5);
  });

  it('balances, and leaves no constraint violated', () => {
    expect(Math.max(...balance(result.table).relativeDifference)).toBeLessThan(1e-8);
    for (const { residuals } of result.certificates) {
      for (const { maxRelativeResidual } of residuals) expect(maxRelativeResidual).toBeLessThan(1e-8);
    }
  });

  it('keeps known cells and structural zeros', () => {
    const x0 = shareReference(known);
    const { n, sectorCount } = dimensions(truth);
    result.table.intermediate.forEach((value, cell) => {
      const isKnown =
        !known.unknown[Math.floor(cell / n / sectorCount)]! && !known.unknown[Math.floor((cell % n) / sectorCount)]!;
      if (isKnown) expect(value).toBe(truth.intermediate[cell]);
      if (x0.intermediate[cell] === 0) expect(value).toBe(0);
      expect(value).toBeGreaterThanOrEqual(0);
    });
  });

  it('has cities that add up to the target table: (12)', () => {
    const added = aggregate(result.table, (region) => (region.startsWith('C') ? 'H' : region));
    const close = (actual: number, expected: number): void => {
      expect(Math.abs(actual - expected)).toBeLessThan(1e-8 * (1 + expected));
    };
    const w = grossOutput(added);
    grossOutput(known.target).forEach((expected, k) => {
      close(w[k]!, expected);
      close(added.primaryInput[k]!, known.target.primaryInput[k]!);
      close(finalDemandOf(added)[k]!, finalDemandOf(known.target)[k]!);
    });
  });

  it('deviates no more than the hidden truth, where the bands are wide enough for it', async () => {
    const wide = { ...OPTIONS, bandWidening: 1 };
    const problem = anaisProblem(
      known,
      shareReference(known),
      coefficientBand(known.target, wide.bandWidening),
      OPTIONS,
    );
    const hidden = cellsOf(problem, truth);
    for (const { maxRelativeResidual } of residuals(problem, hidden, Infinity))
      expect(maxRelativeResidual).toBeLessThan(1e-12);
    const [first] = (await anais(known, wide, quiet)).certificates;
    const deviation = largestDeviation(problem, hidden);
    expect(first.primal).toBeLessThanOrEqual(deviation * (1 + 1e-9));
    // The truth is among the tables of step 2 once rmax is its deviation.
    const slack = (deviation / first.primal) * (1 + 1e-9) - 1;
    const [, second] = (await anais(known, { ...wide, slack }, quiet)).certificates;
    expect(second.primal).toBeLessThanOrEqual(totalDeviation(problem, hidden) * (1 + 1e-9));
  });

  it('does not depend on the unit of money', async () => {
    const scaled = (table: MrioTable): MrioTable => ({
      ...table,
      intermediate: table.intermediate.map((value) => value * 1e4),
      finalDemand: table.finalDemand.map((value) => value * 1e4),
      primaryInput: table.primaryInput.map((value) => value * 1e4),
    });
    const other = await anais(
      { ...known, reference: scaled(known.reference), target: scaled(known.target) },
      OPTIONS,
      quiet,
    );
    result.certificates.forEach(({ primal }, step) => {
      expect(Math.abs(other.certificates[step]!.primal - primal)).toBeLessThan(1e-6 * primal);
    });
  });
});

describe('every variant', () => {
  const variants = (['relative', 'absolute'] as const).flatMap((bound) =>
    (['relative', 'absolute'] as const).flatMap((objective) =>
      (['totals', 'blocks'] as const).flatMap((consistency) =>
        (['shares', 'base-year'] as const).map((reference) => ({ bound, objective, consistency, reference })),
      ),
    ),
  );

  it.each(variants)(
    'is proven and agrees with HiGHS: bound $bound, objective $objective, $consistency, $reference',
    async (variant) => {
      const { known } = randomDivision(11, { cities: 3, provinces: 3, sectors: 3 });
      const options = { ...OPTIONS, ...variant, largestGap: 1e-9 };
      const own = await anais(known, options, quiet);
      const highs = await anais(known, { ...options, solver: 'highs', largestGap: 1e-4 }, quiet);
      own.certificates.forEach(({ primal, residuals: families, objective }, step) => {
        const other = highs.certificates[step]!;
        expect(objective).toContain(step === 0 ? variant.bound : variant.objective);
        expect(Math.abs(primal - other.primal) / primal).toBeLessThan(1e-6);
        for (const { maxRelativeResidual } of families) expect(maxRelativeResidual).toBeLessThan(1e-12);
      });
    },
  );

  it('meets every block of the target where blocks are asked for', async () => {
    const { known } = randomDivision(12, { cities: 3, provinces: 3, sectors: 3 });
    const { table } = await anais(known, { ...OPTIONS, consistency: 'blocks' }, quiet);
    const added = aggregate(table, (region) => (region.startsWith('C') ? 'H' : region));
    const close = (found: Float64Array, wanted: Float64Array): void => {
      found.forEach((value, cell) => {
        expect(Math.abs(value - wanted[cell]!)).toBeLessThanOrEqual(1e-11 * (1 + wanted[cell]!));
      });
    };
    close(added.intermediate, known.target.intermediate);
    close(added.finalDemand, known.target.finalDemand);
    close(added.primaryInput, known.target.primaryInput);
  });

  const twoGroups = (region: string): string => ({ C1: 'G', C2: 'G', C3: 'H', C4: 'H' })[region] ?? region;

  it.each(['totals', 'blocks'] as const)('estimates two divided regions at once: %s', async (consistency) => {
    const { truth, known } = randomDivision(13, { cities: 4, provinces: 2, sectors: 2 });
    const two = division(known.reference, aggregate(truth, twoGroups), twoGroups);
    const { table, certificates } = await anais(two, { ...OPTIONS, consistency, largestGap: 1e-9 }, quiet);
    const added = aggregate(table, twoGroups);
    const difference = added.primaryInput.map((value, k) => value / two.target.primaryInput[k]! - 1);
    expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-12);
    expect(Math.max(...balance(table).relativeDifference)).toBeLessThan(1e-12);
    expect(certificates[0].primal).toBeGreaterThan(0.01);
  });

  it('keeps a reference that meets every constraint', async () => {
    const { truth } = randomDivision(13, { cities: 4, provinces: 2, sectors: 2 });
    const exact = division(truth, aggregate(truth, twoGroups), twoGroups);
    const { table, certificates } = await anais(exact, { ...OPTIONS, bandWidening: 1 }, quiet);
    expect(certificates.map(({ primal, relativeGap }) => [primal, relativeGap])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(table.intermediate).toEqual(shareReference(exact).intermediate);
  });
});

describe('where deviations must exceed the reference', () => {
  it.each([4, 6])('rmax is above 1, cells stay at zero or more, and the bound meets it (seed %i)', async (seed) => {
    const { known } = randomDivision(seed, { cities: 2, provinces: 3, sectors: 2, noise: 4 });
    const { certificates, table } = await anais(known, { ...OPTIONS, bandWidening: 0.9 }, quiet);
    expect(certificates[0].primal).toBeGreaterThan(1);
    expect(Math.min(...table.intermediate)).toBeGreaterThanOrEqual(0);
    for (const { relativeGap } of certificates) expect(Math.abs(relativeGap)).toBeLessThan(1e-6);
  });
});

describe('what cannot be solved', () => {
  const { known } = randomDivision(6, { cities: 2, provinces: 3, sectors: 2 });
  const run = (changed: Partial<Division>): Promise<AnaisResult> => anais({ ...known, ...changed }, OPTIONS, quiet);

  it('names a negative cell', async () => {
    const intermediate = known.target.intermediate.slice();
    intermediate[1] = -3;
    await expect(run({ target: { ...known.target, intermediate } })).rejects.toThrow(
      'the target table: delivery from H.1 to H.2 is -3',
    );
  });

  it('names a total that the reference cannot meet', async () => {
    const primaryInput = known.reference.primaryInput.map((value, k) => (k % 2 === 0 && k < 4 ? 0 : value));
    await expect(run({ reference: { ...known.reference, primaryInput } })).rejects.toThrow(
      /total primary input H\.1 is .*structural zeros stay zero/,
    );
  });

  it('names the constraints that cannot all hold', async () => {
    // Of product 1 only C1.1 takes anything in: it would have to use up what H.1 and H.2 do together.
    const { n, sectorCount } = dimensions(known.reference);
    const intermediate = known.reference.intermediate.map((value, cell) => {
      if (Math.floor(cell / n) % sectorCount !== 0 || cell % n >= 2 * sectorCount) return value;
      return cell % n === 0 ? 1 + value : 0;
    });
    const options = { ...OPTIONS, bandWidening: 0 };
    const wrong = { ...known, reference: { ...known.reference, intermediate } };
    const conflict = await anais(wrong, options, quiet).catch((error: unknown) => error);
    expect(conflict).toBeInstanceOf(AnaisConflict);
    const { message, conflicts } = conflict as AnaisConflict;
    expect(message).toContain('the technical coefficient 1 -> C1.1 is to be at most');
    expect(conflicts.map(({ relaxation }) => relaxation.family)).toContain('coherence cap');
  });

  it('names a negative cell of the reference', async () => {
    const primaryInput = known.reference.primaryInput.slice();
    primaryInput[3] = -1;
    await expect(run({ reference: { ...known.reference, primaryInput } })).rejects.toThrow(
      'the reference table: primary input of C2.2 is -1',
    );
  });

  it('names an account of a divided region that takes in more than it puts out', async () => {
    const { n } = dimensions(known.target);
    const intermediate = known.target.intermediate.slice();
    intermediate[4 * n + 1]! += 1e4;
    await expect(run({ target: { ...known.target, intermediate } })).rejects.toThrow(
      /the target table does not balance: H\.2 takes in 1\d{4}\.\d* of intermediate inputs, but its gross output/,
    );
  });

  it('names a band whose lower end is above its upper end', async () => {
    const band = coefficientBand(known.target, 0);
    const low = band.low.slice();
    low[2] = band.high[2]! + 0.1;
    const given = anais(known, { ...OPTIONS, band: { ...band, low } }, quiet);
    await expect(given).rejects.toThrow(/the band of the technical coefficient 2 -> 1 is from \S+ to \S+/);
  });

  it('names a sector that the reference does not have in any part', async () => {
    const { n, sectorCount, finalDemandCount } = dimensions(known.reference);
    const empty = (k: number): boolean => k < 2 * sectorCount && k % sectorCount === 0;
    const wrong = {
      ...known.reference,
      intermediate: known.reference.intermediate.map((x, cell) =>
        empty(Math.floor(cell / n)) || empty(cell % n) ? 0 : x,
      ),
      finalDemand: known.reference.finalDemand.map((y, cell) => (empty(Math.floor(cell / finalDemandCount)) ? 0 : y)),
      primaryInput: known.reference.primaryInput.map((z, k) => (empty(k) ? 0 : z)),
    };
    await expect(run({ reference: wrong })).rejects.toThrow(/ H\.1 is .*structural zeros stay zero/);
  });

  it.each(['structured', 'highs'] as const)(
    'names an output that no part of the reference sells (%s)',
    async (solver) => {
      // Rows of H.1 are empty on both sides but for its output, which is all delivered to itself.
      const { n, sectorCount, finalDemandCount } = dimensions(known.reference);
      const row = (k: number): boolean => k < 2 * sectorCount && k % sectorCount === 0;
      const reference: MrioTable = {
        ...known.reference,
        intermediate: known.reference.intermediate.map((x, cell) => (row(Math.floor(cell / n)) ? 0 : x)),
        finalDemand: known.reference.finalDemand.map((y, cell) => (row(Math.floor(cell / finalDemandCount)) ? 0 : y)),
      };
      const coarse = dimensions(known.target);
      const intermediate = known.target.intermediate.slice();
      const finalDemand = known.target.finalDemand.slice();
      const primaryInput = known.target.primaryInput.slice();
      for (let l = 0; l < coarse.n; l++) {
        intermediate[l] = 0;
        intermediate[l * coarse.n] = 0;
      }
      for (let c = 0; c < coarse.finalDemandCount; c++) finalDemand[c] = 0;
      intermediate[0] = 50;
      primaryInput[0] = 0;
      const target: MrioTable = { ...known.target, intermediate, finalDemand, primaryInput };
      await expect(anais({ ...known, reference, target }, { ...OPTIONS, solver }, quiet)).rejects.toThrow(
        /total output H\.1 is 50 .*structural zeros stay zero/,
      );
    },
  );

  it('a step that its dual bound does not prove', async () => {
    await expect(anais(known, { ...OPTIONS, largestGap: 1e-300 }, quiet)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^step [12] of ANAIS is not proven: .* the dual bound .* 1e-300 is allowed/,
      ) as string,
      remedy: expect.stringContaining('largest_gap') as string,
    });
  });

  it('names a region without a parent', () => {
    expect(() => division(known.reference, known.target, (region) => (region === 'C2' ? 'X' : 'H'))).toThrow(
      'region C2 belongs to X, which the target table does not have',
    );
  });
});
