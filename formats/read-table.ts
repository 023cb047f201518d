import { ModelError } from '../mrio/error.ts';
import { dimensions, emptyTable, type MrioTable } from '../mrio/table.ts';
import { asDeliveries } from './deliveries.ts';
import type { Concordance } from './concordance.ts';
import type { AccountLabel, ColumnLabel, OpenTable, RowLabel } from './open-table.ts';

/** Totals of an account as the file has it, before anything is aggregated. */
export interface FileAccount {
  readonly label: AccountLabel;
  /** Deliveries, final demand, exports and the statistical discrepancy. */
  rowTotal: number;
  /** Deliveries taken in, value added and imports. */
  columnTotal: number;
  /** What the file itself says they are; null: nothing. */
  statedRow: number | null;
  statedColumn: number | null;
}

/** An emission, a resource, employment, in the unit that the file has for it. */
export interface Stressor {
  readonly unit: string | null;
  /** By account: n. */
  readonly accounts: Float64Array;
  /** Of final demand itself, such as emissions of households, by region. */
  readonly finalDemand: Float64Array;
}

/** A delivery that the file has with a minus. */
export interface NegativeDelivery {
  readonly place: string;
  readonly value: number;
}

/** A table of a file, in the regions and sectors of a study. */
export interface ReadTable {
  /** Statistical discrepancies count as final demand of the producer's own region, imports to be deducted as less of it. */
  readonly table: MrioTable;
  /** The discrepancies, by account: n. */
  readonly discrepancy: Float64Array;
  /** Emissions and other stressors of the file, by name. */
  readonly stressors: ReadonlyMap<string, Stressor>;
  readonly accounts: readonly FileAccount[];
  /** Of single cells, before they are summed: how many, and the ten largest. */
  readonly negative: { readonly count: number; readonly worst: readonly NegativeDelivery[] };
  /** Sum of what primary inputs go to final demand directly, such as imported consumer goods: no account has it. */
  readonly outsideAccounts: number;
}

/**
 * Reads a table and adds up what belongs to one region and sector of the study, stripe by stripe, so that no more of the
 * file is held than one.
 * @param progress told the share that is done, from 0 to 1
 */
export async function readTable(
  given: OpenTable,
  axes: Pick<MrioTable, 'regions' | 'sectors'>,
  concordance: Concordance,
  progress: (share: number) => void = () => undefined,
): Promise<ReadTable> {
  const open = await asDeliveries(given);
  const table = emptyTable(axes.regions, axes.sectors);
  const { n, sectorCount, regionCount, finalDemandCount } = dimensions(axes);
  const account = (label: AccountLabel): number =>
    regionAt(label, axes, concordance) * sectorCount + sectorAt(label, axes, concordance);
  const rows = targetsOf(open.rows, account, axes, concordance);
  const columns = targetsOf(open.columns, account, axes, concordance);
  const discrepancy = new Float64Array(n);
  const stressorName = stressorNames(open.rows);
  const stressors = new Map<string, Stressor>();
  for (const row of open.rows) {
    if (row.kind !== 'stressor') continue;
    const amounts = { accounts: new Float64Array(n), finalDemand: new Float64Array(regionCount) };
    stressors.set(stressorName(row), { unit: row.unit, ...amounts });
  }
  const rowTotal = new Float64Array(open.rows.length);
  const columnTotal = new Float64Array(open.columns.length);
  const statedRow = new Float64Array(open.rows.length).fill(NaN);
  const statedColumn = new Float64Array(open.columns.length).fill(NaN);
  let outsideAccounts = 0;
  const negative = { count: 0, worst: [] as { i: number; j: number; value: number }[] };

  const add = (i: number, j: number, value: number): void => {
    const [row, column] = [rows.kinds[i]!, columns.kinds[j]!];
    const [from, to] = [rows.positions[i]!, columns.positions[j]!];
    if (row === 'account') {
      if (column === 'stated') {
        if (to === WHOLE) statedRow[i] = value;
        return;
      }
      const amount = column === 'imports' ? -value : value;
      rowTotal[i]! += amount;
      if (column === 'account') {
        if (value < 0) {
          negative.count++;
          negative.worst = [...negative.worst, { i, j, value }].sort((a, b) => a.value - b.value).slice(0, 10);
        }
        columnTotal[j]! += value;
        table.intermediate[from * n + to]! += value;
      } else if (column === 'final demand') table.finalDemand[from * finalDemandCount + to]! += value;
      else if (column === 'export') table.finalDemand[from * finalDemandCount + regionCount]! += value;
      else {
        // Of the producer's own region: a discrepancy, or imports that are in its deliveries and final demand.
        if (column === 'discrepancy') discrepancy[from]! += value;
        table.finalDemand[from * finalDemandCount + Math.floor(from / sectorCount)]! += amount;
      }
    } else if (row === 'primary input') {
      if (column === 'account') {
        columnTotal[j]! += value;
        table.primaryInput[to]! += value;
      } else if (column !== 'stated') outsideAccounts += value;
    } else if (row === 'stressor') {
      const label = open.rows[i]!;
      if (label.kind !== 'stressor') return;
      const { accounts, finalDemand } = stressors.get(stressorName(label))!;
      if (column === 'account') accounts[to]! += value;
      else if (column === 'final demand') finalDemand[to]! += value;
    } else if (column === 'account' && from === WHOLE) statedColumn[j] = value;
  };

  let done = 0;
  const all = open.rows.length * open.columns.length;
  for await (const { axis, index, start, values } of open.stripes()) {
    if (axis === 'row') for (let k = 0; k < values.length; k++) add(index, start + k, values[k]!);
    else for (let k = 0; k < values.length; k++) add(start + k, index, values[k]!);
    progress((done += values.length) / all);
  }
  // Where no stripe is there is nothing to do.
  progress(1);

  const rowOf = new Map(open.rows.flatMap((row, i) => (row.kind === 'account' ? [[keyOf(row), i] as const] : [])));
  const accounts = open.columns.flatMap((label, j): FileAccount[] => {
    if (label.kind !== 'account') return [];
    const i = rowOf.get(keyOf(label))!;
    const stated = (value: number) => (Number.isNaN(value) ? null : value);
    const sums = { rowTotal: rowTotal[i]!, columnTotal: columnTotal[j]! };
    return [{ label, ...sums, statedRow: stated(statedRow[i]!), statedColumn: stated(statedColumn[j]!) }];
  });
  const worst = negative.worst.map(({ i, j, value }) => ({ place: open.place(i, j), value }));
  return { table, discrepancy, stressors, accounts, negative: { ...negative, worst }, outsideAccounts };
}

/**
 * Throws a ModelError that names the accounts whose rows or columns add up to something else than the file states.
 * @param tolerance of |sum - stated|, relative to the larger
 */
export function requireAsStated(accounts: readonly FileAccount[], tolerance: number, place: string): void {
  const compared = accounts.flatMap(({ label, ...totals }) => [
    { label, line: 'row', sum: totals.rowTotal, stated: totals.statedRow },
    { label, line: 'column', sum: totals.columnTotal, stated: totals.statedColumn },
  ]);
  const wrong = compared.flatMap(({ label, line, sum, stated }) => {
    if (stated === null) return [];
    const scale = Math.max(Math.abs(sum), Math.abs(stated));
    const difference = scale === 0 ? 0 : Math.abs(sum - stated) / scale;
    return difference <= tolerance ? [] : [{ label, line, sum, stated, difference }];
  });
  if (wrong.length === 0) return;
  const worst = wrong.toSorted((a, b) => b.difference - a.difference).slice(0, 5);
  const named = worst.map(
    ({ label: { region, sector }, line, sum, stated }) => `${line} of ${region} ${sector}: ${sum}, stated ${stated}`,
  );
  throw new ModelError(
    `${place}: ${wrong.length} of its totals are not what its cells add up to: ${named.join('; ')}`,
    'correct the cells or the totals, or widen stated_tolerance if the difference is one of rounding',
  );
}

type StressorLabel = Extract<RowLabel, { kind: 'stressor' }>;

/**
 * What stressors are called: with what they go into, where the file says that, as CO2 to air is not CO2 to water; and with
 * their extension and unit where those that else had one name differ in them. Rows that have the same name are added up.
 */
function stressorNames(rows: readonly RowLabel[]): (label: StressorLabel) => string {
  const plain = ({ name, compartment }: StressorLabel) =>
    compartment === undefined ? name : `${name} (${compartment})`;
  const more = ({ extension, unit }: StressorLabel) =>
    [extension, unit ?? undefined].filter((text) => text !== undefined);
  const kinds = new Map<string, Set<string>>();
  for (const row of rows) {
    if (row.kind !== 'stressor') continue;
    const there = kinds.get(plain(row)) ?? new Set();
    kinds.set(plain(row), there.add(more(row).join(', ')));
  }
  return (label) => [plain(label), ...(kinds.get(plain(label))!.size > 1 ? more(label) : [])].join(', ');
}

const keyOf = ({ region, sector, code }: AccountLabel): string => JSON.stringify([region, code ?? sector]);

/** Stands for the total of a whole row or column, where a position is of something that is only stated. */
const WHOLE = -2;

/** The position of the region of the study that a label is of. */
function regionAt(
  label: Pick<AccountLabel, 'region'>,
  { regions }: Pick<MrioTable, 'regions'>,
  { region }: Concordance,
): number {
  const at = regions.indexOf(region(label));
  if (at !== -1) return at;
  throw new ModelError(
    `${label.region} is ${region(label)}, which is no region of the study: ${regions.join(', ')}`,
    'add the region to the study, or name another for it in the table region_name',
  );
}

/** The position of the sector of the study that a label is of. */
function sectorAt(label: AccountLabel, { sectors }: Pick<MrioTable, 'sectors'>, { list, sector }: Concordance): number {
  const at = sectors.indexOf(sector(label));
  if (at !== -1) return at;
  throw new ModelError(
    `${label.sector} of ${label.region} is ${sector(label)} in the list ${list}, which is no sector of the study: ${sectors.join(', ')}`,
    'add the sector to the study, or give another in the list of sectors',
  );
}

/** The kind of each row or column, and where it goes: an account, a region of final demand. */
function targetsOf(
  labels: readonly (RowLabel | ColumnLabel)[],
  account: (label: AccountLabel) => number,
  axes: Pick<MrioTable, 'regions'>,
  concordance: Concordance,
): { kinds: (RowLabel | ColumnLabel)['kind'][]; positions: Int32Array } {
  const positions = Int32Array.from(labels, (label) => {
    if (label.kind === 'account') return account(label);
    if (label.kind === 'final demand') return regionAt(label, axes, concordance);
    return label.kind === 'stated' && label.of === 'all' ? WHOLE : -1;
  });
  return { kinds: labels.map(({ kind }) => kind), positions };
}
