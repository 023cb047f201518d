import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, inject, it } from 'vitest';
import { CEADS_2018, gridOf, sample, writeWorkbook } from '../formats/ceads-layouts.ts';

const ROOT = resolve(import.meta.dirname, '../..');

function tables(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['node_modules/.bin/tsx', 'tools/tables.ts', ...args],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  return { status, out: stdout, err: stderr };
}

it('tables --inspect says what is in a workbook, and which rows do not balance', async () => {
  const path = join(mkdtempSync(join(inject('sharedFolder'), 'inspect-')), 'MRIO2017.xlsx');
  await writeWorkbook(path, { Note: [['Cite as']], Table_2017: gridOf(sample(), CEADS_2018) });
  const { status, out, err } = tables('--inspect', path);
  // How far it is, it says on a terminal alone. A run would refuse it.
  expect([status, err]).toEqual([1, '']);
  const lines = out.split('\n');
  expect(lines[0]).toBe(`${path}: labelled table in sheet "Table_2017"`);
  expect(out).toContain('regions    3: Beijing, Tianjin, Shannxi\n');
  expect(out).toContain('sectors    4: 01 Agriculture, 02 Coal mining, 03 Others, 04 Services\n');
  expect(out).toContain('unit       10,000 yuan\n             stands in MRIO2017.xlsx, sheet "Table_2017", cell A1\n');
  expect(out).toMatch(
    /rows {7}12 accounts; 5 primary inputs \(Imports, Compensation of employees, .*; 1 stressors \(CO2\); 3 that only state/,
  );
  expect(out).toMatch(
    /columns {4}12 accounts; 15 of final demand \(rural_households, .*; 1 of exports \(Exports\); 1 of discrepancies/,
  );
  expect(out).toMatch(/known as .* sectors are those of no known list/);
  expect(out).toMatch(/rows against columns: at most [\d.]+% apart, the worst 10:\n +[\d.]+% {2}\w+ 0\d \w+/);
  expect(out.match(/^ +[\d.]+% /gm)).toHaveLength(10);
  expect(out).toContain('rows against their stated totals: equal');
  expect(lines.at(-2)).toBe('  a run refuses regions or sectors that it does not know');
});

it('tables --inspect ends with 1 where a run of the study would refuse what it shows, by the tolerances of that study', () => {
  const folder = mkdtempSync(join(inject('sharedFolder'), 'refused-'));
  const inspected = (value: number, study: string) => {
    const rows = ['N', 'S'].flatMap((region) =>
      [1, 2, 3].flatMap((s) => [
        `${region},${s},${region},${s},1`,
        `${region},${s},${region},,2`,
        `,,${region},${s},2`,
      ]),
    );
    const path = join(folder, `${value}.csv`);
    const changed = rows.map((row) => (row === ',,S,3,2' ? `,,S,3,${value}` : row));
    writeFileSync(path, `from_region,from_sector,to_region,to_sector,value\n${changed.join('\n')}\n`);
    return tables('--inspect', path, '--file', study);
  };
  expect(inspected(2, 'examples/hand/pipeline.yaml')).toMatchObject({ status: 0, err: '' });
  expect(inspected(2.1, 'examples/hand/pipeline.yaml')).toMatchObject({
    ...{ status: 1, err: '' },
    out: expect.stringMatching(/ {2}a run refuses rows that differ from their columns \(balance_tolerance 0\.000001\)\n$/) as string, // prettier-ignore
  });
});

it('tables --inspect looks for the regions and sectors of the study that it is told', () => {
  const inspected = (study: string) => tables('--inspect', 'examples/hand/table', '--file', study);
  expect(inspected('examples/hand/pipeline.yaml')).toMatchObject({
    ...{ status: 0, err: '' },
    out: expect.stringContaining('  known as   N S; sectors of the list the study\n') as string,
  });
  expect(inspected('examples/hnd/pipeline.yaml')).toMatchObject({
    ...{ status: 2, out: '' },
    err: 'examples/hnd/pipeline.yaml: cannot be read\n  Name another pipeline file with --file, or create it.\n',
  });
});

it('tables --inspect says what a study makes of a unit', () => {
  const inspected = (table: string, study: string) => tables('--inspect', table, '--file', study);
  const untold = inspected('examples/hand/table', 'examples/hand/pipeline.yaml');
  expect(untold.out).toContain('  unit       not said: a study takes it as in its own, million EUR\n');
  const foreign = inspected('examples/pymrio-test/system', 'pipeline.yaml');
  expect(foreign.status).toBe(1);
  expect(foreign.out).toContain(
    '  unit       Mill USD\n             cannot be used in a study in 10 000 CNY: it is of another currency\n',
  );
  expect(foreign.out).toMatch(/a run refuses its unit, /);
});

it('tables --convert writes a folder of pymrio, which is read as any other table', () => {
  const folder = mkdtempSync(join(inject('sharedFolder'), 'convert-'));
  const path = join(folder, 'cells.csv');
  writeFileSync(path, 'from_region,from_sector,to_region,to_sector,value\nA,1,A,1,2\nA,1,A,,3\n,,A,1,3\n');
  const to = join(folder, 'for-pymrio');
  expect(tables('--convert', path, '--to', to)).toMatchObject({
    status: 0,
    out: `wrote ${to}: 1 x 1 accounts\n`,
  });
  expect(readFileSync(join(to, 'Z.txt'), 'utf8').split('\n')[3]).toBe('A\t1\t2');
  expect(tables('--inspect', to).out).toContain('rows against columns: equal');
  expect(tables('--convert', path, '--to', to)).toMatchObject({ status: 2, err: expect.stringContaining('is there already') as string }); // prettier-ignore
});

it('tables says what it does, and what is wrong, without a stack', () => {
  expect(tables('--help')).toMatchObject({ status: 0, out: expect.stringContaining('npm run tables -- --inspect FILE') as string }); // prettier-ignore
  const missing = tables('--inspect', 'no/such/file.xlsx');
  expect(missing).toMatchObject({ status: 2, err: expect.stringMatching(/file\.xlsx does not exist\n {2}give the path/) as string }); // prettier-ignore
  expect(tables('--inspekt', 'x').err).toMatch(/inspekt[^]*--help/);
});
