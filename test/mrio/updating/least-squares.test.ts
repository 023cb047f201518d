import highsLoader from 'highs';
import { describe, expect, it } from 'vitest';
import { squaredDeviation, squaredDeviationBound } from '../../../mrio/anais/least-squares-bound.ts';
import { coefficientBand, division, shareReference, type Division } from '../../../mrio/anais/disaggregation.ts';
import { anaisProblem, tableWithCells, type AnaisProblem, type Measure } from '../../../mrio/anais/problem.ts';
import type { Consistency } from '../../../mrio/anais/rows.ts';
import { aggregate, randomDivision } from '../../support/random-division.ts';
import { inUnit, largestDifference, permuteRegions } from '../../support/permute.ts';
import { balance, type MrioTable } from '../../../mrio/table.ts';
import { weightedLeastSquares } from '../../../mrio/updating/least-squares.ts';
import { createRandom } from '../../../stages/stand-in/random.ts';

const PROVEN = 1e-7;

interface Setting {
  readonly consistency?: Consistency;
  readonly widening?: number;
  readonly bound?: Measure;
}

const problemOf = (
  known: Division,
  { consistency = 'totals', widening = 0.6, bound = 'relative' }: Setting = {},
): AnaisProblem =>
  anaisProblem(known, shareReference(known), coefficientBand(known.target, widening), {
    bound,
    objective: 'relative',
    consistency,
  });

const solved = (problem: AnaisProblem): MrioTable =>
  tableWithCells(problem, weightedLeastSquares(problem, PROVEN).values);

/** Values of the variable cells of a table. */
function cellsOf({ cells }: AnaisProblem, table: MrioTable): Float64Array {
  const blocks = [table.intermediate, table.finalDemand, table.primaryInput];
  return cells.value.map((_, k) => blocks[cells.block[k]!]![cells.position[k]!]!);
}

/** The same quadratic programme, written out with gross output and both ends of every band, solved by HiGHS. */
async function plainOptimum({ cells, layout, accounts, reference, ...problem }: AnaisProblem): Promise<number> {
  const S = reference.sectors.length;
  const sums = Array.from({ length: layout.count }, () => [] as string[]);
  cells.rows.forEach((row, e) => {
    if (row >= 0) sums[row]!.push(`x${Math.floor(e / 3)}`);
  });
  const rows: string[] = [];
  accounts.forEach((account, u) => {
    rows.push(`${sums[layout.rowBalance(u)]!.join(' + ')} - w${u} = 0`);
    const inputs = Array.from({ length: S }, (_, i) => sums[layout.coherence(u, i)]!);
    rows.push(`${[...inputs.flat(), ...sums[layout.columnBalance(u)]!].join(' + ')} - w${u} = 0`);
    inputs.forEach((terms, i) => {
      if (terms.length === 0) return;
      const low = problem.bandLow[u * S + i]!;
      const high = low + problem.bandWidth[u * S + i]!;
      rows.push(`${terms.join(' + ')} - ${low} w${u} >= 0`, `${terms.join(' + ')} - ${high} w${u} <= 0`);
    });
    sums[layout.totalOutput(layout.groupOfAccount(u), account % S)]!.push(`w${u}`);
  });
  const first = layout.range('total output').start;
  sums.slice(first).forEach((terms, k) => {
    if (terms.length > 0) rows.push(`${terms.join(' + ')} = ${problem.rightHandSide[first + k]!}`);
  });
  // Of sum (x - x0)^2 / x0 = sum x^2 / x0 - 2 x + x0, the constant is added afterwards.
  const linear = Array.from(cells.value, (_, k) => `- 2 x${k}`).join(' ');
  const square = Array.from(cells.value, (x0, k) => `${2 / x0} x${k}^2`).join(' + ');
  const text = `Minimize\n obj: ${linear} + [ ${square} ] / 2\nSubject To\n${rows.map((row, i) => ` c${i}: ${row}`).join('\n')}\nEnd`;
  const highs = await highsLoader();
  const solution = highs.solve(text);
  expect(solution.Status).toBe('Optimal');
  return solution.ObjectiveValue + cells.value.reduce((sum, x0) => sum + x0, 0);
}

describe.each([1, 2, 3])('weighted least squares on a random economy (seed %i)', (seed) => {
  const { truth, known } = randomDivision(seed, { cities: 3, provinces: 3, sectors: 3 });

  it.each(['totals', 'blocks'] as const)(
    'is proven by its dual bound, and meets every constraint: %s',
    (consistency) => {
      const problem = problemOf(known, { consistency });
      const { primal, dualBound, residuals, values } = weightedLeastSquares(problem, PROVEN);
      expect(dualBound).toBeGreaterThan(0);
      expect((primal - dualBound) / primal).toBeLessThan(PROVEN);
      for (const { maxRelativeResidual } of residuals) expect(maxRelativeResidual).toBeLessThan(1e-10);
      expect(Math.max(...balance(tableWithCells(problem, values)).relativeDifference)).toBeLessThan(1e-10);
    },
  );

  it('agrees with the same programme written out and solved by HiGHS', async () => {
    const problem = problemOf(known);
    const { primal } = weightedLeastSquares(problem, PROVEN);
    const optimum = await plainOptimum(problem);
    expect(Math.abs(primal - optimum) / optimum).toBeLessThan(1e-5);
  });

  it('has a bound from any duals whatever, never above the optimum', () => {
    const problem = problemOf(known);
    const { primal } = weightedLeastSquares(problem, PROVEN);
    const { normal } = createRandom(seed, 'duals');
    for (const size of [0.01, 0.1, 1, 10]) {
      const duals = problem.rightHandSide.map(() => size * normal());
      expect(squaredDeviationBound(problem, duals)).toBeLessThanOrEqual(primal * (1 + 1e-12));
    }
  });

  it('does not depend on the unit that deviations are measured in', () => {
    const relative = weightedLeastSquares(problemOf(known), PROVEN).primal;
    const absolute = weightedLeastSquares(problemOf(known, { bound: 'absolute' }), PROVEN).primal;
    expect(Math.abs(relative / absolute - 1)).toBeLessThan(1e-6);
  });

  it('is nearer to the reference than the hidden truth, where the bands are wide enough for it', () => {
    const problem = problemOf(known, { widening: 1 });
    const { primal } = weightedLeastSquares(problem, PROVEN);
    expect(primal).toBeLessThan(squaredDeviation(problem, cellsOf(problem, truth)));
  });

  it('does not depend on the order of regions, nor on the unit of money', () => {
    const table = solved(problemOf(known));
    const order = [3, 0, 5, 2, 4, 1];
    const parentOf = (region: string): string => (region.startsWith('C') ? 'H' : region);
    const permuted = solved(problemOf(division(permuteRegions(known.reference, order), known.target, parentOf)));
    expect(largestDifference(permuted, permuteRegions(table, order))).toBeLessThan(1e-4);
    const money = { ...known, reference: inUnit(known.reference, 1e4), target: inUnit(known.target, 1e4) };
    expect(largestDifference(inUnit(solved(problemOf(money)), 1e-4), table)).toBeLessThan(1e-4);
  });
});

describe('where there is nothing to find', () => {
  it('keeps a reference that meets every constraint', () => {
    const { truth } = randomDivision(5, { cities: 3, provinces: 3, sectors: 2 });
    const parentOf = (region: string): string => (region.startsWith('C') ? 'H' : region);
    const known = division(truth, aggregate(truth, parentOf), parentOf);
    const problem = problemOf(known, { widening: 1 });
    const { values, primal } = weightedLeastSquares(problem, PROVEN);
    expect(primal).toBe(0);
    expect(values).toEqual(problem.cells.value);
  });

  it('names a constraint where they contradict each other', () => {
    const { known } = randomDivision(6, { cities: 2, provinces: 3, sectors: 2 });
    const problem = problemOf(known);
    const rightHandSide = problem.rightHandSide.slice();
    const { start, size } = problem.layout.range('total primary input');
    for (let row = start; row < start + size; row++) rightHandSide[row]! *= 3;
    expect(() => weightedLeastSquares({ ...problem, rightHandSide }, PROVEN)).toThrow(
      /weighted least squares violates ".*" by .* contradict each other/,
    );
  });

  it('refuses a table that is further from its bound than is allowed', () => {
    const { known } = randomDivision(6, { cities: 2, provinces: 3, sectors: 2 });
    expect(() => weightedLeastSquares(problemOf(known), 1e-300)).toThrow(/is not proven: its sum of squares is/);
  });
});
