import { aggregate, groupedPairs, grouping, ungrouped } from '../aggregate.ts';
import type { Division } from '../anais/disaggregation.ts';
import type { MrioTable } from '../table.ts';

/** A table of the reference's regions, summed to those of the target. */
export function aggregateToTarget(table: MrioTable, { target, parent }: Division): MrioTable {
  const accounts = groupedPairs(grouping(parent), ungrouped(table.sectors.length));
  // Exports stay a column of their own, the last.
  const consumers = grouping([...parent, target.regions.length]);
  return {
    regions: target.regions,
    sectors: target.sectors,
    intermediate: aggregate(table.intermediate, accounts, accounts),
    finalDemand: aggregate(table.finalDemand, accounts, consumers),
    primaryInput: aggregate(table.primaryInput, ungrouped(1), accounts),
  };
}
