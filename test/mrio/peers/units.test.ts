import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { openPymrioFolder } from '../../../formats/pymrio/folder.ts';
import { writePymrioFolder } from '../../../formats/pymrio/write-folder.ts';
import { pymrioTestSystem } from '../../support/pymrio-test-system.ts';
import { hasPymrioData, NEEDS_PYMRIO, sharedData } from '../../support/shared-data.ts';

/** The lines of a file of units, `region|sector,unit`, below its header. */
const unitsIn = (file: string): string[] =>
  readFileSync(sharedData('pymrio_test', file), 'utf8').trim().split(/\r?\n/).slice(1);

describe.skipIf(!hasPymrioData)(`units of the test system of pymrio (${NEEDS_PYMRIO})`, () => {
  it('are those that pymrio has, account by account and row by row', async () => {
    const folder = mkdtempSync(join(inject('sharedFolder'), 'units-'));
    await writePymrioFolder(folder, await pymrioTestSystem());
    const { rows, unit } = await openPymrioFolder(folder);
    const accounts = rows.flatMap((row) => (row.kind === 'account' ? [`${row.region}|${row.sector},${unit!}`] : []));
    expect(accounts).toEqual(unitsIn('unit.csv'));
    const stressors = rows.flatMap((row) => (row.kind === 'stressor' ? [`${row.name}|${row.compartment!},${row.unit!}`] : [])); // prettier-ignore
    expect(stressors).toEqual(unitsIn('emissions__unit.csv'));
    // Primary inputs are in the unit of the table.
    const inputs = rows.flatMap((row) => (row.kind === 'primary input' ? [`${row.name},${unit!}`] : []));
    expect(inputs).toEqual(unitsIn('factor_inputs__unit.csv'));
  });
});
