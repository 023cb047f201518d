import { describe, expect, it } from 'vitest';
import { largestDeviation } from '../../../mrio/anais/bounds.ts';
import { coefficientBand, shareReference } from '../../../mrio/anais/disaggregation.ts';
import { interiorPoint } from '../../../mrio/anais/interior-point/interior-point.ts';
import { primalDual } from '../../../mrio/anais/interior-point/primal-dual.ts';
import { anaisSystem } from '../../../mrio/anais/interior-point/system.ts';
import { totalDeviationModel } from '../../../mrio/anais/interior-point/total-deviation.ts';
import { anaisProblem } from '../../../mrio/anais/problem.ts';
import { randomDivision } from '../../support/random-division.ts';

const { known } = randomDivision(4, { cities: 3, provinces: 3, sectors: 3 });
const variant = { bound: 'relative', objective: 'relative', consistency: 'totals' } as const;
const problem = anaisProblem(known, shareReference(known), coefficientBand(known.target, 0.3), variant);

describe('a run that cannot finish', () => {
  it('ends, and leaves the nearest iterate', async () => {
    const first = await interiorPoint().leastDeviation(problem, () => undefined);
    const system = anaisSystem(problem);
    const rmax = 1.05 * largestDeviation(problem, first.values);
    // Rounding does not allow of nothing at all.
    const model = totalDeviationModel(system, rmax, { gap: -Infinity, residual: 0 });
    const distances: number[] = [];
    const result = primalDual(model, {
      solutionSize: system.rowCount + problem.accounts.length,
      maxIterations: 300,
      onIteration: (_, { gap, residual }) => {
        distances.push(Math.max(Math.abs(gap), residual));
      },
    });
    expect(result.finished).toBe(false);
    expect(result.iterations).toBeLessThan(300);
    const least = Math.min(...distances.filter(Number.isFinite));
    expect(distances.at(-1)! <= least).toBe(false);
    const { gap, residual } = model.measure(0);
    expect(Math.max(Math.abs(gap), residual)).toBeLessThanOrEqual(2 * least + 1e-12);
  });
});
