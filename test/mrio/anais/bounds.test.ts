import { describe, expect, it } from 'vitest';
import {
  CarefulSum,
  leastDeviationBound,
  totalDeviationBound,
  totalDeviation,
  largestDeviation,
} from '../../../mrio/anais/bounds.ts';
import { coefficientBand, shareReference, type Division } from '../../../mrio/anais/disaggregation.ts';
import { highsSolver } from '../../../mrio/anais/highs-solver.ts';
import { interiorPoint } from '../../../mrio/anais/interior-point/interior-point.ts';
import { squaredDeviationBound } from '../../../mrio/anais/least-squares-bound.ts';
import { anaisProblem, ROWS_PER_CELL, type AnaisProblem } from '../../../mrio/anais/problem.ts';
import { residuals } from '../../../mrio/anais/residuals.ts';
import type { Consistency } from '../../../mrio/anais/rows.ts';
import { weightedLeastSquares } from '../../../mrio/updating/least-squares.ts';
import { createRandom } from '../../../stages/stand-in/random.ts';
import { randomDivision } from '../../support/random-division.ts';

const quiet = (): void => undefined;
const { known } = randomDivision(17, { cities: 3, provinces: 3, sectors: 3 });

function problemOf(of: Division, consistency: Consistency, measure: 'relative' | 'absolute'): AnaisProblem {
  const variant = { bound: measure, objective: measure, consistency };
  return anaisProblem(of, shareReference(of), coefficientBand(of.target, 0.3), variant);
}

/** Coefficients of rows that add up to nothing in every cell: all sales are all inputs. */
function dependency({ layout, cells }: AnaisProblem): Float64Array {
  const sign = { 'row balance': 1, 'known supplier': 1, 'total primary input': 1 } as Record<string, number>;
  const minus = ['column balance', 'coherence', 'known user', 'total final demand'];
  const rows = Float64Array.from({ length: layout.count }, (_, row) => {
    const family = layout.family(row);
    return sign[family] ?? (minus.includes(family) ? -1 : 0);
  });
  for (let k = 0; k < cells.count; k++) {
    const stands = [...cells.rows.subarray(ROWS_PER_CELL * k, ROWS_PER_CELL * (k + 1))].filter((row) => row >= 0);
    expect(stands.reduce((total, row) => total + rows[row]!, 0)).toBe(0);
  }
  return rows;
}

const CASES = (['totals', 'blocks'] as const).flatMap((consistency) =>
  (['relative', 'absolute'] as const).map((measure) => ({ consistency, measure })),
);

describe.each(CASES)('bounds from any duals: $consistency, $measure', ({ consistency, measure }) => {
  const problem = problemOf(known, consistency, measure);

  /** Each bound as a function of the duals, the optimum, and duals that are near it. */
  async function bounds() {
    const solver = interiorPoint();
    const first = await solver.leastDeviation(problem, quiet);
    const rmax = 1.05 * largestDeviation(problem, first.values);
    const second = await solver.totalDeviation(problem, rmax, quiet);
    // HiGHS on the same programmes: the optimum does not rest on the bounds.
    const highs = highsSolver();
    const least = largestDeviation(problem, (await highs.leastDeviation(problem, quiet)).values);
    const sum = totalDeviation(problem, (await highs.totalDeviation(problem, rmax, quiet)).values);
    const squares = weightedLeastSquares(problem, 1e-7).primal;
    return [
      { of: (y: Float64Array) => leastDeviationBound(problem, y), optimum: least, duals: first.duals },
      { of: (y: Float64Array) => totalDeviationBound(problem, y, rmax), optimum: sum, duals: second.duals },
      { of: (y: Float64Array) => squaredDeviationBound(problem, y), optimum: squares, duals: second.duals },
    ];
  }

  it('are below the optimum, whatever the duals', async () => {
    const random = createRandom(3, 'any duals').uniform;
    for (const { of, optimum, duals } of await bounds()) {
      let best = 0;
      for (let draw = 0; draw < 300; draw++) {
        const noise = 10 ** (4 * random() - 6);
        const scale = 10 ** (2 * random() - 1);
        const bound = of(duals.map((y) => scale * y * (1 + noise * (2 * random() - 1))));
        expect(bound).toBeLessThanOrEqual(optimum * (1 + 1e-7));
        best = Math.max(best, bound);
      }
      expect(best).toBeGreaterThan(0);
    }
  });

  it('do not pass the optimum by rounding, where large duals cancel', async () => {
    if (consistency === 'blocks') return;
    const multiple = dependency(problem);
    const [first, second] = await bounds();
    for (const { of, optimum, duals } of [first!, second!]) {
      const size = duals.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
      for (let power = 2; power < 14; power += 0.25) {
        const bound = of(duals.map((y, row) => y + 10 ** power * size * multiple[row]!));
        expect(bound, `10^${power}`).toBeLessThanOrEqual(optimum * (1 + 1e-8));
      }
      // A rounding bound of some size is left at the beginning, not none and not all.
      expect(of(duals.map((y, row) => y + 100 * size * multiple[row]!))).toBeGreaterThan(0.999999 * optimum);
    }
  });
});

describe('a careful sum', () => {
  it('has the exact one between its bounds, and both near it', () => {
    const { uniform } = createRandom(1, 'careful sum');
    const integer = (): number => Math.floor((2 * uniform() - 1) * 2 ** 53);
    for (let draw = 0; draw < 200; draw++) {
      const sum = new CarefulSum();
      let exact = 0n;
      let size = 0;
      for (let term = 0; term < 50; term++) {
        // The product is rounded, and mostly cancels with the one before it.
        const [a, b] = [integer(), integer()];
        for (const factor of [a, -(a + Math.round(4 * uniform()))]) {
          sum.add(factor * b);
          exact += BigInt(factor) * BigInt(b);
          size += Math.abs(factor * b);
        }
      }
      expect(BigInt(Math.ceil(sum.lowerBound)) <= exact).toBe(true);
      expect(BigInt(Math.floor(sum.upperBound)) >= exact).toBe(true);
      expect(sum.upperBound - sum.lowerBound).toBeLessThan(1e-14 * size);
    }
  });
});

describe('what is not a number', () => {
  it('is the largest violation of its family, and names its place', () => {
    const problem = problemOf(known, 'totals', 'relative');
    const values = problem.cells.value.slice();
    values[5] = NaN;
    const found = residuals(problem, values, Infinity).filter(({ maxRelativeResidual }) => Number.isNaN(maxRelativeResidual)); // prettier-ignore
    expect(found.map(({ family }) => family)).toEqual(expect.arrayContaining(['deviation bound', 'column balance']));
    for (const { at } of found) expect(at).not.toBe('');
  });
});
