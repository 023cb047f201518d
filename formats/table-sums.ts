import { ModelError } from '../mrio/error.ts';
import { dimensions, emptyTable, type MrioTable } from '../mrio/table.ts';
import type { Concordance } from './concordance.ts';
import { LineTotals, type FileAccount } from './line-totals.ts';
import type { AccountLabel, ColumnLabel, OpenTable, RowLabel } from './open-table.ts';

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

/** How many negative deliveries are named. */
const NAMED = 10;

/** The kind of each row or column, and where it goes. */
interface Targets {
  readonly kinds: readonly (RowLabel | ColumnLabel)['kind'][];
  readonly positions: Int32Array;
}

/** A cell of the file. */
interface Cell {
  readonly i: number;
  readonly j: number;
  readonly value: number;
}

/** The sums of a file's cells in the regions and sectors of a study, and the totals of its own accounts. */
export class TableSums {
  readonly #open: OpenTable;
  readonly #table: MrioTable;
  readonly #dimensions: ReturnType<typeof dimensions>;
  readonly #rows: Targets;
  readonly #columns: Targets;
  readonly #discrepancy: Float64Array;
  readonly #stressors: ReadonlyMap<string, Stressor>;
  /** The stressor of each row that is one. */
  readonly #stressorOf: readonly (Stressor | undefined)[];
  readonly #lines: LineTotals;
  #outsideAccounts = 0;
  #negatives = 0;
  /** Negative deliveries, the largest first. */
  #worst: Cell[] = [];

  constructor(open: OpenTable, axes: Pick<MrioTable, 'regions' | 'sectors'>, concordance: Concordance) {
    this.#open = open;
    this.#table = emptyTable(axes.regions, axes.sectors);
    this.#dimensions = dimensions(axes);
    const account = (label: AccountLabel): number =>
      regionAt(label, axes, concordance) * axes.sectors.length + sectorAt(label, axes, concordance);
    this.#rows = targetsOf(open.rows, account, axes, concordance);
    this.#columns = targetsOf(open.columns, account, axes, concordance);
    const { n, regionCount } = this.#dimensions;
    this.#discrepancy = new Float64Array(n);
    const nameOf = stressorNames(open.rows);
    const stressors = new Map<string, Stressor>();
    for (const row of open.rows) {
      if (row.kind !== 'stressor') continue;
      const amounts = { accounts: new Float64Array(n), finalDemand: new Float64Array(regionCount) };
      stressors.set(nameOf(row), { unit: row.unit, ...amounts });
    }
    this.#stressors = stressors;
    this.#stressorOf = open.rows.map((row) => (row.kind === 'stressor' ? stressors.get(nameOf(row)) : undefined));
    this.#lines = new LineTotals(open);
  }

  /** Adds the cell in row i and column j of the file. */
  add(i: number, j: number, value: number): void {
    const kind = this.#rows.kinds[i]!;
    if (kind === 'account') this.#addDelivery(i, j, value);
    else if (kind === 'primary input') this.#addPrimaryInput(i, j, value);
    else if (kind === 'stressor') this.#addStressor(i, j, value);
    else if (this.#columns.kinds[j] === 'account') this.#lines.state(i, j, value);
  }

  #addDelivery(i: number, j: number, value: number): void {
    const column = this.#columns.kinds[j] as ColumnLabel['kind'];
    this.#lines.addDelivery(i, j, column, value);
    if (column === 'stated') return;
    const [from, to] = [this.#rows.positions[i]!, this.#columns.positions[j]!];
    const { n, sectorCount, regionCount, finalDemandCount } = this.#dimensions;
    const { intermediate, finalDemand } = this.#table;
    const amount = column === 'imports' ? -value : value;
    if (column === 'account') {
      if (value < 0) this.#noteNegative({ i, j, value });
      intermediate[from * n + to]! += value;
    } else if (column === 'final demand') finalDemand[from * finalDemandCount + to]! += value;
    else if (column === 'export') finalDemand[from * finalDemandCount + regionCount]! += value;
    else {
      // Of the producer's own region: a discrepancy, or imports that are in its deliveries and final demand.
      if (column === 'discrepancy') this.#discrepancy[from]! += value;
      finalDemand[from * finalDemandCount + Math.floor(from / sectorCount)]! += amount;
    }
  }

  #addPrimaryInput(i: number, j: number, value: number): void {
    const column = this.#columns.kinds[j]!;
    if (column === 'account') {
      this.#lines.addPrimaryInput(i, j, value);
      this.#table.primaryInput[this.#columns.positions[j]!]! += value;
    } else if (column !== 'stated') this.#outsideAccounts += value;
  }

  #addStressor(i: number, j: number, value: number): void {
    const { accounts, finalDemand } = this.#stressorOf[i]!;
    const column = this.#columns.kinds[j]!;
    if (column === 'account') accounts[this.#columns.positions[j]!]! += value;
    else if (column === 'final demand') finalDemand[this.#columns.positions[j]!]! += value;
  }

  #noteNegative(cell: Cell): void {
    this.#negatives++;
    if (this.#worst.length === NAMED && cell.value >= this.#worst.at(-1)!.value) return;
    this.#worst = [...this.#worst, cell].sort((a, b) => a.value - b.value).slice(0, NAMED);
  }

  result(): ReadTable {
    return {
      table: this.#table,
      discrepancy: this.#discrepancy,
      stressors: this.#stressors,
      accounts: this.#lines.accounts(),
      negative: {
        count: this.#negatives,
        worst: this.#worst.map(({ i, j, value }) => ({ place: this.#open.place(i, j), value })),
      },
      outsideAccounts: this.#outsideAccounts,
    };
  }
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
): Targets {
  const positions = Int32Array.from(labels, (label) => {
    if (label.kind === 'account') return account(label);
    if (label.kind === 'final demand') return regionAt(label, axes, concordance);
    return -1;
  });
  return { kinds: labels.map(({ kind }) => kind), positions };
}
