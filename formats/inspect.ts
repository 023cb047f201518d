import { relativeDifference } from '../mrio/table.ts';
import { concordanceOf, sectorsOf, type ListedSector, type RegionName } from './concordance.ts';
import {
  NOT_SAID,
  accountsOf,
  type AccountLabel,
  type ColumnLabel,
  type OpenTable,
  type RowLabel,
} from './open-table.ts';
import { readTable } from './read-table.ts';
import type { FileAccount } from './table-sums.ts';

/** What is known of regions and sectors that tables may be of. */
export interface Known {
  readonly regions: readonly RegionName[];
  readonly lists: readonly ListedSector[];
}

const SHOWN = 10;

/** Says what was found in a table, and how far its rows and columns balance, before anything is computed from it. */
export async function inspectionOf(open: OpenTable, place: string, known: Known): Promise<string[]> {
  const accounts = accountsOf(open.rows);
  const regions = [...new Set(accounts.map(({ region }) => region))];
  const sectors = sectorsOf(accounts);
  return [
    `${place}: ${open.format}`,
    ...(open.besides ?? []).map((what) => `  not used   ${what}`),
    `  regions    ${regions.length}: ${listing(regions)}`,
    `  sectors    ${sectors.length}: ${listing(sectors.map(({ code, sector }) => (code === undefined || code === sector ? sector : `${code} ${sector}`)))}`,
    `  unit       ${open.unit ?? NOT_SAID}`,
    `  rows       ${kinds(open.rows)}`,
    `  columns    ${kinds(open.columns)}`,
    ...meaning(open, place, known),
    ...(await balanceLines(open)),
  ];
}

const listing = (names: readonly string[]): string =>
  names.length <= 6 ? names.join(', ') : `${names.slice(0, 4).join(', ')} ... ${names.at(-1)!}`;

/** `1302 accounts; 4 primary inputs (Compensation of employees, ...); not used: Total inputs`. */
function kinds(labels: readonly (RowLabel | ColumnLabel)[]): string {
  type Label = RowLabel | ColumnLabel;
  const named = <Kind extends Label['kind']>(
    kind: Kind,
    what: string,
    counts: (label: Extract<Label, { kind: Kind }>) => boolean = () => true,
  ): string[] => {
    const found = labels.filter((label) => label.kind === kind && counts(label as Extract<Label, { kind: Kind }>));
    if (found.length === 0) return [];
    const names = [...new Set(found.map(nameOf))];
    return [`${found.length} ${what}${names[0] === '' ? '' : ` (${names.join(', ')})`}`];
  };
  return [
    ...named('account', 'accounts'),
    ...named('final demand', 'of final demand'),
    ...named('export', 'of exports'),
    ...named('imports', 'of imports to be deducted'),
    ...named('discrepancy', 'of discrepancies'),
    ...named('primary input', 'primary inputs'),
    ...named('stressor', 'stressors'),
    ...named('stated', 'that only state totals', ({ of }) => of !== 'other'),
    ...named('stated', 'of no known meaning, left out', ({ of }) => of === 'other'),
  ].join('; ');
}

function nameOf(label: RowLabel | ColumnLabel): string {
  if (label.kind === 'account') return '';
  return label.kind === 'final demand' ? label.category : label.name;
}

/** Which regions and sectors of the study they are, or why that is not known. */
function meaning(open: OpenTable, place: string, { regions, lists }: Known): string[] {
  try {
    const { list, region } = concordanceOf(open, regions, lists, place);
    const codes = new Set(accountsOf(open.rows).map(region));
    return [`  known as   ${[...codes].join(' ')}; sectors of the list ${list}`];
  } catch (error) {
    if (!(error instanceof Error) || !('remedy' in error)) throw error;
    return [`  known as   ${error.message}`, `             ${String(error.remedy)}`];
  }
}

async function balanceLines(open: OpenTable): Promise<string[]> {
  // All in one account: only what is known of the file's own accounts is wanted.
  const everything = { list: '', region: () => '', sector: () => 1 };
  const { accounts, negative, outsideAccounts } = await readTable(open, { regions: [''], sectors: [1] }, everything);
  const total = accounts.reduce((sum, { rowTotal }) => sum + rowTotal, 0);
  return [
    `  output     ${total.toPrecision(6)} in all`,
    ...(outsideAccounts === 0
      ? []
      : [`  besides    ${outsideAccounts.toPrecision(6)} of primary inputs for final demand, in no account`]),
    ...(negative.count === 0 ? [] : [`  negative   ${negative.count} deliveries, the largest:`]),
    ...negative.worst.map(({ place, value }) => `    ${place}: ${value}`),
    ...worst('rows against columns', accounts, ({ rowTotal, columnTotal }) => [rowTotal, columnTotal]),
    ...worst('rows against their stated totals', accounts, ({ rowTotal, statedRow }) => [rowTotal, statedRow]),
    ...worst('columns against their stated totals', accounts, ({ columnTotal, statedColumn }) => [
      columnTotal,
      statedColumn,
    ]),
  ];
}

/** The accounts of which two totals are furthest apart, relative to the larger. */
function worst(
  what: string,
  accounts: readonly FileAccount[],
  totals: (account: FileAccount) => readonly [number, number | null],
): string[] {
  const compared = accounts.flatMap((account) => {
    const [a, b] = totals(account);
    if (b === null) return [];
    return [{ label: account.label, a, b, residual: relativeDifference(a, b) }];
  });
  if (compared.length === 0) return [];
  const sorted = compared.toSorted((x, y) => y.residual - x.residual);
  const off = sorted.filter(({ residual }) => residual > 1e-9).slice(0, SHOWN);
  const most = sorted[0]!.residual;
  return [
    `  ${what}: ${off.length === 0 ? 'equal' : `at most ${percent(most)} apart, the worst ${off.length}:`}`,
    ...off.map(({ label, a, b, residual }) => `    ${percent(residual).padStart(8)}  ${labelOf(label)}: ${a} and ${b}`),
  ];
}

const percent = (share: number): string => `${(100 * share).toPrecision(3)}%`;
const labelOf = ({ region, sector, code }: AccountLabel): string =>
  [region, code, sector === code ? undefined : sector].filter((part) => part !== undefined && part !== '').join(' ');
