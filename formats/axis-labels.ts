import {
  isImportOrigin,
  isOrigin,
  isSpecialCode,
  sectorNumber,
  specialAccount,
  type SpecialAccount,
} from './account-names.ts';

/** What an axis of a table is labelled with: header rows above its columns, or columns left of its rows. */
export type LabelLine = readonly (string | null)[];

/** What stands at one position of an axis. */
export type AxisLabel =
  | { readonly kind: 'account'; readonly region: string; readonly sector: string; readonly code: string | null }
  | { readonly kind: 'final demand'; readonly region: string; readonly category: string }
  | Exclude<SpecialAccount, { kind: 'final demand' }>;

/** An axis whose labels do not say what is where. The message is what its sheet has: `no line that names the 3 regions`. */
export class UnclearAxis extends Error {
  override readonly name = 'UnclearAxis';
}

/**
 * Reads an axis from its lines of labels, whatever their number and order: a line of sector codes that start anew with
 * each region, a line of regions that may name each at its start only, a line of sector names.
 * @param lines of one length, one entry for each position
 * @returns one label for each position
 * Throws UnclearAxis where the lines do not say which regions or sectors there are.
 */
export function readAxis(axis: 'row' | 'column', lines: readonly LabelLine[]): AxisLabel[] {
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
  if (accounts.length === 0) throw new UnclearAxis('no sectors');
  const names = nameLine(others, codes, accounts);
  const sectorAt = (at: number): string => names?.[at] ?? codes![at]!;
  const blocks = blocksOf(accounts, codes ?? names!);
  requireSameSize(
    blocks,
    codes ?? names!,
    others.filter((line) => line !== names),
  );
  const regions = regionLine(others, names, blocks);
  const regionOf = regionsOfAxis(regions, blocks, special);
  const categories = new Set(special.map((found) => (found?.kind === 'final demand' ? found.category : null)));
  return special.map((found, at): AxisLabel => {
    if (found?.kind === 'final demand') {
      const { category, sumOf } = found;
      if (sumOf !== undefined && categories.has(sumOf)) return { kind: 'stated', of: 'final demand', name: category };
      return { kind: 'final demand', category, region: regionOf[at]! };
    }
    if (found !== null) return found;
    if (!isAccount.has(at)) return { kind: 'stated', of: 'other', name: textsAt(at).at(-1) ?? '' };
    return { kind: 'account', region: regionOf[at]!, sector: sectorAt(at), code: codes?.[at] ?? null };
  });
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
  if (codes === null && fits.length === 0) throw new UnclearAxis('no line of sector codes, and none of sector names');
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

function requireSameSize(
  blocks: readonly (readonly number[])[],
  sectors: LabelLine,
  others: readonly LabelLine[],
): void {
  const [first] = blocks;
  const wrong = blocks.find((block) => block.length !== first!.length);
  if (wrong === undefined) return;
  const isOne = (line: LabelLine, block: readonly number[]): boolean => new Set(block.map((at) => line[at])).size === 1;
  const regions = others.map(carriedOn).find((line) => isOne(line, first!) && isOne(line, wrong));
  const named = (block: readonly number[]): string =>
    `${block.length} sectors of ${regions?.[block[0]!] ?? 'a region'}`;
  const lacking = (block: readonly number[], other: readonly number[]): string[] => {
    const there = new Set(block.map((at) => sectors[at]));
    return other.flatMap((at) => (there.has(sectors[at]) ? [] : [sectors[at]!]));
  };
  const missing = [...lacking(wrong, first!), ...lacking(first!, wrong)].slice(0, 10);
  throw new UnclearAxis(
    `${named(wrong)} and ${named(first!)}${missing.length === 0 ? '' : `; not in both: ${missing.join(', ')}`}`,
  );
}

/** What stands at each position, or was the last to stand before it. */
const carriedOn = (line: LabelLine): LabelLine => {
  let last: string | null = null;
  return line.map((text) => (last = text ?? last));
};

/** The line that names the regions, carried on from where each starts; null: there is one region without a name. */
function regionLine(
  others: readonly LabelLine[],
  names: LabelLine | null,
  blocks: readonly number[][],
): LabelLine | null {
  const found = others
    .filter((line) => line !== names)
    .map((line) => carriedOn(line))
    .find((line) => {
      const ofBlocks = blocks.map((block) => new Set(block.map((at) => line[at])));
      const regions = new Set(blocks.map(([start]) => line[start!]));
      return ofBlocks.every(({ size }) => size === 1) && regions.size === blocks.length && !regions.has(null);
    });
  if (found === undefined && blocks.length > 1)
    throw new UnclearAxis(`no line that names the ${blocks.length} regions`);
  return found ?? null;
}

/**
 * The region at each position. Final demand stands region by region behind the accounts: where the line of regions does
 * not name each of them again they come in the order of the accounts, with the same categories for each.
 */
function regionsOfAxis(
  line: LabelLine | null,
  blocks: readonly number[][],
  special: readonly (SpecialAccount | null)[],
): LabelLine {
  const regions = blocks.map(([start]) => line?.[start!] ?? '');
  const demand = special.flatMap((found, at) => (found?.kind === 'final demand' ? [at] : []));
  const result: (string | null)[] = special.map((_, at) => line?.[at] ?? '');
  const named = new Set(demand.map((at) => result[at]!));
  // Titles are no regions, and the last is carried on from the accounts. A name may be written in two ways.
  if (regions.slice(0, -1).some((region) => named.has(region))) {
    if (named.size === regions.length) return result;
    throw new UnclearAxis(`final demand of ${[...named].join(', ')} and sectors of ${regions.join(', ')}`);
  }
  const perRegion = demand.length / regions.length;
  if (!Number.isInteger(perRegion))
    throw new UnclearAxis(`${demand.length} columns of final demand for ${regions.length} regions`);
  const categoryAt = (k: number): string | undefined => {
    const found = special[demand[k]!];
    return found?.kind === 'final demand' ? found.category : undefined;
  };
  if (demand.some((_, k) => categoryAt(k) !== categoryAt(k % perRegion)))
    throw new UnclearAxis(
      'columns of final demand that do not have the same categories for one region after the other; name the region above each',
    );
  demand.forEach((at, k) => (result[at] = regions[Math.floor(k / perRegion)]!));
  return result;
}
