import { describe, expect, it } from 'vitest';
import {
  largestDeviation,
  leastDeviationBound,
  totalDeviation,
  totalDeviationBound,
} from '../../../mrio/anais/bounds.ts';
import { division } from '../../../mrio/anais/disaggregation.ts';
import { highsSolver } from '../../../mrio/anais/highs-solver.ts';
import { interiorPoint } from '../../../mrio/anais/interior-point/interior-point.ts';
import { tableOfMargins } from '../../../mrio/anais/margins.ts';
import { anaisProblem, tableWithCells, type AnaisProblem } from '../../../mrio/anais/problem.ts';
import { emptyTable, rowSums } from '../../../mrio/table.ts';
import { MILLER_BLAIR, baseDeliveries } from '../../support/miller-blair.ts';

const { output, sales, inputs, sectors } = MILLER_BLAIR;
const quiet = (): void => undefined;

/**
 * The example of Miller and Blair (2009), chapter 7.4, as one region: final demand and primary input are what outputs leave
 * beside intermediate sales and inputs, and are in the reference already. Deviations are those of coefficients, z / x_j;
 * bands from 0 to 1 bind nowhere.
 */
function coefficientProblem(): AnaisProblem {
  const finalDemand = output.map((x, i) => x - sales[i]!);
  const primaryInput = output.map((x, j) => x - inputs[j]!);
  const reference = {
    ...emptyTable(['N'], sectors),
    intermediate: baseDeliveries(),
    finalDemand: Float64Array.from({ length: 6 }, (_, cell) => (cell % 2 === 0 ? finalDemand[cell / 2]! : 0)),
    primaryInput,
  };
  const target = tableOfMargins('N', sectors, { grossOutput: output, finalDemand, primaryInput });
  const known = division(
    reference,
    target,
    (region) => region,
    () => true,
  );
  const band = { low: new Float64Array(9), high: new Float64Array(9).fill(1) };
  const variant = { bound: 'absolute', objective: 'absolute', consistency: 'totals' } as const;
  const problem = anaisProblem(known, reference, band, variant);
  const isDelivery = (k: number): boolean => problem.cells.block[k] === 0;
  const unit = problem.cells.unit.map((d, k) => (isDelivery(k) ? output[problem.cells.position[k]! % 3]! : d));
  // Mean absolute deviation: a ninth of the sum over nine coefficients.
  const cost = problem.cells.cost.map((_, k) => (isDelivery(k) ? 1 / 9 : 1));
  return { ...problem, cells: { ...problem.cells, unit, cost } };
}

/** The better bound of a dual vector and its opposite: solvers differ in what they call positive. */
const best = (duals: Float64Array, bound: (duals: Float64Array) => number): number =>
  Math.max(bound(duals), bound(duals.map((y) => -y)));

describe.each([interiorPoint(), highsSolver()])('the example of Miller and Blair by $name', (solver) => {
  const problem = coefficientProblem();

  function expectTotals(values: Float64Array): void {
    const { intermediate } = tableWithCells(problem, values);
    rowSums(intermediate, 3, 3).forEach((sum, i) => {
      expect(sum).toBeCloseTo(sales[i]!, 5);
    });
    [0, 1, 2].forEach((j) => {
      expect(intermediate[j]! + intermediate[3 + j]! + intermediate[6 + j]!).toBeCloseTo(inputs[j]!, 5);
    });
  }

  it('least largest deviation of a coefficient: 0.1686139937', async () => {
    const { values, duals } = await solver.leastDeviation(problem, quiet);
    expectTotals(values);
    expect(largestDeviation(problem, values)).toBeCloseTo(0.1686139937, 7);
    const bound = best(duals, (y) => leastDeviationBound(problem, y));
    expect(bound).toBeLessThan(0.1686139938);
    expect(bound).toBeGreaterThan(0.168613);
  });

  it('least mean absolute deviation of the coefficients: 0.0901324675', async () => {
    const { values, duals } = await solver.totalDeviation(problem, 1, quiet);
    expectTotals(values);
    expect(totalDeviation(problem, values)).toBeCloseTo(0.0901324675, 7);
    const bound = best(duals, (y) => totalDeviationBound(problem, y, 1));
    expect(bound).toBeLessThan(0.0901324676);
    expect(bound).toBeGreaterThan(0.090132);
  });
});
