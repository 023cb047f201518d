import { ModelError } from '../../mrio/error.ts';
import { asDeliveries } from '../deliveries.ts';
import {
  NOT_SAID,
  accountsOf,
  type AccountLabel,
  type ColumnLabel,
  type OpenTable,
  type RowLabel,
} from '../open-table.ts';
import type { PymrioExtension, PymrioSystem } from './write-folder.ts';

/** Categories that stand beside those of the file: what it has of no region is that of the producer's own. */
const EXPORT = 'export';
const DISCREPANCY = 'statistical discrepancy';
const IMPORTS = 'imports, deducted';

/**
 * The system of a table, as pymrio keeps it. Exports, discrepancies and imports that are to be deducted, which pymrio does not
 * know, become categories of final demand of the producer's own region; primary inputs and stressors become extensions, with
 * what of them is of final demand itself, if anything is.
 *
 * Throws a ModelError where regions have not the same sectors or the same categories of final demand.
 */
export async function pymrioSystemOf(given: OpenTable, name: string): Promise<PymrioSystem> {
  const open = await asDeliveries(given);
  const accounts = accountsOf(open.rows);
  const regions = distinct(accounts.map(({ region }) => region));
  const sectors = distinct(accounts.map(({ sector }) => sector));
  requireEveryAccount(accounts, regions, sectors, open.format);
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
  const extensions = extensionsOf(open, n, width);
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
      const at = extensionAt.get(i);
      if (at === undefined) return;
      const { flows, finalDemandFlows } = extensions[at.e]!;
      if (column.kind === 'account') flows[at.i * n + columns[j]!]! += value;
      else if (column.kind === 'final demand') finalDemandFlows[at.i * width + columns[j]!]! += value;
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
    ...{ name, description: open.format, regions, sectors, categories, unit: open.unit ?? NOT_SAID },
    ...system,
    extensions: extensions.map(({ rows: of, finalDemandFlows, ...extension }): PymrioExtension => ({
      ...extension,
      rows: of.map(({ key, unit }) => ({ key, unit })),
      ...(finalDemandFlows.some((value) => value !== 0) ? { finalDemandFlows } : {}),
    })),
  };
}

function requireEveryAccount(
  accounts: readonly AccountLabel[],
  regions: readonly string[],
  sectors: readonly string[],
  format: string,
): void {
  if (accounts.length === regions.length * sectors.length) return;
  const there = new Set(accounts.map(({ region, sector }) => JSON.stringify([region, sector])));
  const missing = regions.flatMap((region) =>
    sectors.filter((sector) => !there.has(JSON.stringify([region, sector]))).map((sector) => `${region} ${sector}`),
  );
  throw new ModelError(
    `${format}: ${accounts.length} accounts are not ${regions.length} regions of ${sectors.length} sectors; not there: ${missing.slice(0, 10).join(', ')}`,
    'pymrio needs the same sectors in every region: give the table these accounts, with cells that are 0',
  );
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)];

function ownCategory({ kind }: ColumnLabel): string | null {
  if (kind === 'export') return EXPORT;
  if (kind === 'discrepancy') return DISCREPANCY;
  return kind === 'imports' ? IMPORTS : null;
}

interface Collected extends Omit<PymrioExtension, 'rows'> {
  readonly rows: readonly { readonly at: number; readonly key: readonly string[]; readonly unit: string }[];
  readonly finalDemandFlows: Float64Array;
}

/** Extensions of n accounts and `width` columns of final demand, without numbers yet. */
function extensionsOf(open: OpenTable, n: number, width: number): Collected[] {
  const collected = (name: string, indexNames: readonly string[], rows: Collected['rows']): Collected[] =>
    rows.length === 0
      ? []
      : [
          {
            ...{ name, indexNames, rows },
            flows: new Float64Array(rows.length * n),
            finalDemandFlows: new Float64Array(rows.length * width),
          },
        ];
  const at = <Kind extends RowLabel['kind']>(kind: Kind) =>
    open.rows.flatMap((row, i) =>
      row.kind === kind ? [{ row: row as Extract<RowLabel, { kind: Kind }>, at: i }] : [],
    );
  const stressors = at('stressor').map((found) => ({ ...found, extension: found.row.extension ?? 'emissions' }));
  return [
    ...collected(
      'factor_inputs',
      ['inputtype'],
      at('primary input').map(({ row, at }) => ({ at, key: [row.name], unit: open.unit ?? NOT_SAID })),
    ),
    ...distinct(stressors.map(({ extension }) => extension)).flatMap((name) => {
      const found = stressors.filter(({ extension }) => extension === name);
      const compartments = found.some(({ row }) => row.compartment !== undefined);
      return collected(
        name,
        compartments ? ['stressor', 'compartment'] : ['stressor'],
        found.map(({ row, at }) => ({
          at,
          key: compartments ? [row.name, row.compartment ?? NOT_SAID] : [row.name],
          unit: row.unit ?? NOT_SAID,
        })),
      );
    }),
  ];
}
