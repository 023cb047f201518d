import { basename, extname } from 'node:path';
import { z } from 'zod';
import { ModelError } from '../../mrio/error.ts';
import { cellsOf } from '../delimited/cells.ts';
import { textOf, type Files } from '../delimited/files.ts';
import { joined, type Frame } from '../delimited/frame.ts';
import { linesOf } from '../delimited/lines.ts';
import { openTextFrame } from '../delimited/text-frame.ts';
import { openParquetFrame, readParquetUnits } from './parquet-frame.ts';

/** The file that says which files a saved system or extension is made of. */
export const FILE_PARAMETERS = 'file_parameters.json';

const count = z.coerce.number().int().positive();
const parameters = z.object({
  files: z.record(z.string(), z.object({ name: z.string(), nr_index_col: count, nr_header: count })),
  systemtype: z.enum(['IOSystem', 'Extension']),
  name: z.string().nullish(),
});

/** A system or an extension as pymrio saves it in a folder. */
export interface Saved {
  /** The files of the folder. */
  readonly files: Files;
  readonly type: 'IOSystem' | 'Extension';
  /** What its frames are called: Z, Y, F, unit. */
  readonly frames: ReadonlySet<string>;
  /** Opens a frame of numbers. */
  open(frame: string): Promise<Frame>;
  /** The units by the joined keys of the rows; none where no file has them. */
  units(): Promise<ReadonlyMap<string, string>>;
}

/**
 * Reads what a folder of pymrio is made of.
 * @throws ModelError for a file_parameters.json that is not as pymrio writes it
 */
export async function readSaved(files: Files): Promise<Saved> {
  const place = `${files.place}/${FILE_PARAMETERS}`;
  const read = parameters.safeParse(json(await textOf(files, FILE_PARAMETERS), place));
  if (!read.success) {
    throw new ModelError(
      `${place} is not as pymrio writes it: ${z.prettifyError(read.error)}`,
      'save the system again',
    );
  }
  const { files: described, systemtype } = read.data;
  const entry = (frame: string): (typeof described)[string] => {
    const found = described[frame]!;
    if (files.names.includes(found.name)) return found;
    throw new ModelError(
      `${files.place} has no file ${found.name}, which ${FILE_PARAMETERS} names`,
      'complete the folder',
    );
  };
  return {
    files,
    type: systemtype,
    frames: new Set(Object.keys(described)),
    open: async (frame) => {
      const { name, nr_header, nr_index_col } = entry(frame);
      if (storage(files, name) === 'parquet') return openParquetFrame(onDisk(files, name));
      return openTextFrame(files, name, { separator: '\t', headerLines: nr_header, indexCells: nr_index_col });
    },
    units: async () => {
      if (described.unit === undefined) return new Map<string, string>();
      const { name } = entry('unit');
      return storage(files, name) === 'parquet' ? readParquetUnits(onDisk(files, name)) : readTextUnits(files, name);
    },
  };
}

function json(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ModelError(`${place} is not in JSON`, 'save the system again');
  }
}

function storage(files: Files, name: string): 'text' | 'parquet' {
  const ending = extname(name).toLowerCase();
  if (['.txt', '.tsv', '.csv'].includes(ending)) return 'text';
  if (['.parquet', '.par', '.parq'].includes(ending)) return 'parquet';
  throw new ModelError(
    `${files.place}/${name} is stored as ${ending === '' ? basename(name) : ending}, which only Python reads`,
    "save the system with table_format='parquet' or 'txt'",
  );
}

function onDisk(files: Files, name: string): string {
  const path = files.path(name);
  if (path !== null) return path;
  throw new ModelError(`${files.place}/${name} is Parquet in an archive`, 'unpack the archive and give the folder');
}

/** The last cell of a line is the unit, the others are the key. */
async function readTextUnits(files: Files, name: string): Promise<Map<string, string>> {
  const place = `${files.place}/${name}`;
  const units = new Map<string, string>();
  for await (const { number, text } of linesOf(files.open(name), place)) {
    if (number === 1) continue;
    const cells = cellsOf(text, '\t', `${place}, line ${number}`);
    units.set(joined(cells.slice(0, -1)), cells.at(-1)!);
  }
  return units;
}
