import { posix } from 'node:path';
import { ModelError } from '../../mrio/error.ts';
import { blockTable, counted, type Block } from '../delimited/block-table.ts';
import { openFiles, textOf, within, type Files } from '../delimited/files.ts';
import { joined, requireSameColumns, sameKey, spoken, type Frame, type Key } from '../delimited/frame.ts';
import { NOT_SAID, type AccountLabel, type ColumnLabel, type OpenTable, type RowLabel } from '../open-table.ts';
import { FILE_PARAMETERS, readSaved, type Saved } from './parameters.ts';

/** What to make of the rows of an extension. */
export interface ExtensionRow {
  /** The folder of the extension. */
  readonly extension: string;
  readonly indexNames: readonly string[];
  readonly key: Key;
  readonly unit: string | null;
  /** The unit of the table. */
  readonly tableUnit: string | null;
}

/** How a database differs from what pymrio saves by itself. */
export interface Dialect {
  readonly format: string;
  /** Names of the frame of what final demand itself emits, the first that is there counts. */
  readonly finalDemandFrames: readonly string[];
  readonly isPrimaryInput: (row: ExtensionRow) => boolean;
}

/** Value added stands in an extension that is called so, or whose rows are kinds of inputs. */
export const namedPrimaryInput = ({ extension, indexNames }: ExtensionRow): boolean =>
  /^(factor[_ ]?inputs?|value[_ ]?added|va)$/i.test(extension) || indexNames[0] === 'inputtype';

// Before version 0.4 the frame was called FY.
const PYMRIO: Dialect = {
  format: 'pymrio',
  finalDemandFrames: ['F_Y', 'FY'],
  isPrimaryInput: namedPrimaryInput,
};

/**
 * Opens a system that pymrio saved with `save_all`, in a folder or in a zip archive, as text or as Parquet.
 *
 * Deliveries Z are preferred to coefficients A; gross output x is a stated total. Of the extensions F and F_Y are read.
 * Rows of an extension "factor_inputs", or with an index "inputtype", are primary inputs; all others are stressors.
 * @throws ModelError where files are missing, or rows and columns do not belong together
 */
export const openPymrioFolder = async (path: string): Promise<OpenTable> => openSaved(await openFiles(path), PYMRIO);

/** A system and its extensions in the folders below it. */
export interface SavedSystem {
  readonly system: Saved;
  readonly extensions: readonly NamedExtension[];
}

/** The system that these files hold, in the folder that is the least deep; null: they hold none. */
export async function savedFolders(files: Files): Promise<SavedSystem | null> {
  const folders = files.names
    .filter((name) => posix.basename(name) === FILE_PARAMETERS)
    .map((name) => posix.dirname(name));
  for (const folder of folders.sort((a, b) => a.split('/').length - b.split('/').length)) {
    const inside = within(files, folder === '.' ? '' : folder);
    const system = await readSaved(inside);
    if (system.type !== 'IOSystem') continue;
    const named = inside.names
      .filter((name) => /^[^/]+\/file_parameters\.json$/.test(name))
      .map((name) => posix.dirname(name));
    const below = await Promise.all(
      named.map(async (name) => ({ name, saved: await readSaved(within(inside, name)) })),
    );
    return { system, extensions: below.filter(({ saved }) => saved.type === 'Extension') };
  }
  return null;
}

/** Opens what pymrio saved, or a database that is published in the same way. */
export async function openSaved(files: Files, dialect: Dialect): Promise<OpenTable> {
  const found = await savedFolders(files);
  if (found === null) {
    throw new ModelError(`${files.place} has no ${FILE_PARAMETERS} of a system`, 'give a folder that pymrio saved');
  }
  const { system } = found;
  const name = ['Z', 'A'].find((frame) => system.frames.has(frame));
  if (name === undefined || !system.frames.has('Y')) {
    throw new ModelError(`${system.files.place} holds neither Z nor A, or no Y`, 'save the system with its core');
  }
  const core = await system.open(name);
  const demand = await system.open('Y');
  const accounts = core.columns;
  const n = accounts.length;
  const units = await system.units();
  const unit = unitOf(accounts.map((key) => units.get(joined(key))));
  const rows: RowLabel[] = accounts.map((key) => accountLabel(key, core));
  const columns: ColumnLabel[] = [
    ...accounts.map((key) => accountLabel(key, core)),
    ...demand.columns.map((key): ColumnLabel => demandLabel(key, demand)),
  ];
  const own = { rows: counted(0, n), keys: accounts };
  const blocks: Block[] = [
    { frame: core, ...own, columnStart: 0 },
    { frame: demand, ...own, columnStart: n },
  ];
  if (system.frames.has('x')) {
    const output = await system.open('x');
    if (output.columns.length === 1) {
      blocks.push({ frame: output, ...own, columnStart: columns.length });
      columns.push({ kind: 'stated', of: 'all', name: spoken(output.columns[0]!) });
    }
  }
  for (const extension of found.extensions) {
    const added = await openExtension(extension, { dialect, core, demand, unit, rowStart: rows.length });
    rows.push(...added.rows);
    blocks.push(...added.blocks);
  }
  const format = `${dialect.format} system${await titleOf(system.files)}`;
  return blockTable({
    format,
    unit,
    rows,
    columns,
    intermediate: name === 'Z' ? 'deliveries' : 'coefficients',
    blocks,
  });
}

const accountLabel = (key: Key, frame: Frame): AccountLabel => {
  const [region, sector] = twoLevels(key, frame);
  return { kind: 'account', region, sector };
};

const demandLabel = (key: Key, frame: Frame): ColumnLabel => {
  if (key.length === 1) return { kind: 'final demand', region: key[0]!, category: '' };
  const [region, category] = twoLevels(key, frame);
  return { kind: 'final demand', region, category };
};

function twoLevels(key: Key, { place }: Frame): [string, string] {
  if (key.length === 2) return [key[0]!, key[1]!];
  throw new ModelError(
    `${place}: a column is called ${spoken(key)}`,
    'give each column a region and a sector or category',
  );
}

/** What stands in a file, if it says anything. */
const said = (text: string | undefined): string | null =>
  text === undefined || text.trim() === '' || text === NOT_SAID ? null : text;

/** Of accounts in several units all are named; null: none is. */
function unitOf(units: readonly (string | undefined)[]): string | null {
  const distinct = [...new Set(units.map(said).filter((unit) => unit !== null))];
  return distinct.length === 0 ? null : distinct.join(', ');
}

interface NamedExtension {
  /** The folder. */
  readonly name: string;
  readonly saved: Saved;
}

/** What an extension is opened for. */
interface Surroundings {
  readonly dialect: Dialect;
  readonly core: Frame;
  readonly demand: Frame;
  readonly unit: string | null;
  /** The row of the table that its first row is. */
  readonly rowStart: number;
}

async function openExtension(
  { name, saved }: NamedExtension,
  { dialect, core, demand, unit: tableUnit, rowStart }: Surroundings,
): Promise<{ rows: RowLabel[]; blocks: Block[] }> {
  if (!saved.frames.has('F')) {
    throw new ModelError(
      `${saved.files.place} holds no F: its emissions by account are missing`,
      'calculate the system with calc_all before it is saved, or leave the extension out',
    );
  }
  const units = await saved.units();
  const flows = await saved.open('F');
  requireSameColumns(flows, core);
  const keys = await flows.keys();
  const blocks: Block[] = [{ frame: flows, keys, rows: counted(rowStart, keys.length), columnStart: 0 }];
  const all = [...keys];
  const ofDemand = dialect.finalDemandFrames.find((frame) => saved.frames.has(frame));
  if (ofDemand !== undefined) {
    const frame = await saved.open(ofDemand);
    requireSameColumns(frame, demand);
    const own = await frame.keys();
    const known = new Map(keys.map((key, i) => [joined(key), rowStart + i]));
    // Keys may repeat: the same keys in the same order are the same rows.
    const same = own.length === keys.length && own.every((key, i) => sameKey(key, keys[i]!));
    const rows = same
      ? counted(rowStart, own.length)
      : own.map((key) => known.get(joined(key)) ?? rowStart + all.push(key) - 1);
    blocks.push({ frame, keys: own, rows, columnStart: core.columns.length });
  }
  const rows = all.map((key): RowLabel => {
    const unit = said(units.get(joined(key)));
    const row = { extension: name, indexNames: flows.indexNames, key, unit, tableUnit };
    return dialect.isPrimaryInput(row)
      ? { kind: 'primary input', name: spoken(key), imports: false }
      : { kind: 'stressor', ...stressorName(row), extension: name, unit };
  });
  return { rows, blocks };
}

/** All levels but the compartment make the name. */
export function stressorName({ key, indexNames }: Pick<ExtensionRow, 'key' | 'indexNames'>): {
  name: string;
  compartment?: string;
} {
  const compartment = said(key[indexNames.indexOf('compartment')]);
  const name = spoken(key.filter((_, level) => indexNames[level] !== 'compartment'));
  return compartment === null ? { name } : { name, compartment };
}

/** Name and version of a system, where metadata.json has them. */
async function titleOf(files: Files): Promise<string> {
  if (!files.names.includes('metadata.json')) return '';
  try {
    const { name, version } = JSON.parse(await textOf(files, 'metadata.json')) as Record<string, unknown>;
    const said = [name, version].filter((part) => typeof part === 'string' && part !== '').join(', ');
    return said === '' ? '' : ` "${said}"`;
  } catch {
    // Not needed for the numbers.
    return '';
  }
}
