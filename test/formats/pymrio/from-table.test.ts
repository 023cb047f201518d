import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { openTable } from '../../../formats/detect.ts';
import { pymrioSystemOf } from '../../../formats/pymrio/from-table.ts';
import { writePymrioFolder } from '../../../formats/pymrio/write-folder.ts';
import { smallSystem } from '../small-system.ts';
import { CEADS_2018, gridOf, sample, writeWorkbook } from '../ceads-layouts.ts';

describe('a workbook for pymrio', () => {
  it.each(['txt', 'parquet'] as const)('is the same system when it is read back from %s', async (format) => {
    const folder = mkdtempSync(join(inject('sharedFolder'), 'for-pymrio-'));
    const path = join(folder, 'MRIO2018.xlsx');
    const of = sample();
    await writeWorkbook(path, { Table: gridOf(of, CEADS_2018) });
    const system = await pymrioSystemOf(await openTable(path), 'CEADs 2018');
    await writePymrioFolder(join(folder, 'system'), system, format);
    const again = await pymrioSystemOf(await openTable(join(folder, 'system')), 'CEADs 2018');
    expect(again.regions).toEqual(of.regions);
    expect(again.sectors).toEqual(of.sectors);
    expect(again.categories).toEqual([
      ...['rural_households', 'urban_households', 'government', 'fixed_capital_formation', 'inventory_change'],
      ...['export', 'statistical discrepancy'],
    ]);
    expect(again.unit).toBe('10,000 yuan');
    for (const part of ['intermediate', 'finalDemand', 'output'] as const) expect(again[part]).toEqual(system[part]);
    expect(system.intermediate[1 * 12 + 5]).toBe(of.z(1, 5));
    // Columns of final demand: 7 categories of each of 3 regions; the producer is of the first.
    expect(system.finalDemand[2 * 21 + 5]).toBe(of.exports(2));
    expect(system.finalDemand[2 * 21 + 6]).toBe(of.discrepancy(2));
    expect(system.finalDemand[2 * 21 + 7]).toBe(of.f(2, 5));
    const [inputs, emissions] = system.extensions;
    expect(inputs!.rows.map(({ key: [name] }) => name)).toEqual(['Imports', 'Compensation of employees', 'Net taxes on production', 'Depreciation of fixed assets', 'Operating surplus']); // prettier-ignore
    expect(inputs!.flows[12 + 7]).toBe(of.v(0, 7));
    expect(emissions!.rows).toEqual([{ key: ['CO2'], unit: 'Mt' }]);
    expect(emissions!.flows[8]).toBe(2);
  });
});

describe('a system of pymrio, converted', () => {
  const source = resolve(import.meta.dirname, '../../../examples/pymrio-test/system');
  const folder = mkdtempSync(join(inject('sharedFolder'), 'converted-'));
  const convert = async (name: string) => {
    await writePymrioFolder(join(folder, name), await pymrioSystemOf(await openTable(source), 'testmrio'));
    return join(folder, name);
  };
  const filesOf = (path: string): string[] =>
    (readdirSync(path, { recursive: true }) as string[]).filter((name) => /\.(txt|json)$/.test(name)).sort();
  const cells = (path: string): string[][] =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split(/\r?\n/)
      .map((line) => line.split('\t'));

  it('has all files, extensions, names, units and values of the source', async () => {
    const target = await convert('once');
    expect(filesOf(target)).toEqual(filesOf(source));
    expect(filesOf(source)).toContain('emissions/F_Y.txt');
    for (const file of filesOf(source).filter((name) => name.endsWith('.txt'))) {
      const [found, expected] = [cells(join(target, file)), cells(join(source, file))];
      // Output is what the rows add up to, not what the file states.
      if (file === 'x.txt') {
        expect(found.map((line) => line.slice(0, 2))).toEqual(expected.map((line) => line.slice(0, 2)));
        expected.slice(1).forEach((line, k) => {
          expect(Number(found[k + 1]![2]) / Number(line[2])).toBeCloseTo(1, 12);
        });
      } else expect(found, file).toEqual(expected);
    }
    for (const file of filesOf(source).filter((name) => name.endsWith('file_parameters.json')))
      expect(JSON.parse(readFileSync(join(target, file), 'utf8'))).toEqual(
        JSON.parse(readFileSync(join(source, file), 'utf8')),
      );
  });

  it('is the same bytes each time', async () => {
    const [one, other] = [await convert('first'), await convert('second')];
    expect(filesOf(one)).toEqual(filesOf(other));
    for (const file of filesOf(one)) expect(readFileSync(join(one, file))).toEqual(readFileSync(join(other, file)));
  });

  it('keeps the extensions apart, and says of no unit that there is none', async () => {
    const extension = (name: string, unit: string) => ({
      ...{ name, indexNames: ['stressor'], rows: [{ key: ['CO2'], unit }], flows: Float64Array.of(1, 2, 3, 4) },
    });
    const { unit: _, ...rest } = smallSystem;
    const system = { ...rest, unit: 'not said', extensions: [extension('satellite', 'kg'), extension('impacts', '')] };
    await writePymrioFolder(join(folder, 'two'), system);
    const open = await openTable(join(folder, 'two'));
    expect(open.unit).toBeNull();
    expect(open.rows.slice(4)).toMatchObject([
      { name: 'CO2', extension: 'impacts', unit: null },
      { name: 'CO2', extension: 'satellite', unit: 'kg' },
    ]);
    const again = await pymrioSystemOf(open, 'again');
    expect(again.unit).toBe('not said');
    expect(again.extensions.map(({ name, rows, flows }) => [name, rows[0]!.unit, ...flows])).toEqual([
      ['impacts', 'not said', 1, 2, 3, 4],
      ['satellite', 'kg', 1, 2, 3, 4],
    ]);
  });

  it('has to have every sector in every region', async () => {
    const path = join(folder, 'cells.csv');
    const rows = ['N,farms,N,farms,1', 'S,farms,N,farms,2', 'S,mines,N,farms,3'];
    writeFileSync(path, ['from_region,from_sector,to_region,to_sector,value', ...rows, ''].join('\n'));
    await expect(pymrioSystemOf(await openTable(path), 'cells')).rejects.toThrow(
      '3 accounts are not 2 regions of 2 sectors; not there: N mines',
    );
  });
});
