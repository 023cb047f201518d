import type { LabelLine } from './axis-labels.ts';
import { shortened } from './name-index.ts';

/** What helps where nothing more can be told. */
export const WHOLE_HEADER =
  'give it a header with sector codes (01, 02, ...) or names that repeat for each region, the region above them, and the same at the left';

/** An axis whose labels do not say what is where. The message is what its sheet has: `no line that names the 3 regions`. */
export class UnclearAxis extends Error {
  override readonly name = 'UnclearAxis';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** The lines of an axis that may name regions and sectors, and how errors show what stands there. */
export interface ShownLines {
  readonly lines: readonly LabelLine[];
  /** `D2` */
  readonly cell: (line: LabelLine, at: number) => string;
  /** Codes, or names where there are none: a region starts anew with the first. */
  readonly sectors: LabelLine;
  readonly blocks: readonly (readonly number[])[];
}

const FAULTS = 3;

/** What stands at each position, or was the last to stand before it. */
export const carriedOn = (line: LabelLine): LabelLine => {
  let last: string | null = null;
  return line.map((text) => (last = text ?? last));
};

/** Accounts side by side that are under one name of a line. */
function runsOf(line: LabelLine, accounts: readonly number[]): number[][] {
  const carried = carriedOn(line);
  const runs: number[][] = [];
  let last: string | null | undefined;
  for (const at of accounts) {
    if (carried[at] !== last || runs.length === 0) runs.push([]);
    runs.at(-1)!.push(at);
    last = carried[at];
  }
  return runs;
}

/** The line that has about as many names as there are regions, and so was meant to name them; null: none has. */
function meantForRegions({ lines, blocks }: ShownLines): LabelLine | null {
  const accounts = blocks.flat();
  const scored = lines.flatMap((line) => {
    const runs = runsOf(line, accounts).length;
    const few = runs > 1 && 2 * runs > blocks.length && 2 * runs <= accounts.length;
    return few ? [{ line, off: Math.abs(runs - blocks.length) }] : [];
  });
  return scored.toSorted((a, b) => a.off - b.off)[0]?.line ?? null;
}

/** Says of regions that no line names which of them has no name, or whose name stands elsewhere too. */
export function unclearRegions(shown: ShownLines): UnclearAxis {
  const { blocks, cell } = shown;
  const line = meantForRegions(shown);
  if (line === null)
    return new UnclearAxis(
      `no line that names the ${blocks.length} regions`,
      'write the name of each region where its sectors start, in a row above all of them and in a column left of all of them',
    );
  const quoted = (at: number) => `"${line[at]!}" (${cell(line, at)})`;
  const starts = new Map<string, number>();
  const found = blocks.flatMap(([start, ...others], r): { fault: string; remedy: string }[] => {
    const name = line[start!] ?? null;
    const inside = others.find((at) => line[at] !== null && line[at] !== name);
    const first = name === null ? undefined : starts.get(name);
    if (name !== null && first === undefined) starts.set(name, start!);
    if (name !== null && first !== undefined)
      return [
        {
          fault: `two regions of one name, ${quoted(first)} and ${cell(line, start!)}`,
          remedy: 'give each region a name of its own',
        },
      ];
    if (inside !== undefined)
      return [
        {
          fault: `${quoted(inside)} inside the sectors of one region, which start at ${cell(line, start!)}`,
          remedy: 'write the name of each region where its sectors start',
        },
      ];
    if (name !== null) return [];
    const before = r === 0 ? '' : `, where sectors start anew after those of ${nameAbove(line, blocks[r - 1]![0]!)}`;
    return [
      { fault: `no name of a region in ${cell(line, start!)}${before}`, remedy: 'write the name of the region there' },
    ];
  });
  return new UnclearAxis(
    found.length === 0
      ? `no line that names the ${blocks.length} regions`
      : found
          .slice(0, FAULTS)
          .map(({ fault }) => fault)
          .join('; '),
    found[0]?.remedy ?? WHOLE_HEADER,
  );
}

const nameAbove = (line: LabelLine, at: number): string => `"${carriedOn(line)[at] ?? ''}"`;

/** Says of regions with different numbers of sectors which has a sector too few, too many or twice. */
export function unequalRegions(shown: ShownLines): UnclearAxis {
  const { lines, sectors, cell, blocks } = shown;
  const line = meantForRegions(shown);
  const sectorsIn = (group: readonly number[]): string => JSON.stringify(group.map((at) => sectors[at]));
  const byName = line === null ? [] : runsOf(line, blocks.flat());
  const groups = new Set(byName.map(sectorsIn)).size > 1 ? byName : blocks;
  const usual = usualOf(groups, sectorsIn);
  const wrong = groups.find((group) => sectorsIn(group) !== sectorsIn(usual))!;
  const names = lines.filter((one) => one !== line);
  const called = (at: number): string => {
    const name = names.flatMap((one) => one[at] ?? []).at(-1);
    return name === undefined || name === sectors[at] ? sectors[at]! : `${sectors[at]!} ${name}`;
  };
  const regionOf = (group: readonly number[]): string =>
    line === null ? 'a region' : (carriedOn(line)[group[0]!] ?? 'a region without a name');
  const extent = `${cell(sectors, wrong[0]!)} to ${cell(sectors, wrong.at(-1)!)}`;
  const [few, others] = [regionOf(wrong), groups.length === 2 ? regionOf(usual) : 'other regions'];
  return new UnclearAxis(
    `${wrong.length} sectors of ${few} (${extent}) and ${usual.length} sectors of ${others}: ` +
      differencesOf(wrong, usual, sectors, called, (at) => cell(sectors, at), line === null ? 'the first' : few).join(
        '; ',
      ),
    'give every region the same sectors, each once; one that a region does not have gets cells of 0',
  );
}

/** The group whose sectors most have, of several the longest. */
function usualOf(groups: readonly (readonly number[])[], sectorsIn: (group: readonly number[]) => string) {
  const counts = new Map<string, number>();
  for (const group of groups) counts.set(sectorsIn(group), (counts.get(sectorsIn(group)) ?? 0) + 1);
  return groups.toSorted((a, b) => counts.get(sectorsIn(b))! - counts.get(sectorsIn(a))! || b.length - a.length)[0]!;
}

function differencesOf(
  wrong: readonly number[],
  usual: readonly number[],
  sectors: LabelLine,
  called: (at: number) => string,
  cell: (at: number) => string,
  region: string,
): string[] {
  const has = (group: readonly number[], at: number): boolean => group.some((other) => sectors[other] === sectors[at]);
  const list = (found: readonly string[]): string => shortened(found, 5);
  const missing = usual.filter((at) => !has(wrong, at)).map(called);
  const more = wrong.filter((at) => !has(usual, at)).map((at) => `${called(at)} (${cell(at)})`);
  const twice = wrong.flatMap((at, k) => {
    const before = wrong.slice(0, k).find((other) => sectors[other] === sectors[at]);
    return before === undefined ? [] : [`${sectors[at]!} twice (${cell(before)} and ${cell(at)})`];
  });
  return [
    ...(twice.length > 0 ? [`${region} has ${list(twice)}`] : []),
    ...(missing.length > 0 ? [`${region} lacks ${list(missing)}`] : []),
    ...(more.length > 0 ? [`only ${region} has ${list(more)}`] : []),
    ...(twice.length + missing.length + more.length === 0 ? ['their order differs'] : []),
  ];
}

/** Says of final demand whose regions are not those of the sectors which are too many or too few. */
export function unclearDemand(
  line: LabelLine,
  demand: readonly number[],
  regions: readonly string[],
  cell: (at: number) => string,
): UnclearAxis {
  const carried = carriedOn(line);
  const columns = new Map<string, number[]>();
  for (const at of demand) columns.set(carried[at] ?? '', [...(columns.get(carried[at] ?? '') ?? []), at]);
  const missing = regions.filter((region) => !columns.has(region));
  const more = [...columns].filter(([region]) => !regions.includes(region));
  const usual = Math.min(...[...columns.values()].map(({ length }) => length));
  const long = [...columns].filter(([region, { length }]) => length > usual && regions.includes(region));
  return new UnclearAxis(
    [
      ...(missing.length > 0 ? [`no final demand of ${missing.join(', ')}`] : []),
      ...more.map(([region, [first]]) => `final demand of "${region}" (${cell(first!)}), which has no sectors`),
      ...long.map(([region, at]) => `${at.length} columns of final demand under "${region}" (from ${cell(at[0]!)} on)`),
    ]
      .slice(0, FAULTS)
      .join('; '),
    'write above the final demand of each region the name that its sectors have',
  );
}
