import { posix } from 'node:path';
import { ModelError } from '../mrio/error.ts';
import { blockTable, counted, type Block } from './delimited/block-table.ts';
import { openFiles, type Files } from './delimited/files.ts';
import { joined, requireSameColumns, sameKey, spoken, type Key } from './delimited/frame.ts';
import { firstCells } from './delimited/labels.ts';
import { openTextFrame, type TextFrame } from './delimited/text-frame.ts';
import type { ColumnLabel, OpenTable, RowLabel } from './open-table.ts';

const EXTENSIONS = ['FactorInputs', 'Emissions', 'Materials', 'Resources'] as const;

/** Files by the start of their names. What begins with an underscore is no part of the table. */
const startingWith = (names: readonly string[], start: string): string[] => {
  const pattern = new RegExp(`^${start}(?![A-Za-z]).*\\.txt$`);
  return names.filter((name) => pattern.test(posix.basename(name)));
};

/** Whether deliveries and final demand are among files of these names. */
export const holdsExiobase12 = (names: readonly string[]): boolean =>
  ['mrIot', 'mrFinalDemand'].every((start) => startingWith(names, start).length > 0);

/**
 * Opens a table of EXIOBASE 1 or 2 as it is downloaded (`pxp_ita_44_regions_coeff_txt.zip`,
 * `mrIOT_PxP_ita_coefficient_version2.2.2.zip`), or its folder: mrIot, mrFinalDemand, mrFactorInputs, mrEmissions,
 * mrMaterials, mrResources, and mrFDEmissions, mrFDMaterials, mrFDResources of what final demand itself uses.
 *
 * Where units are `M.EUR/M.EUR`, mrIot holds coefficients A, and inputs and stressors of accounts are per unit of output;
 * those of final demand never are. Units of rows are given without the unit of output.
 * @throws ModelError where files are missing, or rows and columns do not belong together
 */
export async function openExiobase12(path: string): Promise<OpenTable> {
  const files = await openFiles(path);
  const core = await open(files, 'mrIot');
  const demand = await open(files, 'mrFinalDemand');
  if (core === null || demand === null) {
    throw new ModelError(
      `${files.place} holds no mrIot or no mrFinalDemand`,
      'give a folder or archive of EXIOBASE 1 or 2',
    );
  }
  const accounts = core.columns;
  const keys = await core.keys();
  const wrong = keys.findIndex((key, k) => !sameKey(key.slice(0, 2), accounts[k] ?? []));
  if (wrong >= 0 || keys.length !== accounts.length) {
    throw new ModelError(
      `${core.placeOf(wrong < 0 ? keys.length : wrong, 0)}: the rows are not called as the columns`,
      'give the rows in the order of the columns',
    );
  }
  const [unit, perUnit] = (keys[0]?.at(-1) ?? '').split('/');
  const coefficients = perUnit !== undefined;
  const n = accounts.length;
  const rows: RowLabel[] = accounts.map(account);
  const columns: ColumnLabel[] = [
    ...accounts.map(account),
    ...demand.columns.map((key): ColumnLabel => ({ kind: 'final demand', region: key[0]!, category: key[1]! })),
  ];
  const own = { rows: counted(0, n), columnStart: 0 };
  const demandKeys = await demand.keys();
  if (!demandKeys.every((key, k) => sameKey(key.slice(0, 2), accounts[k] ?? []))) {
    throw new ModelError(`${demand.place}: the rows are not those of ${core.place}`, 'give both files the same rows');
  }
  const blocks: Block[] = [
    { ...own, frame: core, keys },
    { ...own, frame: demand, keys: demandKeys, columnStart: n },
  ];
  for (const extension of EXTENSIONS) {
    const added = await openExtension(files, extension, { core, demand, unit: unit ?? '', rowStart: rows.length });
    rows.push(...added.rows);
    blocks.push(...added.blocks);
  }
  return blockTable({
    format: `EXIOBASE 1 or 2, ${posix.basename(files.place)}`,
    unit: unit === '' ? null : (unit ?? null),
    rows,
    columns,
    intermediate: coefficients ? 'coefficients' : 'deliveries',
    extensions: coefficients ? 'coefficients' : 'totals',
    blocks,
  });
}

const account = (key: Key) => ({ kind: 'account', region: key[0]!, sector: key[1]! }) as const;

/** A file by the start of its name; null: it is not there. */
async function open(files: Files, start: string): Promise<TextFrame | null> {
  const found = startingWith(files.names, start);
  if (found.length === 0) return null;
  if (found.length > 1) {
    throw new ModelError(`${files.place} holds several ${start}: ${found.join(', ')}`, 'give a folder with one table');
  }
  const name = found[0]!;
  // Above the keys of the rows nothing stands.
  const indexCells = (await firstCells(files, name, '\t')).findIndex((cell) => cell !== '');
  if (indexCells < 2)
    throw new ModelError(`${files.place}/${name} does not begin with empty cells`, 'give the file as it is downloaded');
  return openTextFrame(files, name, { separator: '\t', headerLines: 2, indexCells });
}

interface Surroundings {
  readonly core: TextFrame;
  readonly demand: TextFrame;
  readonly unit: string;
  readonly rowStart: number;
}

async function openExtension(
  files: Files,
  extension: (typeof EXTENSIONS)[number],
  { core, demand, unit, rowStart }: Surroundings,
): Promise<{ rows: RowLabel[]; blocks: Block[] }> {
  const ofAccounts = await open(files, `mr${extension}`);
  const ofDemand = await open(files, `mrFD${extension}`);
  const all: Key[] = [];
  const rowOf = new Map<string, number>();
  const blocks: Block[] = [];
  for (const [frame, like, columnStart] of [
    [ofAccounts, core, 0],
    [ofDemand, demand, core.columns.length],
  ] as const) {
    if (frame === null) continue;
    requireSameColumns(frame, like);
    const keys = await frame.keys();
    // Names can come twice: what is the same row is told by the name and how often it has come.
    const seen = new Map<string, number>();
    const rows = keys.map((key) => {
      const name = joined(key.slice(0, -1));
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      const id = `${name}\u0000${times}`;
      const row = rowOf.get(id) ?? rowStart + all.push(key) - 1;
      rowOf.set(id, row);
      return row;
    });
    blocks.push({ frame, keys, rows, columnStart });
  }
  return { blocks, rows: all.map((key) => label(key, extension === 'FactorInputs', unit)) };
}

/** Keys are name and unit, or name, compartment and unit; what is between them is a remark. */
function label(key: Key, primaryInput: boolean, unit: string): RowLabel {
  const [name, compartment] = key;
  if (primaryInput) return { kind: 'primary input', name: spoken(key.slice(0, -1)), imports: false };
  const own = key.at(-1)!;
  const stripped = unit !== '' && own.endsWith(`/${unit}`) ? own.slice(0, -unit.length - 1) : own;
  return { kind: 'stressor', name: name!, ...(key.length > 2 ? { compartment: compartment! } : {}), unit: stripped };
}
