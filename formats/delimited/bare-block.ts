import { ModelError } from '../../mrio/error.ts';
import { counted, type Block } from './block-table.ts';
import type { Files } from './files.ts';
import { openTextFrame } from './text-frame.ts';

/** A matrix whose labels are in other files. */
export interface BareMatrix {
  readonly files: Files;
  readonly name: string;
  readonly separator: string;
}

/** Where in a table a matrix lies. */
export interface Area {
  readonly rowStart: number;
  readonly rowCount: number;
  readonly columnStart: number;
  readonly columnCount: number;
}

/**
 * Opens a matrix that has no labels as a part of a table.
 * @throws ModelError where it has another number of columns than there are labels
 */
export async function openBareBlock({ files, name, separator }: BareMatrix, area: Area): Promise<Block> {
  const { rowStart, rowCount, columnStart, columnCount } = area;
  const frame = await openTextFrame(files, name, { separator, headerLines: 0, indexCells: 0 });
  if (frame.columns.length !== columnCount) {
    throw new ModelError(
      `${frame.place} has ${frame.columns.length} columns, there are labels for ${columnCount}`,
      'give the labels of the same release as the values',
    );
  }
  return { frame, rows: counted(rowStart, rowCount), keys: null, columnStart };
}

/** Parts of a table without labels: deliveries, final demand, inputs, satellites, satellites of final demand. */
export interface BareParts {
  readonly deliveries: BareMatrix;
  readonly demand: BareMatrix;
  readonly inputs: BareMatrix;
  readonly satellites: BareMatrix;
  readonly demandSatellites: BareMatrix;
}

/** How many rows or columns of each kind there are. */
export interface BareSizes {
  readonly accounts: number;
  readonly demand: number;
  readonly inputs: number;
  readonly satellites: number;
}

/**
 * Opens the parts of a table without labels; below the accounts are the inputs, then the satellites.
 * @throws ModelError that names the first of them, in this order, that does not fit its labels
 */
export async function openBareBlocks(parts: BareParts, sizes: BareSizes): Promise<Block[]> {
  const accounts = { rowStart: 0, rowCount: sizes.accounts };
  const inputs = { rowStart: sizes.accounts, rowCount: sizes.inputs };
  const satellites = { rowStart: sizes.accounts + sizes.inputs, rowCount: sizes.satellites };
  const industry = { columnStart: 0, columnCount: sizes.accounts };
  const demand = { columnStart: sizes.accounts, columnCount: sizes.demand };
  const placed: readonly (readonly [BareMatrix, Area])[] = [
    [parts.deliveries, { ...accounts, ...industry }],
    [parts.demand, { ...accounts, ...demand }],
    [parts.inputs, { ...inputs, ...industry }],
    [parts.satellites, { ...satellites, ...industry }],
    [parts.demandSatellites, { ...satellites, ...demand }],
  ];
  // One after the other: where labels do not fit several of them, it is always the same that an error names.
  const blocks: Block[] = [];
  for (const [matrix, area] of placed) blocks.push(await openBareBlock(matrix, area));
  return blocks;
}
