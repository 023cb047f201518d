import {
  isImportOrigin,
  isOrigin,
  isSpecialCode,
  sectorNumber,
  specialAccount,
  type SpecialAccount,
} from './account-names.ts';
import {
  UnclearAxis,
  WHOLE_HEADER,
  carriedOn,
  unclearDemand,
  unclearRegions,
  unequalRegions,
  type ShownLines,
} from './unclear-axis.ts';

/** What an axis of a table is labelled with: header rows above its columns, or columns left of its rows. */
export type LabelLine = readonly (string | null)[];

/** What stands at one position of an axis. */
export type AxisLabel =
  | { readonly kind: 'account'; readonly region: string; readonly sector: string; readonly code: string | null }
  | { readonly kind: 'final demand'; readonly region: string; readonly category: string }
  | Exclude<SpecialAccount, { kind: 'final demand' }>;

/** An axis as its labels say it is. */
export interface Axis {
  /** One for each position. */
  readonly labels: readonly AxisLabel[];
  /** The cell that names the region of a position, or the position itself; null: none does. */
  readonly cellOf: (of: LabelPart, at: number) => string | null;
  /** What stands there as a name, whether or not it is the same in every region; null: nothing. */
  readonly nameAt: (at: number) => string | null;
}

/** What a label says: the region it is of, or what it is. */
export type LabelPart = 'region' | 'name';

/**
 * Reads an axis from its lines of labels, whatever their number and order: a line of sector codes that start anew with
 * each region, a line of regions that may name each at its start only, a line of sector names.
 * @param lines of one length, one entry for each position
 * @param cell what errors call the cell at a position of a line: `D2`
 * Throws UnclearAxis where the lines do not say which regions or sectors there are.
 */
export function readAxis(
  axis: 'row' | 'column',
  lines: readonly LabelLine[],
  cell: (line: number, at: number) => string,
): Axis {
  const length = lines[0]?.length ?? 0;
  const origins = axis === 'row' ? originLine(lines) : null;
  const codes = codeLine(lines);
  const others = lines.filter((line) => line !== codes && line !== origins);
  const textsAt = (at: number) => others.flatMap((line) => line[at] ?? []);
  const special = Array.from({ length }, (_, at) => {
    const code = codes?.[at] ?? null;
    if (isImportOrigin(origins?.[at] ?? ''))
      return { kind: 'primary input' as const, name: `Imports of ${textsAt(at).at(-1) ?? code ?? ''}`, imports: true };
    if (code !== null && sectorNumber(code) !== null) return null;
    return specialAccount(axis, code, textsAt(at));
  });
  // A sector may be called "Others". What stands at the end of a table is not found before anything else that does.
  if (codes === null) {
    const behind = special.findIndex((found) => found !== null && found.kind !== 'discrepancy');
    special.fill(null, 0, behind === -1 ? length : behind);
  }
  const accounts = Array.from({ length }, (_, at) => at).filter((at) => {
    if (special[at] !== null) return false;
    return codes === null ? textsAt(at).length > 0 : sectorNumber(codes[at] ?? '') !== null;
  });
  const isAccount = new Set(accounts);
  if (accounts.length === 0) throw new UnclearAxis('no sectors', WHOLE_HEADER);
  const names = nameLine(others, codes, accounts);
  const sectorAt = (at: number): string => names?.[at] ?? codes![at]!;
  const sectors = codes ?? names!;
  const blocks = blocksOf(accounts, sectors);
  const cellIn = (line: LabelLine, at: number): string => cell(lines.indexOf(line), at);
  const shown = { lines: others.filter((line) => line !== names), cell: cellIn, sectors, blocks };
  if (blocks.some(({ length: size }) => size !== blocks[0]!.length)) throw unequalRegions({ ...shown, lines: others });
  const regions = regionLine(shown);
  const regionOf = regionsOfAxis(regions, blocks, special, cellIn);
  const categories = new Set(special.map((found) => (found?.kind === 'final demand' ? found.category : null)));
  const labels = special.map((found, at): AxisLabel => {
    if (found?.kind === 'final demand') {
      const { category, sumOf } = found;
      if (sumOf !== undefined && categories.has(sumOf)) return { kind: 'stated', of: 'final demand', name: category };
      return { kind: 'final demand', category, region: regionOf[at]! };
    }
    if (found !== null) return found;
    if (!isAccount.has(at)) return { kind: 'stated', of: 'other', name: textsAt(at).at(-1) ?? '' };
    return { kind: 'account', region: regionOf[at]!, sector: sectorAt(at), code: codes?.[at] ?? null };
  });
  const nameLines = others.filter((line) => line !== regions);
  const nameLineAt = (at: number): LabelLine | undefined =>
    names?.[at] != null ? names : nameLines.findLast((line) => line[at] !== null);
  return {
    labels,
    nameAt: (at) => nameLineAt(at)?.[at] ?? null,
    cellOf: (of, at) => {
      if (of === 'region') return regions === null ? null : regionCell(regions, regionOf[at] ?? null, at, cellIn);
      const line = nameLineAt(at) ?? (codes?.[at] != null ? codes : undefined);
      return line === undefined ? null : cellIn(line, at);
    },
  };
}

/** The cell that names a region: the last before a position, or where that has another name, the first of all. */
function regionCell(
  line: LabelLine,
  region: string | null,
  at: number,
  cell: (line: LabelLine, at: number) => string,
): string | null {
  let before = at;
  while (before >= 0 && line[before] === null) before--;
  const there = line[before] === region ? before : line.indexOf(region);
  return region === null || there === -1 ? null : cell(line, there);
}

/** The line that says of each row whether it is of domestic products or of imports; null: there is none. */
function originLine(lines: readonly LabelLine[]): LabelLine | null {
  const found = lines.find((line) => {
    const there = line.filter((text) => text !== null);
    return there.length > 0 && there.every(isOrigin) && there.some(isImportOrigin);
  });
  return found ?? null;
}

/** The line with the codes of sectors and other accounts; null: there is none. Of lines of numbers the one with other codes too. */
function codeLine(lines: readonly LabelLine[]): LabelLine | null {
  const scored = lines.flatMap((line) => {
    const there = line.filter((text) => text !== null);
    const numbers = there.map(sectorNumber);
    const others = there.filter(isSpecialCode).length;
    const starts = numbers.some((number, i) => number === 1 && numbers[i + 1] === 2);
    const share = (numbers.filter((number) => number !== null).length + others) / there.length;
    return starts && share > 0.5 ? [{ line, others }] : [];
  });
  return scored.toSorted((a, b) => b.others - a.others)[0]?.line ?? null;
}

/** The line that names the sectors: different ones within a region, the same in every region. Null: only codes do. */
function nameLine(
  others: readonly LabelLine[],
  codes: LabelLine | null,
  accounts: readonly number[],
): LabelLine | null {
  const period = (line: LabelLine): number => {
    const first = line[accounts[0]!];
    const next = accounts.findIndex((at, k) => k > 0 && line[at] === first);
    return next === -1 ? accounts.length : next;
  };
  const repeats = (line: LabelLine, length: number): boolean =>
    accounts.length % length === 0 &&
    accounts.every((at, k) => line[at] != null && line[at] === line[accounts[k % length]!]) &&
    new Set(accounts.slice(0, length).map((at) => line[at])).size === length;
  const length = codes === null ? null : period(codes);
  const fits = others.filter((line) => repeats(line, length ?? period(line)) && period(line) > 1);
  if (codes === null && fits.length === 0)
    throw new UnclearAxis('no line of sector codes, and none of sector names', WHOLE_HEADER);
  return fits.at(-1) ?? null;
}

/** The accounts of each region, from the first sector to the last. */
function blocksOf(accounts: readonly number[], sectors: LabelLine): number[][] {
  const first = sectors[accounts[0]!];
  const blocks: number[][] = [];
  for (const at of accounts) {
    if (sectors[at] === first) blocks.push([]);
    blocks.at(-1)!.push(at);
  }
  return blocks;
}

/** The line that names the regions, where each starts or at each of its sectors; null: there is one region without a name. */
function regionLine(shown: ShownLines): LabelLine | null {
  const { lines, blocks } = shown;
  const found = lines.find((line) => {
    const carried = carriedOn(line);
    const ofBlocks = blocks.map((block) => new Set(block.map((at) => carried[at])));
    const regions = new Set(blocks.map(([start]) => carried[start!]));
    return ofBlocks.every(({ size }) => size === 1) && regions.size === blocks.length && !regions.has(null);
  });
  if (found === undefined && blocks.length > 1) throw unclearRegions(shown);
  return found ?? null;
}

const DEMAND_REMEDY = 'name above the final demand of each region that region, with the same categories for each';

/**
 * The region at each position. Final demand stands region by region behind the accounts: where the line of regions does
 * not name each of them again they come in the order of the accounts, with the same categories for each.
 */
function regionsOfAxis(
  names: LabelLine | null,
  blocks: readonly (readonly number[])[],
  special: readonly (SpecialAccount | null)[],
  cell: (line: LabelLine, at: number) => string,
): LabelLine {
  const line = names === null ? null : carriedOn(names);
  const regions = blocks.map(([start]) => line?.[start!] ?? '');
  const demand = special.flatMap((found, at) => (found?.kind === 'final demand' ? [at] : []));
  const result: (string | null)[] = special.map((_, at) => line?.[at] ?? '');
  const named = new Set(demand.map((at) => result[at]!));
  // Titles are no regions, and the last is carried on from the accounts. A name may be written in two ways.
  if (regions.slice(0, -1).some((region) => named.has(region))) {
    if (named.size === regions.length) return result;
    throw unclearDemand(names!, demand, regions, (at) => cell(names!, at));
  }
  const perRegion = demand.length / regions.length;
  if (!Number.isInteger(perRegion))
    throw new UnclearAxis(`${demand.length} columns of final demand for ${regions.length} regions`, DEMAND_REMEDY);
  const categoryAt = (k: number): string | undefined => {
    const found = special[demand[k]!];
    return found?.kind === 'final demand' ? found.category : undefined;
  };
  if (demand.some((_, k) => categoryAt(k) !== categoryAt(k % perRegion)))
    throw new UnclearAxis(
      'columns of final demand that do not have the same categories for one region after the other; name the region above each',
      DEMAND_REMEDY,
    );
  demand.forEach((at, k) => (result[at] = regions[Math.floor(k / perRegion)]!));
  return result;
}
