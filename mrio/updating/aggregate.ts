import type { Division } from '../anais/disaggregation.ts';
import { dimensions, emptyTable, type MrioTable } from '../table.ts';

/** A table of the reference's regions, summed to those of the target. */
export function aggregateToTarget(table: MrioTable, { target, parent }: Division): MrioTable {
  const fine = dimensions(table);
  const coarse = dimensions(target);
  const S = fine.sectorCount;
  const result = emptyTable(target.regions, target.sectors);
  const account = (k: number): number => parent[Math.floor(k / S)]! * S + (k % S);
  const consumer = (c: number): number => (c === fine.regionCount ? coarse.regionCount : parent[c]!);
  for (let k = 0; k < fine.n; k++) {
    const row = account(k);
    for (let l = 0; l < fine.n; l++) {
      result.intermediate[row * coarse.n + account(l)]! += table.intermediate[k * fine.n + l]!;
    }
    for (let c = 0; c < fine.finalDemandCount; c++) {
      result.finalDemand[row * coarse.finalDemandCount + consumer(c)]! +=
        table.finalDemand[k * fine.finalDemandCount + c]!;
    }
    result.primaryInput[row]! += table.primaryInput[k]!;
  }
  return result;
}
