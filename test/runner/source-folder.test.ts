import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { requireArchivable } from '../../runner/crate-record.ts';
import { sha256 } from '../../runner/hash.ts';
import { filesChange, inputFrom, inputFromText } from '../../runner/inputs-from.ts';
import { brokenRules, idsOf, readCrate } from './crate-rules.ts';
import { onCommandLine } from './command-line.ts';
import { project } from './project.ts';

/** A stage that says what it finds under the name of a folder, or of what stands in for it. */
const FILES = {
  'pipeline.yaml': `pipeline: folders
sources:
  sales: { file: data-raw/user/sales/, evidence: user's data, otherwise: made_up }
stages:
  stand-in:
    sh: echo made up > {outputs.made_up}
    outputs: { made_up: { file: made-up.txt, evidence: stand-in } }
  report:
    run: stages/report.ts
    inputs: [sales]
    outputs: { report: { file: report.txt, publish_as: report.txt } }
`,
  'stages/report.ts': `import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
export default ({ inputs, outputs, places }) => {
  const { sales } = inputs;
  const names = statSync(sales).isDirectory() ? readdirSync(sales, { recursive: true }).toSorted() : [];
  const texts = names.filter((name) => statSync(join(sales, name)).isFile()).map((name) => name + ': ' + readFileSync(join(sales, name), 'utf8'));
  writeFileSync(outputs.report, texts.length > 0 ? texts.join('') : readFileSync(sales, 'utf8'));
};
`,
  'data-raw/user/sales/README.md': 'Put files here.\n',
};

describe('a source that is a folder', () => {
  it('is all files in it; while it holds none the stand-in takes its place', async () => {
    const of = project(FILES);
    expect((await of.run()).executed).toEqual(['stand-in', 'report']);
    expect(of.read('data-out/report.txt')).toBe('made up\n');
    of.write({ 'data-raw/user/sales/b.csv': '2\n', 'data-raw/user/sales/2017/a.csv': '1\n' });
    expect((await of.run()).executed).toEqual(['report']);
    expect(of.read('data-out/report.txt')).toBe('2017/a.csv: 1\nb.csv: 2\n');
    expect(await of.why('report')).toContain('input sales');
    rmSync(of.path('data-raw/user/sales/2017'), { recursive: true });
    rmSync(of.path('data-raw/user/sales/b.csv'));
    expect((await of.run()).executed).toEqual([]);
    expect(of.read('data-out/report.txt')).toBe('made up\n');
    rmSync(of.path('data-raw/user'), { recursive: true });
    expect((await of.run()).executed).toEqual([]);
  });

  it('makes a stage run again for a file that is edited, added, renamed or removed, and not for what is aside', async () => {
    const of = project({ ...FILES, 'data-raw/user/sales/a.csv': '1\n' });
    await of.run();
    const runsAfter = async (change: () => void) => {
      change();
      return (await of.run()).executed.length > 0;
    };
    const write = (file: string, text: string) => () => {
      of.write({ [`data-raw/user/sales/${file}`]: text });
    };
    expect(await runsAfter(write('README.md', 'Other words.\n'))).toBe(false);
    expect(await runsAfter(write('.DS_Store', 'x'))).toBe(false);
    expect(await runsAfter(write('a.csv', '2\n'))).toBe(true);
    expect(await runsAfter(write('b.csv', '2\n'))).toBe(true);
    expect(of.read('data-out/report.txt')).toBe('a.csv: 2\nb.csv: 2\n');
    rmSync(of.path('data-raw/user/sales/b.csv'));
    expect(await runsAfter(write('c.csv', '2\n'))).toBe(true);
    expect(await runsAfter(() => { rmSync(of.path('data-raw/user/sales/c.csv')); })).toBe(false); // prettier-ignore
    expect(of.read('data-out/report.txt')).toBe('a.csv: 2\n');
  });

  it('is told by why and status with the names of its files', async () => {
    const of = project(FILES);
    await of.run();
    const folder = 'data-raw/user/sales/';
    const write = (...names: string[]) => {
      of.write(Object.fromEntries(names.map((name) => [`${folder}${name}`, `${name}\n`])));
    };
    const told = async (line: string) => {
      expect((await of.status()).find(({ stage }) => stage === 'report')).toMatchObject({
        state: 'runs',
        reason: line,
      });
      expect((await of.why('report')).split('\n')).toEqual([expect.stringContaining('will run'), `  ${line}`]);
      const started = (await of.run()).events.find(({ kind }) => kind === 'started');
      expect(started).toMatchObject({ stage: 'report', reason: line });
      expect(await of.why('report')).toContain(`It ran because:\n  ${line}`);
    };
    write('a.csv', 'b.csv');
    await told('input sales: made_up -> data-raw/user/sales/ (2 files)');
    write('more/c.csv');
    of.write({ [`${folder}a.csv`]: 'edited\n' });
    rmSync(of.path(`${folder}b.csv`));
    await told('input sales: data-raw/user/sales/ (2 files): new more/c.csv, changed a.csv, gone b.csv');
    write(...[1, 2, 3, 4, 5, 6, 7].map((number) => `d${number}.csv`));
    await told(
      'input sales: data-raw/user/sales/ (9 files): new d1.csv, new d2.csv, new d3.csv, new d4.csv, new d5.csv and 2 more',
    );
    rmSync(of.path(folder), { recursive: true });
    // What the stand-in gave is there already.
    expect((await of.run()).executed).toEqual([]);
  });

  it('is told by its hash alone by receipts that do not say what was in it', async () => {
    const of = project({ ...FILES, 'data-raw/user/sales/a.csv': '1\n' });
    await of.run();
    const old = readdirSync(of.path('.cache/receipts')).map((name) => `.cache/receipts/${name}`);
    for (const file of old) {
      const { from: _, ...receipt } = JSON.parse(of.read(file)) as Record<string, unknown>;
      of.write({ [file]: JSON.stringify(receipt) });
    }
    of.write({ 'data-raw/user/sales/b.csv': '2\n' });
    expect(await of.why('report')).toMatch(
      /\n {2}input sales: [0-9a-f]{8} \(folder\) -> data-raw\/user\/sales\/ \(2 files\)$/,
    );
  });

  it('of more than a thousand files is told by their number and its hash', () => {
    const hashes = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}.csv`, sha256(String(index))]));
    const many = inputFrom('sales/', hashes(1001));
    expect(many).toEqual({ from: 'sales/', folder: { files: 1001, hashes: null } });
    expect(inputFromText(many, sha256('x'))).toBe(`sales/ (1,001 files, ${sha256('x')})`);
    expect(filesChange(many, inputFrom('sales/', hashes(1000)))).toBeNull();
  });

  it('is archived file by file', async () => {
    const of = project({ ...FILES, 'data-raw/user/sales/a.csv': '1\n', 'data-raw/user/sales/more/b.csv': '2\n' });
    await of.run();
    await requireArchivable(await of.workshop(), 'Nothing is archived');
    expect(await onCommandLine(of, 'crate', of.path('crate'))).toMatchObject({ code: 0 });
    expect(of.read('crate/data-raw/user/sales/more/b.csv')).toBe('2\n');
    const crate = readCrate(of.path('crate'));
    expect(brokenRules(crate)).toEqual([]);
    const files = ['data-raw/user/sales/a.csv', 'data-raw/user/sales/more/b.csv'];
    expect(idsOf(crate.byId.get('#action/report')?.['object'])).toEqual(files);
  });

  it('has a version in lineage', async () => {
    const of = project({ ...FILES, 'data-raw/user/sales/a.csv': '1\n' });
    expect(await onCommandLine(of, 'run', '--openlineage', of.path('lineage.ndjson'))).toMatchObject({ code: 0 });
    expect(of.read('lineage.ndjson')).toMatch(/"name":"data-raw\/user\/sales\/"[^]*?"datasetVersion":"[0-9a-f]{64}"/);
  });

  it('is refused where a file lies in its place, where a link leads to a folder, and as a table', async () => {
    const file = project({ ...FILES, 'data-raw/user/sales/README.md': '' });
    rmSync(file.path('data-raw/user/sales'), { recursive: true });
    file.write({ 'data-raw/user/sales': 'x' });
    await expect(file.run()).rejects.toThrow('data-raw/user/sales/ is a file, a folder is expected there');
    const link = project({ ...FILES, 'data-raw/user/sales/a.csv': '1\n' });
    mkdirSync(link.path('elsewhere'));
    symlinkSync(link.path('elsewhere'), link.path('data-raw/user/sales/more'));
    await expect(link.run()).rejects.toThrow(/sales\/more is a link to a folder/);
    const table = project({ ...FILES });
    table.edit('pipeline.yaml', 'otherwise: made_up', 'columns: { a: VARCHAR }');
    await expect(table.run()).rejects.toThrow('only .csv and .parquet files can be tables, not folders');
  });
});
