import { NOT_SAID, type OpenTable } from './open-table.ts';
import { beginningOf } from './sheet-unit.ts';
import { unusableUnit } from './units.ts';

type Stated = Pick<OpenTable, 'unit' | 'unitPlace' | 'possibleUnit'>;

/** `sheet "T", cell A1 may name one: "all of it in yuan"`; none: nothing may. */
const mayName = ({ possibleUnit }: Stated): string[] =>
  possibleUnit === undefined ? [] : [`${possibleUnit.place} may name one: "${beginningOf(possibleUnit.text)}"`];

/** What the log of a run says of the unit of a table that it reads. */
export function unitNotice(stated: Stated, study: string): string {
  const { unit, unitPlace } = stated;
  if (unit === null) return [`unit not said, taken as ${study}`, ...mayName(stated)].join('; ');
  return `unit ${unit}${unitPlace === undefined ? '' : `, as ${unitPlace} says`}`;
}

/**
 * Says what the unit of a table is, and what a study makes of it.
 * @param study unit of money of the study; undefined: it is not known
 * @returns `refused`: whether a run refuses it
 */
export function unitLines(
  stated: Stated,
  study: string | undefined,
): { readonly lines: readonly string[]; readonly refused: boolean } {
  const { unit, unitPlace } = stated;
  const line = (words: string): string => `  unit       ${words}`;
  const more = (words: string): string => `             ${words}`;
  if (unit === null) {
    const taken = study === undefined ? 'its own unit' : `its own, ${study}`;
    const lines = [line(`${NOT_SAID}: a study takes it as in ${taken}`), ...mayName(stated).map(more)];
    return { lines, refused: false };
  }
  const unusable = study === undefined ? null : unusableUnit(unit, study);
  const besides = [
    ...(unitPlace === undefined ? [] : [`stands in ${unitPlace}`]),
    ...(unusable === null ? [] : [`cannot be used in a study in ${study!}: ${unusable.reason}`, unusable.remedy]),
  ];
  return { lines: [line(unit), ...besides.map(more)], refused: unusable !== null };
}
