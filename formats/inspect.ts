import { balance, relativeDifference, type MrioTable } from '../mrio/table.ts';
import { concordanceOf, type Concordance, type RegionName } from './concordance.ts';
import { sectorsOf, shownSector, type ListedSector } from './listed-sectors.ts';
import { accountName, comparedTotals } from './line-totals.ts';
import { accountsOf, type AccountLabel, type ColumnLabel, type OpenTable, type RowLabel } from './open-table.ts';
import { leftOutName } from './left-out.ts';
import { shortened } from './name-index.ts';
import { missingRegions } from './study-coverage.ts';
import { readTable, wrongTotals } from './read-table.ts';
import { shownApart } from './shown-numbers.ts';
import type { ReadTable } from './table-sums.ts';
import { unitLines } from './unit-words.ts';

/** What is known of regions and sectors that tables may be of. */
export interface Known {
  readonly regions: readonly RegionName[];
  /** The codes of all regions that a table of the study has, at each level that it may be of; left out: not known. */
  readonly levels?: readonly (readonly string[])[];
  readonly lists: readonly ListedSector[];
  /** Unit of money of the study; left out: not known. */
  readonly unit?: string;
}

/** How far totals may be apart in a study, as a share; null: it is not known. */
export interface Tolerances {
  /** A total that is stated, and the sum of its cells. */
  readonly stated: number | null;
  /** The row and the column of an account. */
  readonly balance: number | null;
}

/** What was found in a table. */
export interface Inspection {
  readonly lines: readonly string[];
  /** What of it a run refuses. */
  readonly refused: readonly string[];
}

const SHOWN = 10;

/** Says what was found in a table, and how far its rows and columns balance, before anything is computed from it. */
export async function inspectionOf(
  open: OpenTable,
  place: string,
  known: Known,
  tolerances: Tolerances,
): Promise<Inspection> {
  const accounts = accountsOf(open.rows);
  const regions = [...new Set(accounts.map(({ region }) => region))];
  const sectors = sectorsOf(accounts);
  const { lines, meant } = meaning(open, place, known);
  const { axes, concordance } = meant ?? IN_ONE;
  const read = await readTable(open, axes, concordance);
  const unit = unitLines(open, known.unit);
  const refused = [...(unit.refused ? ['its unit'] : []), ...refusals(read, meant, tolerances)];
  return {
    lines: [
      `${place}: ${open.format}`,
      ...(open.besides ?? []).map((what) => `  not used   ${what}`),
      `  regions    ${regions.length}: ${listing(regions)}`,
      `  sectors    ${sectors.length}: ${listing(sectors.map(shownSector))}`,
      ...unit.lines,
      `  rows       ${kinds(open, 'row')}`,
      `  columns    ${kinds(open, 'column')}`,
      ...lines,
      ...balanceLines(read),
      ...(refused.length === 0 ? [] : [`  a run refuses ${refused.join(', ')}`]),
    ],
    refused,
  };
}

/** Accounts in the regions and sectors of a study. */
interface Meant {
  readonly axes: Pick<MrioTable, 'regions' | 'sectors'>;
  readonly concordance: Concordance;
  /** Whether no region of the study is missing. */
  readonly isWhole: boolean;
}

/** All in one account: where it is not known what they are, only totals of the file's own are wanted. */
const IN_ONE: Meant = {
  axes: { regions: [''], sectors: [1] },
  concordance: { list: '', region: () => '', sector: () => 1 },
  isWhole: true,
};

/** What of a table a run refuses. Balance and deliveries have to be right in the regions and sectors of the study. */
function refusals({ table, accounts }: ReadTable, meant: Meant | null, tolerances: Tolerances): string[] {
  const isKnown = meant !== null;
  const differs = (differences: Float64Array) => differences.some((difference) => !(difference <= tolerances.balance!));
  return [
    ...(isKnown ? [] : ['regions or sectors that it does not know']),
    ...(meant?.isWhole === false ? ['that regions are missing'] : []),
    ...(isKnown && table.intermediate.some((value) => value < 0) ? ['negative deliveries'] : []),
    ...(tolerances.stated !== null && wrongTotals(accounts, tolerances.stated).length > 0
      ? [`totals that cells do not add up to (stated_tolerance ${tolerances.stated})`]
      : []),
    ...(isKnown && tolerances.balance !== null && differs(balance(table).relativeDifference)
      ? [`rows that differ from their columns (balance_tolerance ${tolerances.balance})`]
      : []),
  ];
}

const listing = (names: readonly string[]): string =>
  names.length <= 6 ? names.join(', ') : `${names.slice(0, 4).join(', ')} ... ${names.at(-1)!}`;

/** `1302 accounts; 4 primary inputs (Compensation of employees, ...); not used: Total inputs`. */
function kinds(open: OpenTable, axis: 'row' | 'column'): string {
  const labels: readonly (RowLabel | ColumnLabel)[] = axis === 'row' ? open.rows : open.columns;
  type Label = RowLabel | ColumnLabel;
  // What stands in columns says something of rows.
  const compared = comparedTotals(axis === 'row' ? 'column' : 'row', labels);
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
    ...named('stated', 'that only state totals', (label) => compared.includes(label)),
    ...named(
      'stated',
      'that only state totals, not compared',
      (label) => label.of !== 'other' && !compared.includes(label),
    ),
    ...leftOut(open, axis),
  ].join('; ');
}

/** `2 of no known meaning, left out (GDP deflator, column BAB without a name)` */
function leftOut(open: OpenTable, axis: 'row' | 'column'): string[] {
  const labels: readonly (RowLabel | ColumnLabel)[] = axis === 'row' ? open.rows : open.columns;
  const names = labels.flatMap((label, at) => {
    if (label.kind !== 'stated' || label.of !== 'other') return [];
    return label.name === '' ? [leftOutName(open, axis, at)] : [label.name];
  });
  return names.length === 0
    ? []
    : [`${names.length} of no known meaning, left out (${[...new Set(names)].join(', ')})`];
}

function nameOf(label: RowLabel | ColumnLabel): string {
  if (label.kind === 'account') return '';
  return label.kind === 'final demand' ? label.category : label.name;
}

/** Which regions and sectors of the study they are, or why that is not known. */
function meaning(
  open: OpenTable,
  place: string,
  { regions, levels, lists }: Known,
): { lines: readonly string[]; meant: Meant | null } {
  try {
    const concordance = concordanceOf(open, regions, lists, place);
    const accounts = accountsOf(open.rows);
    const codes = [...new Set(accounts.map(concordance.region))];
    const demand = open.columns.flatMap((label) => (label.kind === 'final demand' ? [concordance.region(label)] : []));
    const axes = {
      regions: [...new Set([...codes, ...demand])],
      sectors: [...new Set(accounts.map(concordance.sector))],
    };
    const missing = (levels ?? []).map((level) => missingRegions(open, concordance, level, regions));
    const [least = []] = missing.toSorted((a, b) => a.length - b.length);
    const lines = [
      `  known as   ${codes.join(' ')}; sectors of the list ${concordance.list}`,
      ...(least.length > 0
        ? [
            `  missing    ${least.length === 1 ? 'a region' : `${least.length} regions`} of the study: ${shortened(least, SHOWN)}`,
          ]
        : []),
      ...(concordance.notices ?? []).map((notice) => `  notice     ${notice}`),
    ];
    return { lines, meant: { axes, concordance, isWhole: least.length === 0 } };
  } catch (error) {
    if (!(error instanceof Error) || !('remedy' in error)) throw error;
    return { lines: [`  known as   ${error.message}`, `             ${String(error.remedy)}`], meant: null };
  }
}

function balanceLines({ accounts, negative, outsideAccounts }: ReadTable): string[] {
  const total = accounts.reduce((sum, { rowTotal }) => sum + rowTotal, 0);
  const balances = accounts.map(({ label, rowTotal: a, columnTotal: b }) => ({
    ...{ label, a, b, residual: relativeDifference(a, b), what: '' },
  }));
  const stated = (of: 'row' | 'column') =>
    accounts.flatMap(({ label, stated }) =>
      stated
        .filter(({ line }) => line === of)
        .map(({ name, sum, stated, difference }) => ({ label, a: sum, b: stated, residual: difference, what: name })),
    );
  return [
    `  output     ${total.toPrecision(6)} in all`,
    ...(outsideAccounts === 0
      ? []
      : [`  besides    ${outsideAccounts.toPrecision(6)} of primary inputs for final demand, in no account`]),
    ...(negative.count === 0 ? [] : [`  negative   ${negative.count} deliveries, the largest:`]),
    ...negative.worst.map(({ place, value }) => `    ${place}: ${value}`),
    ...worst('rows against columns', balances),
    ...worst('rows against their stated totals', stated('row'), accounts.length),
    ...worst('columns against their stated totals', stated('column'), accounts.length),
  ];
}

/** Two totals of an account. */
interface Pair {
  readonly label: AccountLabel;
  readonly a: number;
  readonly b: number;
  /** How far they are apart, as a share. */
  readonly residual: number;
  /** What the file calls the second; '': it is no total that the file states. */
  readonly what: string;
}

/**
 * The accounts of which two totals are furthest apart.
 * @param of so many accounts, where a total may not be stated for each
 */
function worst(title: string, pairs: readonly Pair[], of = pairs.length): string[] {
  if (pairs.length === 0) return [];
  const sorted = pairs.toSorted((x, y) => y.residual - x.residual);
  const off = sorted.filter(({ residual }) => residual > 1e-9).slice(0, SHOWN);
  const names = [...new Set(pairs.map(({ what }) => what))].filter((what) => what !== '');
  const counted = names.map((name) => {
    const count = pairs.filter(({ what }) => what === name).length;
    return count < of ? `${name}: ${count} of ${of}` : name;
  });
  const compare = counted.length === 0 ? '' : ` (${counted.join(', ')})`;
  return [
    off.length === 0
      ? `  ${title}: equal${compare}`
      : `  ${title}: at most ${percent(sorted[0]!.residual)} apart, the worst ${off.length}:${compare}`,
    ...off.map(({ label, a, b, what, residual }) => {
      const [first, second] = shownApart(a, b);
      const said = what === '' ? second : `${second} (${what})`;
      return `    ${percent(residual).padStart(8)}  ${accountName(label)}: ${first} and ${said}`;
    }),
  ];
}

const percent = (share: number): string => `${(100 * share).toPrecision(3)}%`;
