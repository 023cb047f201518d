import { mkdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../../mrio/error.ts';
import { writtenCell } from '../delimited/cells.ts';
import type { Key } from '../delimited/frame.ts';
import { FILE_PARAMETERS } from './parameters.ts';
import { writeParquetFrame } from './write-parquet.ts';

/** A system of R regions and S sectors, n = R x S accounts, ordered region by region. */
export interface PymrioSystem {
  readonly name: string;
  readonly description?: string;
  readonly version?: string;
  /** What rows and columns are: `ixi`, industries; `pxp`, products. */
  readonly system?: 'ixi' | 'pxp';
  readonly regions: readonly string[];
  readonly sectors: readonly string[];
  /** Categories of final demand, the same C in each region. */
  readonly categories: readonly string[];
  /** Unit of Z, Y and x. */
  readonly unit: string;
  /** Z, n x n, row-major. */
  readonly intermediate: Float64Array;
  /** Y, n x (R x C), row-major; columns are ordered region by region. */
  readonly finalDemand: Float64Array;
  /** x, n. */
  readonly output: Float64Array;
  readonly extensions: readonly PymrioExtension[];
}

/** m rows of emissions, resources or inputs. */
export interface PymrioExtension {
  /** Of the extension, and of its folder: a name that Python takes for an attribute. */
  readonly name: string;
  /** Names of the levels of the rows' keys: `['stressor']`, `['stressor', 'compartment']`, `['inputtype']`. */
  readonly indexNames: readonly string[];
  readonly rows: readonly { readonly key: Key; readonly unit: string }[];
  /** F, m x n, row-major. */
  readonly flows: Float64Array;
  /** F_Y, m x (R x C), row-major: what final demand itself emits. */
  readonly finalDemandFlows?: Float64Array;
}

/** A data frame: what pymrio keeps in one file. */
export interface WrittenFrame {
  readonly indexNames: readonly string[];
  readonly index: readonly Key[];
  /** Names of the levels of the columns' keys; null: the one level has no name. */
  readonly columnNames: readonly string[] | null;
  readonly columns: readonly Key[];
  /** Row-major. */
  readonly values: Float64Array | readonly string[];
}

/**
 * Writes a system into a folder so that pymrio's `load_all` opens it.
 *
 * Text has as many digits as a number needs to be read back to the bit; pandas, unless told otherwise, reads the last
 * digit carelessly. Parquet has the numbers as they are.
 * @throws ModelError for names that pymrio cannot hold, values that are no numbers, or shapes that do not fit
 */
export async function writePymrioFolder(
  folder: string,
  system: PymrioSystem,
  format: 'txt' | 'parquet' = 'txt',
): Promise<void> {
  const frames = systemFrames(system);
  const extensions = system.extensions.map((extension) => ({ extension, frames: extensionFrames(extension, system) }));
  requireNames(system);
  await writeFrames(folder, frames, format, { systemtype: 'IOSystem' });
  const { name, description = `${system.name}, in ${system.unit}`, version = null, system: kind = null } = system;
  writeJson(join(folder, 'metadata.json'), { description, name, system: kind, version, history: [] });
  for (const { extension, frames } of extensions) {
    const described = { systemtype: 'Extension', name: extension.name };
    await writeFrames(join(folder, extension.name), frames, format, described);
  }
}

type Frames = ReadonlyMap<string, WrittenFrame>;

function systemFrames(system: PymrioSystem): Frames {
  const { regions, sectors, unit, intermediate, finalDemand, output } = system;
  const index = pairs(regions, sectors);
  const accounts = { indexNames: ['region', 'sector'], index };
  const demand = pairs(regions, system.categories);
  const frames = new Map<string, WrittenFrame>([
    ['Z', { ...accounts, columnNames: ['region', 'sector'], columns: index, values: intermediate }],
    ['Y', { ...accounts, columnNames: ['region', 'category'], columns: demand, values: finalDemand }],
    ['x', { ...accounts, columnNames: null, columns: [['indout']], values: output }],
    ['unit', { ...accounts, columnNames: null, columns: [['unit']], values: index.map(() => unit) }],
  ]);
  return checked(frames, `system "${system.name}"`);
}

function extensionFrames(extension: PymrioExtension, { regions, sectors, categories }: PymrioSystem): Frames {
  const { indexNames, flows, finalDemandFlows } = extension;
  const own = { indexNames, index: extension.rows.map(({ key }) => key) };
  const frames = new Map<string, WrittenFrame>();
  frames.set('F', { ...own, columnNames: ['region', 'sector'], columns: pairs(regions, sectors), values: flows });
  if (finalDemandFlows !== undefined) {
    const columns = pairs(regions, categories);
    frames.set('F_Y', { ...own, columnNames: ['region', 'category'], columns, values: finalDemandFlows });
  }
  const units = extension.rows.map(({ unit }) => unit);
  frames.set('unit', { ...own, columnNames: null, columns: [['unit']], values: units });
  return checked(frames, `extension "${extension.name}"`);
}

const pairs = (regions: readonly string[], others: readonly string[]): Key[] =>
  regions.flatMap((region) => others.map((other) => [region, other]));

function checked(frames: Frames, place: string): Frames {
  for (const [name, { index, indexNames, columns, values }] of frames) {
    if (values.length !== index.length * columns.length) {
      throw new ModelError(
        `${name} of ${place} has ${values.length} values, not ${index.length} x ${columns.length}`,
        'give a value for each row and column',
      );
    }
    const wrong = index.find((key) => key.length !== indexNames.length);
    if (wrong !== undefined) {
      throw new ModelError(
        `${name} of ${place}: the key of row ${wrong.join(', ')} has not the levels ${indexNames.join(', ')}`,
        'give each row a name for each level',
      );
    }
    if (values instanceof Float64Array && !values.every(Number.isFinite)) {
      const k = values.findIndex((value) => !Number.isFinite(value));
      const [row, column] = [index[Math.floor(k / columns.length)]!, columns[k % columns.length]!];
      throw new ModelError(
        `${name} of ${place} is ${values[k]!} at row ${row.join(', ')}, column ${column.join(', ')}`,
        'write only numbers',
      );
    }
  }
  return frames;
}

/** pandas takes these for a missing value when it reads a text. */
const MISSING =
  /^(|#N\/A|#N\/A N\/A|#NA|-1\.#IND|-1\.#QNAN|-NaN|-nan|1\.#IND|1\.#QNAN|<NA>|N\/A|NA|NULL|NaN|None|n\/a|nan|null)$/;

function requireNames({ regions, sectors, categories, extensions }: PymrioSystem): void {
  const keys = extensions.flatMap(({ rows }) => rows.flatMap(({ key }) => key));
  const missing = [...regions, ...sectors, ...categories, ...keys].find((name) => MISSING.test(name));
  if (missing !== undefined) {
    throw new ModelError(`pandas takes the name "${missing}" for a missing value`, 'call it something else');
  }
  for (const [what, names] of Object.entries({
    regions,
    sectors,
    categories,
    extensions: extensions.map((e) => e.name),
  })) {
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new ModelError(`the ${what} have "${twice}" twice`, 'give each a name of its own');
  }
  const unfit = extensions.find(({ name }) => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name));
  if (unfit !== undefined) {
    throw new ModelError(
      `pymrio cannot call an extension "${unfit.name}"`,
      'use letters, digits and underscores, and begin with a letter',
    );
  }
}

async function writeFrames(
  folder: string,
  frames: Frames,
  format: 'txt' | 'parquet',
  described: Readonly<Record<string, string>>,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const files: Record<string, unknown> = {};
  for (const [frame, content] of frames) {
    const name = `${frame}.${format}`;
    if (format === 'txt') await writeFile(join(folder, name), textOf(content));
    else await writeParquetFrame(join(folder, name), content);
    // pymrio has these counts as text.
    const header = String(content.columnNames?.length ?? 1);
    files[frame] = { name, nr_index_col: String(content.indexNames.length), nr_header: header };
  }
  writeJson(join(folder, FILE_PARAMETERS), { files, ...described });
}

const writeJson = (path: string, content: unknown): void => {
  writeFileSync(path, JSON.stringify(content, null, 4));
};

/** The lines of a text as pandas writes and reads them. */
function* textOf({ indexNames, index, columnNames, columns, values }: WrittenFrame): Generator<string> {
  const line = (cells: readonly string[]): string => `${cells.map((cell) => writtenCell(cell, '\t')).join('\t')}\n`;
  if (columnNames === null) {
    yield line([...indexNames, ...columns.map((key) => key[0]!)]);
  } else {
    const blank = indexNames.slice(1).map(() => '');
    for (const [level, name] of columnNames.entries())
      yield line([name, ...blank, ...columns.map((key) => key[level]!)]);
    yield line([...indexNames, ...columns.map(() => '')]);
  }
  const width = columns.length;
  const written = (cell: string | number): string =>
    typeof cell === 'number' ? String(cell) : writtenCell(cell, '\t');
  for (const [row, key] of index.entries()) {
    const cells = Array.from<string | number, string>(values.slice(row * width, (row + 1) * width), written);
    yield `${[...key.map(written), ...cells].join('\t')}\n`;
  }
}
