import { sum } from '../../mrio/table.ts';
import { nationalOutput } from './economy-technology.ts';
import type { NationalTable } from './economy-types.ts';

/** How large a use is in a year whose table does not know it, compared to the year that has it. */
const FORGOTTEN_USE = 0.1;

/**
 * The national table with every use of a product that another year has: what is used then is used a little here too.
 * So a cell of the regional tables that is zero in this year is zero in the other year as well. Its totals no longer
 * balance exactly; the regional tables are balanced afterwards.
 */
export function withUsesOf(national: NationalTable, other: NationalTable): NationalTable {
  const scale = (FORGOTTEN_USE * sum(nationalOutput(national))) / sum(nationalOutput(other));
  const filled = (own: Float64Array, theirs: Float64Array): Float64Array =>
    own.map((value, k) => (value <= 0 && theirs[k]! > 0 ? scale * theirs[k]! : value));
  return {
    ...national,
    intermediate: filled(national.intermediate, other.intermediate),
    finalDemand: filled(national.finalDemand, other.finalDemand),
    exports: filled(national.exports, other.exports),
    primaryInputs: filled(national.primaryInputs, other.primaryInputs),
  };
}
