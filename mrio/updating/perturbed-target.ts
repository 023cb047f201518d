import { baseYearReference, division, type CoefficientBand, type Division } from '../anais/disaggregation.ts';
import { anaisProblem, tableWithCells } from '../anais/problem.ts';
import type { RowLayout } from '../anais/rows.ts';
import type { MrioTable } from '../table.ts';
import { perturbTotals, type Totals } from './perturbation.ts';
import { scaleToEquations } from './scaling.ts';

/**
 * The target table as it would be if the totals of its divided regions were measured with errors (`perturbTotals`): output,
 * final demand and primary input by sector, and what each known account buys from them and delivers to them. Their blocks
 * are scaled to these totals, so that they do not give the true ones away. All else is as it is.
 * @param noise standard deviation of an error, as a share of a total; 0 gives the target table itself
 * @param normal a source of standard normal numbers
 * @throws ModelError where the blocks cannot be scaled to the disturbed totals
 */
export function perturbedTarget(known: Division, noise: number, normal: () => number): MrioTable {
  if (noise === 0) return known.target;
  const { target, parent, unknown } = known;
  const divided = new Set(parent.filter((_, region) => unknown[region]!).map((p) => target.regions[p]!));
  const itself = division(
    target,
    target,
    (region) => region,
    (region) => divided.has(region),
  );
  const cells = target.sectors.length ** 2;
  const band: CoefficientBand = { low: new Float64Array(cells), high: new Float64Array(cells).fill(1) };
  const problem = anaisProblem(itself, baseYearReference(itself), band, {
    bound: 'relative',
    objective: 'relative',
    consistency: 'totals',
  });
  const { layout, rightHandSide } = problem;
  const disturbed = perturbTotals(totalsOf(layout, rightHandSide), noise, normal);
  const wanted = withTotals(layout, rightHandSide, disturbed);
  return tableWithCells(problem, scaleToEquations({ ...problem, rightHandSide: wanted }).values);
}

/** The parts of a right-hand side that are totals. */
function partsOf(layout: RowLayout, rightHandSide: Float64Array) {
  const part = (family: Parameters<RowLayout['range']>[0]): Float64Array => {
    const { start, size } = layout.range(family);
    return rightHandSide.subarray(start, start + size);
  };
  return {
    output: part('total output'),
    finalDemand: part('total final demand'),
    primaryInput: part('total primary input'),
    knownUsers: part('known user'),
    knownSuppliers: part('known supplier'),
  };
}

function totalsOf(layout: RowLayout, rightHandSide: Float64Array): Totals {
  const { output, finalDemand, primaryInput, knownUsers, knownSuppliers } = partsOf(layout, rightHandSide);
  return {
    intermediateSales: output.map((w, i) => w - finalDemand[i]!),
    finalDemand,
    intermediateInputs: output.map((w, i) => w - primaryInput[i]!),
    primaryInput,
    knownUsers,
    knownSuppliers,
  };
}

function withTotals(layout: RowLayout, rightHandSide: Float64Array, totals: Totals): Float64Array {
  const result = rightHandSide.slice();
  const parts = partsOf(layout, result);
  parts.output.set(totals.intermediateSales.map((sales, i) => sales + totals.finalDemand[i]!));
  parts.finalDemand.set(totals.finalDemand);
  parts.primaryInput.set(totals.primaryInput);
  parts.knownUsers.set(totals.knownUsers);
  parts.knownSuppliers.set(totals.knownSuppliers);
  return result;
}
