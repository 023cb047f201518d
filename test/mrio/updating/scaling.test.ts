import { describe, expect, it } from 'vitest';
import { coefficientBand, division, shareReference, type Division } from '../../../mrio/anais/disaggregation.ts';
import { anaisProblem, tableWithCells, type AnaisProblem } from '../../../mrio/anais/problem.ts';
import type { Consistency } from '../../../mrio/anais/rows.ts';
import { balance, dimensions, grossOutput, type MrioTable } from '../../../mrio/table.ts';
import { scaleToEquations } from '../../../mrio/updating/scaling.ts';
import { inUnit, largestDifference, permuteRegions } from '../../support/permute.ts';
import { aggregate, randomDivision } from '../../support/random-division.ts';

const SIZES = { cities: 3, provinces: 3, sectors: 3 };

const problemOf = (known: Division, consistency: Consistency): AnaisProblem =>
  anaisProblem(known, shareReference(known), coefficientBand(known.target, 1), {
    bound: 'relative',
    objective: 'relative',
    consistency,
  });

const scaled = (known: Division, consistency: Consistency): MrioTable => {
  const problem = problemOf(known, consistency);
  return tableWithCells(problem, scaleToEquations(problem).values);
};

/** Values of the variable cells of a table. */
function cellsOf({ cells }: AnaisProblem, table: MrioTable): Float64Array {
  const blocks = [table.intermediate, table.finalDemand, table.primaryInput];
  return cells.value.map((_, k) => blocks[cells.block[k]!]![cells.position[k]!]!);
}

/** The sum of x ln(x / x0) - x + x0 that scaling minimises. */
const divergence = ({ cells }: AnaisProblem, values: Float64Array): number =>
  cells.value.reduce((sum, x0, k) => sum + values[k]! * Math.log(values[k]! / x0) - values[k]! + x0, 0);

describe.each(['totals', 'blocks'] as const)('RAS on the equations of ANAIS: %s', (consistency) => {
  describe.each([1, 2, 3])('seed %i', (seed) => {
    const { truth, known } = randomDivision(seed, SIZES);
    const problem = problemOf(known, consistency);
    const { values, residuals } = scaleToEquations(problem);
    const table = tableWithCells(problem, values);

    it('meets every equation: balances, totals, output', () => {
      expect(residuals.map(({ family }) => family)).toContain('total output');
      for (const { maxRelativeResidual } of residuals) expect(maxRelativeResidual).toBeLessThan(1e-7);
      expect(Math.max(...balance(table).relativeDifference)).toBeLessThan(1e-7);
      const added = aggregate(table, (region) => (region.startsWith('C') ? 'H' : region));
      grossOutput(added).forEach((w, k) => {
        expect(Math.abs(w / grossOutput(known.target)[k]! - 1)).toBeLessThan(1e-7);
      });
      expect(Math.min(...values)).toBeGreaterThan(0);
    });

    it('is nearer to the reference than the hidden truth, which meets the equations too', () => {
      const least = divergence(problem, values);
      expect(least).toBeGreaterThan(0);
      expect(least).toBeLessThan(divergence(problem, cellsOf(problem, truth)));
    });

    it('is the nearest: every exchange between four cells that keeps all equations costs something', () => {
      const { n, sectorCount: S } = dimensions(truth);
      const z = (k: number, l: number): number =>
        table.intermediate[k * n + l]! / problem.reference.intermediate[k * n + l]!;
      let seen = 0;
      // Two accounts of one sector sell to two accounts of one sector: no total sees who sells to whom.
      for (const [k, m] of [
        [0, S],
        [S, 2 * S],
        [1, 1 + S],
      ] as const) {
        for (const [l, o] of [
          [2, 2 + S],
          [0, 2 * S],
          [1 + S, 1 + 2 * S],
        ] as const) {
          const ratio = (z(k, l) * z(m, o)) / (z(k, o) * z(m, l));
          if (!Number.isFinite(ratio)) continue;
          seen++;
          expect(ratio).toBeCloseTo(1, 6);
        }
      }
      expect(seen).toBeGreaterThan(0);
    });

    it('does not depend on the order of regions, nor on the unit of money', () => {
      const order = [2, 4, 0, 5, 1, 3];
      const reference = permuteRegions(known.reference, order);
      const parentOf = (region: string): string => (region.startsWith('C') ? 'H' : region);
      const permuted = scaled(division(reference, known.target, parentOf), consistency);
      expect(largestDifference(permuted, permuteRegions(table, order))).toBeLessThan(1e-6);
      const money = { ...known, reference: inUnit(known.reference, 1e4), target: inUnit(known.target, 1e4) };
      expect(largestDifference(inUnit(scaled(money, consistency), 1e-4), table)).toBeLessThan(1e-6);
    });
  });
});

describe('what cannot be scaled', () => {
  it('names a constraint that is not met where totals contradict each other', () => {
    const { known } = randomDivision(4, SIZES);
    const problem = problemOf(known, 'totals');
    const rightHandSide = problem.rightHandSide.slice();
    // Twice the primary input, with sales and outputs as they are.
    const { start, size } = problem.layout.range('total primary input');
    for (let row = start; row < start + size; row++) rightHandSide[row]! *= 2;
    expect(() =>
      scaleToEquations({ ...problem, rightHandSide }, () => undefined, { tolerance: 1e-9, maxIterations: 100 }),
    ).toThrow(/RAS does not converge: after 100 rounds "(total|known|column|row) .*" is violated by/);
  });

  it('scales cells of both signs as GRAS does', () => {
    // One cell is drawn from stocks: its sign stays, and all equations are met.
    const { known } = randomDivision(5, SIZES);
    const problem = problemOf(known, 'totals');
    const value = problem.cells.value.slice();
    const stock = problem.cells.block.findIndex((block) => block === 1);
    value[stock] = -0.05 * value[stock]!;
    const { values, residuals } = scaleToEquations({ ...problem, cells: { ...problem.cells, value } });
    expect(values[stock]).toBeLessThan(0);
    for (const { family, maxRelativeResidual } of residuals) {
      if (family !== 'non-negativity') expect(maxRelativeResidual).toBeLessThan(1e-7);
    }
  });
});
