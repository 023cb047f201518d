import { readFileSync, writeFileSync } from 'node:fs';
import { countOf } from './count.ts';
import { StageError, type Matrix } from './stage.ts';

interface MatrixToWrite {
  readonly name: string;
  readonly description: string;
  readonly evidence: string | null;
  readonly unit: string | null;
  /** Absolute path of the Arrow file. */
  readonly path: string;
}

/** Writes a dense matrix as Arrow IPC: one FixedSizeList of doubles per row, names of the axes in the schema. */
export async function writeMatrix(
  { name, path, description, evidence, unit }: MatrixToWrite,
  matrix: Matrix,
): Promise<void> {
  requireComplete(name, matrix);
  const arrow = await import('apache-arrow');
  const { rowLabels, columnLabels, values } = matrix;
  const item = arrow.makeData({ type: new arrow.Float64(), length: values.length, data: values });
  const type = new arrow.FixedSizeList(columnLabels.length, new arrow.Field('item', new arrow.Float64(), false));
  const rows = arrow.makeData({ type, length: rowLabels.length, nullCount: 0, child: item });
  const metadata = new Map([
    ['description', description],
    ['evidence', evidence ?? ''],
    ['unit', unit ?? ''],
    ['rows', JSON.stringify(rowLabels)],
    ['columns', JSON.stringify(columnLabels)],
  ]);
  const schema = new arrow.Schema([new arrow.Field('row', type, false)], metadata);
  const struct = arrow.makeData({
    type: new arrow.Struct(schema.fields),
    length: rowLabels.length,
    nullCount: 0,
    children: [rows],
  });
  const table = new arrow.Table(schema, new arrow.RecordBatch(schema, struct));
  writeFileSync(path, arrow.tableToIPC(table, 'file'));
}

export async function readMatrix(name: string, path: string): Promise<Matrix> {
  const { tableFromIPC } = await import('apache-arrow');
  const table = tableFromIPC(readFileSync(path));
  const axis = (which: string) => JSON.parse(table.schema.metadata.get(which) ?? 'null') as string[] | null;
  const [rowLabels, columnLabels] = [axis('rows'), axis('columns')];
  if (rowLabels === null || columnLabels === null) {
    throw new StageError(`${name} is not a matrix`, 'Declare the output that it comes from with `matrix: true`.');
  }
  const values = new Float64Array(rowLabels.length * columnLabels.length);
  let at = 0;
  for (const batch of table.batches) {
    const rows = batch.data.children[0]!;
    const part = rows.children[0]!.values as Float64Array;
    // A batch may be a window on a longer array.
    values.set(part.subarray(rows.offset * columnLabels.length, (rows.offset + rows.length) * columnLabels.length), at);
    at += rows.length * columnLabels.length;
  }
  return { rowLabels, columnLabels, values };
}

function requireComplete(name: string, { rowLabels, columnLabels, values }: Matrix): void {
  if (values.length !== rowLabels.length * columnLabels.length) {
    const message = `${name} has ${countOf(values.length, 'value')} for ${countOf(rowLabels.length, 'row')} x ${countOf(columnLabels.length, 'column')}`;
    throw new StageError(message, 'Give one value for each pair of labels, row by row.');
  }
  const first = values.findIndex((value) => !Number.isFinite(value));
  if (first < 0) return;
  const count = values.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0);
  const [row, column] = [Math.floor(first / columnLabels.length), first % columnLabels.length];
  const cells =
    count === 1 ? '1 cell that is no finite number:' : `${count} cells that are no finite numbers, the first`;
  const message = `${name} has ${cells} ${values[first]!} at row ${rowLabels[row]!}, column ${columnLabels[column]!}`;
  throw new StageError(message, 'Find the division by zero or missing value that made it.');
}
