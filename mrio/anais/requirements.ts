import { ModelError } from '../error.ts';
import { accountLabel, columnSums, dimensions, grossOutput, type MrioTable } from '../table.ts';
import type { CoefficientBand } from './disaggregation.ts';

/** Inputs above output by no more than this share of it are rounding. */
const ROUNDING = 1e-9;

/**
 * A band is a range of shares of 0 or more: its ends S x S, row = input, column = using sector.
 * @throws ModelError for the first band whose lower end is negative or above its upper end
 */
export function requireBand({ low, high }: CoefficientBand, sectors: readonly number[]): void {
  const wrong = low.findIndex((end, at) => !(end >= 0 && end <= high[at]!));
  if (wrong < 0) return;
  const [i, j] = [Math.floor(wrong / sectors.length), wrong % sectors.length];
  throw new ModelError(
    `the band of the technical coefficient ${sectors[i]!} -> ${sectors[j]!} is from ${low[wrong]!} to ${high[wrong]!}`,
    'give each band a lower end of 0 or more that is not above its upper end',
  );
}

/**
 * What the inputs of a divided region leave of its output is primary input.
 * @param regions of the target that are divided, by index
 * @throws ModelError for the first account of theirs whose inputs exceed its output
 */
export function requireRoomForPrimaryInput(target: MrioTable, regions: readonly number[]): void {
  const { n, sectorCount } = dimensions(target);
  const output = grossOutput(target);
  const inputs = columnSums(target.intermediate, n, n);
  for (const region of regions) {
    for (let account = region * sectorCount; account < (region + 1) * sectorCount; account++) {
      if (inputs[account]! <= output[account]! * (1 + ROUNDING)) continue;
      throw new ModelError(
        `the target table does not balance: ${accountLabel(target, account)} takes in ${inputs[account]!} of intermediate ` +
          `inputs, but its gross output (deliveries and final demand) is ${output[account]!}`,
        'correct the row or the column: output less intermediate inputs is primary input, 0 or more',
      );
    }
  }
}
