import { NOT_SAID, type OpenTable } from './open-table.ts';
import { unusableUnit } from './units.ts';

type Stated = Pick<OpenTable, 'unit' | 'unitPlace'>;

/** What the log of a run says of the unit of a table that it reads. */
export function unitNotice({ unit, unitPlace }: Stated, study: string): string {
  if (unit === null) return `unit not said, taken as ${study}`;
  return `unit ${unit}${unitPlace === undefined ? '' : `, as ${unitPlace} says`}`;
}

/**
 * Says what the unit of a table is, and what a study makes of it.
 * @param study unit of money of the study; undefined: it is not known
 * @returns `refused`: whether a run refuses it
 */
export function unitLines(
  { unit, unitPlace }: Stated,
  study: string | undefined,
): { readonly lines: readonly string[]; readonly refused: boolean } {
  const line = (words: string): string => `  unit       ${words}`;
  if (unit === null) {
    const taken = study === undefined ? 'its own unit' : `its own, ${study}`;
    return { lines: [line(`${NOT_SAID}: a study takes it as in ${taken}`)], refused: false };
  }
  const unusable = study === undefined ? null : unusableUnit(unit, study);
  const more = [
    ...(unitPlace === undefined ? [] : [`stands in ${unitPlace}`]),
    ...(unusable === null ? [] : [`cannot be used in a study in ${study!}: ${unusable.reason}`, unusable.remedy]),
  ];
  return { lines: [line(unit), ...more.map((words) => `             ${words}`)], refused: unusable !== null };
}
