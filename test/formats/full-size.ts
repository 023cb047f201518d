import type { MrioTable } from '../../mrio/table.ts';
import type { StageContext } from '../../runner/stage.ts';
import type { Axes } from '../../stages/accounts.ts';
import { DEMAND, INPUTS, type Sample } from './ceads-layouts.ts';

/** A table of the study with the categories that a file has: n accounts, R regions. */
export interface StudyTable extends Axes {
  /** n x n. */
  readonly deliveries: Float64Array;
  /** Of each category of DEMAND, n x R. */
  readonly demand: readonly Float64Array[];
  readonly exports: Float64Array;
  readonly imports: Float64Array;
  /** Of each input of INPUTS, n. */
  readonly inputs: readonly Float64Array[];
}

/** Categories of the study in the order of DEMAND and of INPUTS. */
const DEMAND_CATEGORIES = ['rural', 'urban', 'government', 'capital', 'inventories'];
const INPUT_CATEGORIES = ['compensation', 'taxes', 'depreciation', 'surplus'];

/** Values that are added to others are multiples of this: sums of them are exact in any order up to 2^37. */
const GRAIN = 2 ** -16;
const grained = (value: number): number => Math.round(value / GRAIN) * GRAIN;

/**
 * Reads a table of the study from its rows. Deliveries keep all their digits; what is read into one cell together with
 * other categories is rounded to 2^-16 of the unit, so that their sum does not depend on their order.
 */
export async function readStudyTable(context: StageContext, table: string, axes: Axes): Promise<StudyTable> {
  const [R, S] = [axes.regions.length, axes.sectors.length];
  const n = R * S;
  const column = (length: number) => new Float64Array(length);
  const study = {
    deliveries: column(n * n),
    demand: DEMAND_CATEGORIES.map(() => column(n * R)),
    exports: column(n),
    imports: column(n),
    inputs: INPUT_CATEGORIES.map(() => column(n)),
  };
  const blocks = ['intermediate', 'export', 'imports', ...DEMAND_CATEGORIES, ...INPUT_CATEGORIES];
  const position = (name: string, values: readonly (string | number)[]): string =>
    `list_position([${values.map((value) => `'${value}'`).join(', ')}], ${name}::VARCHAR) - 1 AS ${name}`;
  const rows = (await context.query(`
    SELECT ${position('category', blocks)},
      ${position('from_region', axes.regions)}, ${position('from_sector', axes.sectors)},
      ${position('to_region', axes.regions)}, ${position('to_sector', axes.sectors)}, value AS value
    FROM ${table}`)) as Record<string, Float64Array>;
  for (const [e, value] of rows['value']!.entries()) {
    const at = (name: string): number => rows[name]![e]!;
    const block = blocks[at('category')]!;
    const from = at('from_region') * S + at('from_sector');
    const to = at('to_region') * S + at('to_sector');
    const [input, category] = [INPUT_CATEGORIES.indexOf(block), DEMAND_CATEGORIES.indexOf(block)];
    if (block === 'intermediate') study.deliveries[from * n + to] = value;
    else if (block === 'export') study.exports[from] = grained(value);
    else if (block === 'imports') study.imports[to] = grained(value);
    else if (input >= 0) study.inputs[input]![to] = grained(value);
    else study.demand[category]![from * R + at('to_region')] = grained(value);
  }
  return { ...axes, ...study };
}

/** A made-up discrepancy of each account: a few units more or less. */
export const discrepancyOf = (account: number): number => ((account % 7) - 3) / 8;

/** What a file of the table is to be read as; final demand with the discrepancies, where the file has them. */
export function asRead(of: StudyTable, withDiscrepancy: boolean): MrioTable {
  const [R, S] = [of.regions.length, of.sectors.length];
  const n = R * S;
  const finalDemand = new Float64Array(n * (R + 1));
  for (let k = 0; k < n; k++) {
    for (let r = 0; r < R; r++) {
      const own = withDiscrepancy && r === Math.floor(k / S) ? discrepancyOf(k) : 0;
      finalDemand[k * (R + 1) + r] = of.demand.reduce((sum, category) => sum + category[k * R + r]!, own);
    }
    finalDemand[k * (R + 1) + R] = of.exports[k]!;
  }
  return {
    ...{ regions: of.regions, sectors: of.sectors, intermediate: of.deliveries, finalDemand },
    primaryInput: of.imports.map((imports, k) => of.inputs.reduce((sum, input) => sum + input[k]!, imports)),
  };
}

/** A sector of a list, and the sector of the study that it belongs to. */
export interface Member {
  readonly name: string;
  readonly sector: number;
}

/**
 * The table in a longer list of sectors and in another order of regions. Each value is divided among the sectors that
 * belong to its own by its binary digits: the first has the highest digits, and so on, so that the parts add up exactly, in
 * any order.
 * @param members of the list, in its order; every sector of the study has at least one
 * @param regions what the file calls them, from the first of the study on; the file has them from the last on
 */
export function finelyDivided(of: StudyTable, members: readonly Member[], regions: readonly string[]): Sample {
  const [R, S] = [of.regions.length, of.sectors.length];
  const missing = of.sectors.find((sector) => !members.some((member) => member.sector === sector));
  if (missing !== undefined) throw new Error(`no member of the list belongs to sector ${missing}`);
  const fine = members.length;
  const n = R * fine;
  const regionAt = (r: number): number => R - 1 - r;
  /** Of each account of the file: account of the study, and which of how many that belong to that it is. */
  const accounts = Array.from({ length: n }, (_, i) => {
    const [r, m] = [Math.floor(i / fine), i % fine];
    const { sector } = members[m]!;
    const at = members.flatMap((member, k) => (member.sector === sector ? [k] : []));
    return { of: regionAt(r) * S + of.sectors.indexOf(sector), part: at.indexOf(m), parts: at.length };
  });
  const one = (values: Float64Array, i: number): number => {
    const { of: account, part, parts } = accounts[i]!;
    return digits(values[account]!, part, parts);
  };
  const deliveries = new Float64Array(n * n);
  for (const [i, from] of accounts.entries())
    for (const [j, to] of accounts.entries())
      deliveries[i * n + j] = digits(
        of.deliveries[from.of * R * S + to.of]!,
        from.part * to.parts + to.part,
        from.parts * to.parts,
      );
  return {
    regions: Array.from({ length: R }, (_, r) => regions[regionAt(r)]!),
    sectors: members.map(({ name }) => name),
    demand: DEMAND,
    inputs: INPUTS,
    z: (i, j) => deliveries[i * n + j]!,
    f: (i, j) => {
      const { of: account, part, parts } = accounts[i]!;
      const [r, category] = [regionAt(Math.floor(j / DEMAND.length)), of.demand[j % DEMAND.length]!];
      return digits(category[account * R + r]!, part, parts);
    },
    exports: (i) => one(of.exports, i),
    discrepancy: (i) => {
      const { of: account, part, parts } = accounts[i]!;
      return digits(discrepancyOf(account), part, parts);
    },
    imports: (j) => one(of.imports, j),
    v: (k, j) => one(of.inputs[k]!, j),
  };
}

const DIGITS = 53;

/** The binary digits of a number that are one of so many parts: all parts, and any of them, add up without rounding. */
export function digits(value: number, part: number, parts: number): number {
  const width = Math.ceil(DIGITS / parts);
  return leading(value, Math.min((part + 1) * width, DIGITS)) - leading(value, Math.min(part * width, DIGITS));
}

/** A number with as many of its binary digits, and zeros for the others. */
function leading(value: number, count: number): number {
  if (value === 0 || count === DIGITS) return value;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) + 1 - count);
  return Math.trunc(value / unit) * unit;
}
