import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTable } from '../../formats/detect.ts';
import { writePymrioFolder } from '../../formats/pymrio/write-folder.ts';
import { wholeTable } from '../support/shared-data.ts';
import { folderPerTest } from './folder-per-test.ts';
import { smallSystem } from './small-system.ts';
import { storedZip } from './stored-zip.ts';

const { path, write } = folderPerTest();

describe('a system saved by pymrio', () => {
  /** The files of a folder by their names, in a folder of their own. */
  const packed = (path: string): Record<string, string> =>
    Object.fromEntries(
      readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.includes('.'))
        .map((name) => [`deep/${name.replaceAll('\\', '/')}`, readFileSync(join(path, name), 'latin1')]),
    );

  it('is told from EXIOBASE, and is read from an archive with folders', async () => {
    await writePymrioFolder(path('plain'), { ...smallSystem, regions: ['A', 'B'] });
    const table = await openTable(path('plain'));
    expect(table.format).toBe('pymrio system "small, v2"');
    writeFileSync(path('plain.zip'), storedZip(packed(path('plain'))));
    const again = await openTable(path('plain.zip'));
    expect(again.rows).toEqual(table.rows);
    expect(await wholeTable(again)).toEqual(await wholeTable(table));
    write({ 'download/plain.zip': storedZip(packed(path('plain'))), 'download/README.md': 'from the publisher' });
    expect((await openTable(path('download'))).rows).toEqual(table.rows);
  });

  it('in Parquet has to be unpacked', async () => {
    await writePymrioFolder(path('columns'), smallSystem, 'parquet');
    writeFileSync(path('columns.zip'), storedZip(packed(path('columns'))));
    await expect(openTable(path('columns.zip'))).rejects.toThrow('Z.parquet is Parquet in an archive');
  });
});

describe('a path', () => {
  it('of nothing, of something else, of two formats', async () => {
    await expect(openTable(path('nowhere'))).rejects.toThrow('nowhere does not exist');
    await expect(openTable(join(write({ 'notes.txt': 'a' }), 'notes.txt'))).rejects.toThrow('is of no known format');
    write({ 'Eora26_2010_bp_T.txt': '', 'a.csv': ',AAA_1,AAA_2\n' });
    await expect(openTable(path())).rejects.toThrow('holds tables of several formats: OECD ICIO, Eora26');
  });
});
