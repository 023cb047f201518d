import { dimensions, grossInput, grossOutput } from '../table.ts';
import { cellLabel, rowActivity, tableWithCells, type AnaisProblem } from './problem.ts';
import { FAMILIES, type Family } from './rows.ts';

/** Constraints on single cells, beside the families of rows. */
type CellFamily = 'deviation bound' | 'non-negativity';

/** The largest violation of a family of constraints, relative to the sum of the terms of its row. */
export interface FamilyResidual {
  readonly family: Family | CellFamily;
  readonly rows: number;
  readonly maxRelativeResidual: number;
  /** Where the largest violation is; empty where there is none. */
  readonly at: string;
}

/**
 * How far a solution violates each family of constraints, found from the table alone: gross output is what the rows
 * add up to, and no variable of the solver's is used.
 * @param rmax how far cells may deviate from their reference; Infinity in step 1, which finds it
 */
export function residuals(problem: AnaisProblem, values: Float64Array, rmax: number): FamilyResidual[] {
  const { layout } = problem;
  const violation = relativeViolations(problem, values);
  const families = FAMILIES.filter((family) => layout.range(family).size > 0).map((family) => {
    const { start, size } = layout.range(family);
    const rows = violation.subarray(start, start + size);
    return familyResidual(family, rows, (row) => layout.describe(start + row));
  });
  const { cells } = problem;
  const beyond = cells.value.map((x0, k) => {
    const deviation = Math.abs(values[k]! - x0) / cells.unit[k]!;
    return deviation <= rmax ? 0 : deviation / rmax - 1;
  });
  const below = cells.value.map((x0, k) => Math.max(0, -values[k]! / x0));
  const label = (k: number): string => cellLabel(problem, k);
  return [
    ...families,
    familyResidual('deviation bound', beyond, label),
    familyResidual('non-negativity', below, label),
  ];
}

/** What is not a number is worse than any. */
export const isWorse = (violation: number, than: number): boolean => !Number.isNaN(than) && !(violation <= than);

function familyResidual(
  family: FamilyResidual['family'],
  violation: Float64Array,
  describe: (row: number) => string,
): FamilyResidual {
  let worst = 0;
  for (let row = 1; row < violation.length; row++) if (isWorse(violation[row]!, violation[worst]!)) worst = row;
  const maxRelativeResidual = violation[worst] ?? 0;
  return { family, rows: violation.length, maxRelativeResidual, at: maxRelativeResidual === 0 ? '' : describe(worst) };
}

const relative = (amount: number, scale: number): number => (amount === 0 ? 0 : Math.abs(amount) / scale);

function relativeViolations(problem: AnaisProblem, values: Float64Array): Float64Array {
  const { layout, accounts, rightHandSide, bandLow, bandWidth, reference } = problem;
  const { sectorCount } = dimensions(reference);
  const table = tableWithCells(problem, values);
  const output = grossOutput(table);
  const input = grossInput(table);
  const activity = rowActivity(problem, values);
  const outputs = layout.range('total output');
  const violation = new Float64Array(layout.count);
  for (let row = outputs.start + outputs.size; row < layout.count; row++) {
    const b = rightHandSide[row]!;
    violation[row] = relative(activity[row]! - b, Math.abs(activity[row]!) + Math.abs(b));
  }
  accounts.forEach((account, u) => {
    const w = output[account]!;
    activity[layout.totalOutput(layout.groupOfAccount(u), account % sectorCount)]! += w;
    violation[layout.columnBalance(u)] = relative(input[account]! - w, w);
    for (let i = 0; i < sectorCount; i++) {
      const at = u * sectorCount + i;
      const used = activity[layout.coherence(u, i)]!;
      violation[layout.coherence(u, i)] = relative(Math.max(0, bandLow[at]! * w - used), used + bandLow[at]! * w);
      const most = (bandLow[at]! + bandWidth[at]!) * w;
      violation[layout.coherenceCap(u, i)] = relative(Math.max(0, used - most), used + most);
    }
  });
  for (let row = outputs.start; row < outputs.start + outputs.size; row++) {
    violation[row] = relative(activity[row]! - rightHandSide[row]!, rightHandSide[row]!);
  }
  return violation;
}
