import { ModelError } from '../../mrio/error.ts';
import { asDeliveries } from '../deliveries.ts';
import type { AccountLabel, ColumnLabel, OpenTable, RowLabel } from '../open-table.ts';
import type { PymrioExtension, PymrioSystem } from './write-folder.ts';

/** Categories that stand beside those of the file: what it has of no region is that of the producer's own. */
const EXPORT = 'export';
const DISCREPANCY = 'statistical discrepancy';
const IMPORTS = 'imports, deducted';

/**
 * The system of a table, as pymrio keeps it. Exports, discrepancies and imports that are to be deducted, which pymrio does not
 * know, become categories of final demand of the producer's own region; primary inputs and stressors become extensions.
 *
 * Throws a ModelError where regions have not the same sectors or the same categories of final demand.
 */
export async function pymrioSystemOf(given: OpenTable, name: string): Promise<PymrioSystem> {
  const open = await asDeliveries(given);
  const accounts = open.rows.filter((row): row is AccountLabel => row.kind === 'account');
  const regions = distinct(accounts.map(({ region }) => region));
  const sectors = distinct(accounts.map(({ sector }) => sector));
  if (accounts.length !== regions.length * sectors.length)
    throw new ModelError(
      `${open.format}: ${accounts.length} accounts are not ${regions.length} regions of ${sectors.length} sectors`,
      'pymrio needs the same sectors in every region',
    );
  const own = [EXPORT, DISCREPANCY, IMPORTS].filter((category) => open.columns.some((column) => ownCategory(column) === category)); // prettier-ignore
  const categories = [...distinct(open.columns.flatMap((column) => (column.kind === 'final demand' ? [column.category] : []))), ...own]; // prettier-ignore
  const [n, width] = [accounts.length, regions.length * categories.length];
  const accountAt = ({ region, sector }: AccountLabel): number =>
    regions.indexOf(region) * sectors.length + sectors.indexOf(sector);
  const demandAt = (region: string, category: string): number =>
    regions.indexOf(region) * categories.length + categories.indexOf(category);
  const rows = open.rows.map((row) => (row.kind === 'account' ? accountAt(row) : -1));
  const columns = open.columns.map((column) => {
    if (column.kind === 'account') return accountAt(column);
    return column.kind === 'final demand' ? demandAt(column.region, column.category) : -1;
  });
  const extensions = extensionsOf(open, n);
  const extensionAt = new Map(extensions.flatMap(({ rows: of }, e) => of.map((row, i) => [row.at, { e, i }] as const)));
  const system = {
    intermediate: new Float64Array(n * n),
    finalDemand: new Float64Array(n * width),
    output: new Float64Array(n),
  };
  const add = (i: number, j: number, value: number): void => {
    const column = open.columns[j]!;
    const row = rows[i]!;
    if (row === -1) {
      const extension = extensionAt.get(i);
      if (extension !== undefined && column.kind === 'account')
        extensions[extension.e]!.flows[extension.i * n + columns[j]!]! += value;
      return;
    }
    if (column.kind === 'stated') return;
    const amount = column.kind === 'imports' ? -value : value;
    system.output[row]! += amount;
    const category = ownCategory(column);
    if (column.kind === 'account') system.intermediate[row * n + columns[j]!]! += amount;
    else if (category === null) system.finalDemand[row * width + columns[j]!]! += amount;
    else system.finalDemand[row * width + demandAt(regions[Math.floor(row / sectors.length)]!, category)]! += amount;
  };
  for await (const { axis, index, start, values } of open.stripes())
    values.forEach((value, k) => {
      if (axis === 'row') add(index, start + k, value);
      else add(start + k, index, value);
    });
  return {
    ...{ name, description: open.format, regions, sectors, categories, unit: open.unit ?? 'not said' },
    ...system,
    extensions: extensions.map(({ rows: of, ...extension }): PymrioExtension => ({
      ...extension,
      rows: of.map(({ key, unit }) => ({ key, unit })),
    })),
  };
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)];

function ownCategory({ kind }: ColumnLabel): string | null {
  if (kind === 'export') return EXPORT;
  if (kind === 'discrepancy') return DISCREPANCY;
  return kind === 'imports' ? IMPORTS : null;
}

interface Collected extends Omit<PymrioExtension, 'rows'> {
  readonly rows: readonly { readonly at: number; readonly key: readonly string[]; readonly unit: string }[];
}

function extensionsOf(open: OpenTable, n: number): Collected[] {
  const collected = (name: string, indexNames: readonly string[], rows: Collected['rows']): Collected[] =>
    rows.length === 0 ? [] : [{ name, indexNames, rows, flows: new Float64Array(rows.length * n) }];
  const at = <Kind extends RowLabel['kind']>(kind: Kind) =>
    open.rows.flatMap((row, i) =>
      row.kind === kind ? [{ row: row as Extract<RowLabel, { kind: Kind }>, at: i }] : [],
    );
  const compartments = at('stressor').some(({ row }) => row.compartment !== undefined);
  return [
    ...collected(
      'factor_inputs',
      ['inputtype'],
      at('primary input').map(({ row, at }) => ({ at, key: [row.name], unit: open.unit ?? 'not said' })),
    ),
    ...collected(
      'emissions',
      compartments ? ['stressor', 'compartment'] : ['stressor'],
      at('stressor').map(({ row, at }) => ({
        at,
        key: compartments ? [row.name, row.compartment ?? 'not said'] : [row.name],
        unit: row.unit ?? 'not said',
      })),
    ),
  ];
}
