import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { openTable } from '../../../formats/detect.ts';
import { pymrioSystemOf } from '../../../formats/pymrio/from-table.ts';
import { writePymrioFolder } from '../../../formats/pymrio/write-folder.ts';
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
