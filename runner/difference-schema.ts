import { z } from 'zod';
import type {
  ArtifactDifference,
  Cell,
  CellDifferences,
  ColumnDifference,
  FileDifference,
  KindDifference,
  MatrixDifference,
  NumberCell,
  TableDifference,
} from './difference.ts';
import type { RunsDifference } from './difference-runs.ts';

/** What `diff`, `run --locked` and `verify --rerun` say of differences, in JSON. */

type Keys<T> = { readonly [Key in keyof T]-?: z.ZodType };

const name = z.string();
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const kind = z.enum(['table', 'matrix', 'file']);
const names = z.array(name);
const unit = name.nullable();

const place = z
  .record(name, z.string().nullable())
  .describe('Values of the key by column, the number of a row, or the labels of a matrix.');
const value = z.string().nullable().describe('A text, so that nothing is lost of what no number of JSON can hold.');
const cell = { at: place, before: value, after: value } satisfies Keys<Cell>;
const numberCell = {
  ...cell,
  absolute: z.number().min(0),
  relative: z.number().min(0).max(2).describe('|after - before| / max(|before|, |after|)'),
  ulps: z.number().nullable().describe('How many doubles it is from one to the other; null: they are no doubles.'),
} satisfies Keys<NumberCell>;

const cells = {
  cells: count.describe('Cells with another value.'),
  cells_in_bits_only: count.describe('Cells with the same number in other bits: 0 and -0.'),
  cells_without_number: count.describe('Those of `cells` that cannot be subtracted: texts, NULL, NaN, infinities.'),
  largest_absolute: z.strictObject(numberCell).nullable(),
  largest_relative: z.strictObject(numberCell).nullable(),
  first_without_number: z.strictObject(cell).nullable(),
} satisfies Keys<CellDifferences>;

const some = <T extends z.ZodType>(one: T) => z.strictObject({ count, first: z.array(one) });

const table = {
  kind: z.literal('table'),
  paired_by: names.describe('Columns by which rows were paired; empty: by their number.'),
  rows: z.strictObject({ before: count, after: count, differing: count }),
  rows_only_before: some(place),
  rows_only_after: some(place),
  columns_only_before: names,
  columns_only_after: names,
  columns_reordered: z.boolean(),
  columns_retyped: z.array(z.strictObject({ column: name, before: name, after: name })),
  columns_compared: count,
  columns: z.array(z.strictObject({ ...cells, column: name, unit } satisfies Keys<ColumnDifference>)),
  about: names.describe('Names of what is said about the table in its file, where that differs.'),
} satisfies Keys<TableDifference>;

const matrix = {
  ...cells,
  kind: z.literal('matrix'),
  unit,
  rows_only_before: some(name),
  rows_only_after: some(name),
  columns_only_before: some(name),
  columns_only_after: some(name),
  reordered: z.boolean(),
  cells_compared: count,
  about: names,
} satisfies Keys<MatrixDifference>;

const file = {
  kind: z.literal('file'),
  bytes: z.strictObject({ before: count, after: count }),
  first_line: z
    .strictObject({ number: count, before: z.string().nullable(), after: z.string().nullable() })
    .nullable()
    .describe('The first line that differs, counted from 1, where both are texts below 1 MB.'),
} satisfies Keys<FileDifference>;

const otherKind = { kind: z.literal('kind'), before: kind, after: kind } satisfies Keys<KindDifference>;

/** How two versions of an artifact differ. */
export const artifactDifference: z.ZodType<ArtifactDifference> = z.union([
  z.strictObject(table),
  z.strictObject(matrix),
  z.strictObject(file),
  z.strictObject(otherKind),
]);

const unpaired = z.strictObject({ artifact: name, stage: name, sha256: hash });
const changed = z.strictObject({
  artifact: name,
  stage: name,
  before: hash,
  after: hash,
  difference: artifactDifference.nullable().describe('Null: not both are in the store, only their hashes are known.'),
});

export const runsDifference = z.strictObject({
  before: name.describe('Id of a run, or name of a lock file.'),
  after: name,
  before_was: z
    .string()
    .optional()
    .describe('What the run before was, if it was not complete: failed, only emissions.'),
  after_was: z.string().optional(),
  differs: z.boolean(),
  same: count.describe('Artifacts with the same bytes.'),
  changed: z.array(changed),
  only_before: z.array(unpaired),
  only_after: z.array(unpaired),
} satisfies Keys<RunsDifference>);
