import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { recordFiles, recordSources, type RecordSource } from '../../../formats/records/sources.ts';
import { storedZip } from '../stored-zip.ts';
import { parquet, workbook } from './fixtures.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'record-files-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** The sources of one file: kind, name, place and what a text says. */
async function sourcesOf(name: string, content: string | Buffer): Promise<string[][]> {
  const [file] = recordFiles(folderOf({ [name]: content }), 'the/folder');
  const found: string[][] = [];
  for await (const source of recordSources(file!))
    found.push([
      source.kind,
      source.name,
      source.place,
      source.kind === 'text' ? readFileSync(source.plain, 'utf8') : '',
    ]);
  return found;
}

describe('the files of a folder', () => {
  it('are those of folders in it too, by their names; what is aside is left out', () => {
    const names = ['b.csv', 'a/2.csv', 'a/1.csv', 'README.md', '.hidden.csv', '~$b.xlsx', 'a/.DS_Store', 'a.csv'];
    const files = recordFiles(folderOf(Object.fromEntries(names.map((name) => [name, 'x']))), 'user/files');
    expect(files.map(({ name, place }) => [name, place])).toEqual(
      ['a/1.csv', 'a/2.csv', 'a.csv', 'b.csv'].map((name) => [name, `user/files/${name}`]),
    );
  });

  it('have to be there', () => {
    expect(() => recordFiles(folderOf({ 'README.md': '' }), 'user/files')).toThrow(
      'user/files holds no file of records',
    );
  });
});

describe('the sources of a file', () => {
  it('are one of a text, also packed, and one of each text in an archive', async () => {
    expect(await sourcesOf('a.csv', 'a,b\r\n')).toEqual([['text', 'a.csv', 'the/folder/a.csv', 'a,b\n']]);
    expect(await sourcesOf('a.tsv.gz', gzipSync('a\tb\n'))).toEqual([
      ['text', 'a.tsv.gz', 'the/folder/a.tsv.gz', 'a\tb\n'],
    ]);
    expect(await sourcesOf('a.zip', storedZip({ 'x/b.csv': 'b\n', '__MACOSX/b.csv': '-', 'a.csv': 'a\n' }))).toEqual([
      ['text', 'a.zip/a.csv', 'the/folder/a.zip/a.csv', 'a\n'],
      ['text', 'a.zip/x/b.csv', 'the/folder/a.zip/x/b.csv', 'b\n'],
    ]);
  });

  it('are the sheets of a workbook, or the rows of a Parquet file', async () => {
    expect(await sourcesOf('a.xlsx', await workbook({ first: [['a']], 第二: [['b']] }))).toEqual([
      ['sheet', 'a.xlsx, sheet first', 'the/folder/a.xlsx, sheet first', ''],
      ['sheet', 'a.xlsx, sheet 第二', 'the/folder/a.xlsx, sheet 第二', ''],
    ]);
    expect(await sourcesOf('a.pq', await parquet('SELECT 1 AS x'))).toEqual([
      ['parquet', 'a.pq', 'the/folder/a.pq', ''],
    ]);
  });

  it('leave no copy behind, even if their consumer stops', async () => {
    const [file] = recordFiles(folderOf({ 'a.csv.gz': gzipSync('a\r\nb') }), 'f');
    let copy = '';
    for await (const source of recordSources(file!)) {
      copy = (source as Extract<RecordSource, { kind: 'text' }>).plain;
      expect(existsSync(copy)).toBe(true);
      break;
    }
    expect(existsSync(dirname(copy))).toBe(false);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['a.pdf', '%PDF', /^the\/folder\/a\.pdf is no file of records/],
    ['a.xlsx', 'id,name\n', /^the\/folder\/a\.xlsx is no \.xlsx file: it begins like a text$/],
    ['a.parquet', 'id,name\n', /^the\/folder\/a\.parquet is no \.parquet file: it begins like a text$/],
    ['a.csv', Buffer.from('PK\u0003\u0004rest'), /^the\/folder\/a\.csv is no \.csv file: it begins like a workbook$/],
    ['a.xlsx', Buffer.from('PK\u0003\u0004rest'), /^the\/folder\/a\.xlsx cannot be read as a workbook: /],
    ['a.parquet', Buffer.from('PAR1rest'), /^the\/folder\/a\.parquet cannot be read: /],
    ['a.csv.gz', gzipSync('some text').subarray(0, 15), /^the\/folder\/a\.csv\.gz cannot be unpacked: /],
    ['a.zip', Buffer.from('PK\u0003\u0004rest'), /^the\/folder\/a\.zip cannot be unpacked: /],
    ['a.zip', storedZip({ 'b.pdf': '%PDF' }), /^the\/folder\/a\.zip\/b\.pdf is no file of records/],
  ])('%s', async (name, content, message) => {
    await expect(sourcesOf(name, content)).rejects.toMatchObject({
      name: 'ModelError',
      message: expect.stringMatching(message) as string,
      remedy: expect.stringMatching(/./) as string,
    });
  });
});
