import { ModelError } from '../../mrio/error.ts';
import { chooseTable, type Candidate } from '../choose-table.ts';
import type { AccountLabel, ColumnLabel, OpenTable, RowLabel, Stripe } from '../open-table.ts';
import { openMat, type MatArray, type MatFile, type MatText } from './mat-file.ts';

/** Regions and sectors in the order of a table whose file does not name them. */
export interface AxisNames {
  readonly regions?: readonly string[];
  readonly sectors?: readonly string[];
}

/** Names that arrays have in city-level tables of China and the like. A table has one array for each part. */
const NAMES = {
  deliveries: ['z'],
  demand: ['f', 'y', 'fd'],
  valueAdded: ['va'],
  imports: ['im', 'import', 'imports'],
  exports: ['ex', 'export', 'exports'],
} as const;

type Part = keyof typeof NAMES;
type Parts = Readonly<Record<Part, MatArray | null>>;

/**
 * Opens a table in a MATLAB file: Z (n x n), F (n x R categories, region by region), and if they are there VA (p x n),
 * Import (1 x n) and Export (n x 1), all at the top or all in one struct. Such files rarely name their regions and sectors.
 *
 * @param sheet where there are several tables, the name of the struct; of a table at the top, that of its array Z
 * Throws a ModelError that says which array is missing or of which shape it should be, which arrays are the same part,
 * which tables there are where there are several, and where names can be given.
 */
export async function openMatTable(
  path: string,
  names: AxisNames = {},
  place = path,
  sheet?: string,
): Promise<OpenTable> {
  const file = await openMat(path);
  const { struct, arrays, texts, aside } = tableIn(file, sheet, place);
  const parts = partsOf(arrays, place);
  const deliveries = parts.deliveries!;
  const n = deliveries.rows;
  requireShapes(parts, n, place);
  const { regions, sectors } = axisNames(texts, n, names, place);
  const accounts = regions.flatMap((region) =>
    sectors.map((sector): AccountLabel => ({ kind: 'account', region, sector })),
  );
  const blocks = blocksOf(parts, n, regions, place);
  return {
    format: `MATLAB file of version ${file.version}${struct === '' ? '' : `, struct ${struct}`}${aside.length === 0 ? '' : `; not read: ${shapes(aside)}`}`,
    unit: null,
    rows: [...accounts, ...blocks.flatMap(({ rows }) => rows)],
    columns: [...accounts, ...blocks.flatMap(({ columns }) => columns)],
    intermediate: 'deliveries',
    place: (row, column) => {
      const { array, top, left } = blocks.findLast(({ top, left }) => row >= top && column >= left)!;
      return `${array.name}(${row - top + 1}, ${column - left + 1})`;
    },
    async *stripes(): AsyncGenerator<Stripe> {
      for (const { array, top, left } of blocks) {
        let column = left;
        const across = array.rows !== 1 && top >= n && array.columns === 1;
        for await (const values of array.columnsOf()) {
          // A row that was saved as a column.
          if (across) yield { axis: 'row', index: top, start: left, values };
          else yield { axis: 'column', index: column++, start: top, values };
        }
      }
    },
  };
}

/** `Z` of `MRIO.Z`, and the struct, which is empty at the top. */
const lastName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
const structOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')));

const isPart = (part: Part, { name }: MatArray): boolean =>
  (NAMES[part] as readonly string[]).includes(lastName(name).toLowerCase());
const shapes = (arrays: readonly MatArray[]): string =>
  arrays.map(({ name, rows, columns }) => `${name} (${rows} x ${columns})`).join(', ');

/** Arrays of one struct, or at the top, that make a table. */
interface InStruct {
  readonly struct: string;
  readonly arrays: readonly MatArray[];
}

/** With what the file has beside it that is of no other table: lists, those of the struct first, and arrays. */
interface Chosen extends InStruct {
  readonly texts: readonly MatText[];
  readonly aside: readonly MatArray[];
}

function tableIn({ arrays, texts }: MatFile, sheet: string | undefined, place: string): Chosen {
  const structs = [...new Set(arrays.map(({ name }) => structOf(name)))].map((struct) => ({
    struct,
    arrays: arrays.filter(({ name }) => structOf(name) === struct),
  }));
  const tables = structs.flatMap((one): (InStruct & Candidate)[] => {
    const deliveries = one.arrays.find((array) => isPart('deliveries', array));
    if (deliveries === undefined || !one.arrays.some((array) => isPart('demand', array))) return [];
    const name = one.struct === '' ? deliveries.name : one.struct;
    return [{ ...one, names: [name], shown: one.struct === '' ? `${name} (at the top)` : name }];
  });
  if (tables.length === 0) {
    const deliveries = arrays.filter((array) => isPart('deliveries', array));
    const missing = deliveries.length === 0 ? 'Z of deliveries' : `F of final demand beside ${shapes(deliveries)}`;
    throw new ModelError(
      `${place} has no array ${missing}; it has ${shapes(arrays) || 'none'}`,
      'save the table as Z (n x n), F (n x regions times categories), VA (p x n), Import (1 x n) and Export (n x 1)',
    );
  }
  const { struct, arrays: chosen } = chooseTable(tables, sheet === undefined ? {} : { sheet }, 'tables', place);
  const others = new Set(tables.flatMap((table) => (table.struct === struct ? [] : [table.struct])));
  const [ofStruct, shared] = [true, false].map((inside) =>
    texts.filter(({ name }) => (structOf(name) === struct) === inside && !others.has(structOf(name))),
  );
  const parts = Object.keys(NAMES) as Part[];
  const isRead = (array: MatArray): boolean => chosen.includes(array) && parts.some((part) => isPart(part, array));
  const aside = arrays.filter((array) => !isRead(array) && !others.has(structOf(array.name)));
  return { struct, arrays: chosen, texts: [...ofStruct!, ...shared!], aside };
}

function partsOf(arrays: readonly MatArray[], place: string): Parts {
  const find = (part: Part): MatArray | null => {
    const found = arrays.filter((array) => isPart(part, array));
    if (found.length <= 1) return found[0] ?? null;
    throw new ModelError(
      `${place} has several arrays that may be the ${PARTS[part]}: ${shapes(found)}`,
      'save the one that is meant under that name, and the others under other names or not at all',
    );
  };
  return {
    deliveries: find('deliveries'),
    demand: find('demand'),
    valueAdded: find('valueAdded'),
    imports: find('imports'),
    exports: find('exports'),
  };
}

const PARTS: Readonly<Record<Part, string>> = {
  deliveries: 'deliveries',
  demand: 'final demand',
  valueAdded: 'value added',
  imports: 'imports',
  exports: 'exports',
};

function requireShapes({ deliveries, demand, valueAdded, imports, exports }: Parts, n: number, place: string): void {
  const wrong = (array: MatArray, expected: string) => {
    throw new ModelError(
      `${place}: ${array.name} is ${array.rows} x ${array.columns}, expected is ${expected}`,
      'save the arrays of one table, with a row for each account of Z',
    );
  };
  if (deliveries!.columns !== n) wrong(deliveries!, 'as many columns as rows');
  if (demand!.rows !== n) wrong(demand!, `${n} rows`);
  if (valueAdded !== null && valueAdded.columns !== n) wrong(valueAdded, `${n} columns`);
  if (imports !== null && !isVector(imports, n)) wrong(imports, `1 x ${n}`);
  if (exports !== null && exports.rows !== n) wrong(exports, `${n} rows`);
}

const isVector = ({ rows, columns }: MatArray, n: number): boolean =>
  (rows === 1 && columns === n) || (rows === n && columns === 1);

/** The names that are given, or lists of the file that say by their name what they are of. */
function axisNames(texts: readonly MatText[], n: number, given: AxisNames, place: string): Required<AxisNames> {
  const listed = (name: RegExp) => texts.find((text) => name.test(text.name) && text.values.length > 1)?.values;
  const regions = given.regions ?? listed(/region|cit(y|ies)|provinc/i);
  const sectors = given.sectors ?? listed(/sector|industr|product/i);
  if (regions === undefined) {
    throw new ModelError(
      `${place} does not name the regions of its ${n} accounts`,
      'put a file regions.csv beside it: the column region, one line for each in the order of the table',
    );
  }
  const count = n / regions.length;
  if (!Number.isInteger(count) || (sectors !== undefined && sectors.length !== count)) {
    throw new ModelError(
      `${place} has ${n} accounts, which are not ${regions.length} regions${sectors === undefined ? '' : ` of ${sectors.length} sectors`}`,
      'correct regions.csv and sectors.csv beside it: one line for each in the order of the table',
    );
  }
  // Sectors without names are told by their numbers.
  return { regions, sectors: sectors ?? Array.from({ length: count }, (_, s) => String(s + 1).padStart(2, '0')) };
}

/** An array, where it stands in the whole table, and the labels that it adds. */
interface Block {
  readonly array: MatArray;
  readonly top: number;
  readonly left: number;
  readonly rows: readonly RowLabel[];
  readonly columns: readonly ColumnLabel[];
}

function blocksOf(parts: Parts, n: number, regions: readonly string[], place: string): Block[] {
  const blocks: Block[] = [{ array: parts.deliveries!, top: 0, left: 0, rows: [], columns: [] }];
  const demand = parts.demand!;
  const categories = demand.columns / regions.length;
  if (!Number.isInteger(categories)) {
    throw new ModelError(
      `${place}: ${demand.name} has ${demand.columns} columns, which ${regions.length} regions do not share evenly`,
      'give each region the same categories of final demand, region by region',
    );
  }
  let [right, bottom] = [n, n];
  const toTheRight = (array: MatArray, columns: readonly ColumnLabel[]) => {
    blocks.push({ array, top: 0, left: right, rows: [], columns });
    right += columns.length;
  };
  const below = (array: MatArray, rows: readonly RowLabel[]) => {
    blocks.push({ array, top: bottom, left: 0, rows, columns: [] });
    bottom += rows.length;
  };
  toTheRight(
    demand,
    Array.from({ length: demand.columns }, (_, k) => ({
      kind: 'final demand',
      region: regions[Math.floor(k / categories)]!,
      category: `${demand.name} ${(k % categories) + 1}`,
    })),
  );
  const { exports, imports, valueAdded } = parts;
  if (exports !== null)
    toTheRight(
      exports,
      Array.from({ length: exports.columns }, () => ({ kind: 'export', name: exports.name })),
    );
  if (imports !== null) below(imports, [{ kind: 'primary input', name: imports.name, imports: true }]);
  if (valueAdded !== null)
    below(
      valueAdded,
      Array.from({ length: valueAdded.rows }, (_, k) => ({
        kind: 'primary input',
        name: valueAdded.rows === 1 ? valueAdded.name : `${valueAdded.name} ${k + 1}`,
        imports: false,
      })),
    );
  return blocks;
}
