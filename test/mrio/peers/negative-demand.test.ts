import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { ReadTable } from '../../../formats/table-sums.ts';
import { accountFindings, holds, tableFindings } from '../../../mrio/certificate.ts';
import {
  consumptionBased,
  directIntensity,
  finalDemandFlows,
  footprintByProduct,
  leontiefInverse,
  multipliers,
  technicalCoefficients,
} from '../../../mrio/leontief.ts';
import { accountLabels, demandByConsumer, grossOutput, rowSums } from '../../../mrio/table.ts';
import { byRegion, tradeAccounts } from '../../../mrio/trade-accounts.ts';
import { expectAgreement } from './agreement.ts';
import { exactAccounts } from './exact-accounts.ts';
import { CITIES, CITY_EMISSIONS, CITY_OUTPUT, THREE_CITIES, readCities, writeCities } from './three-cities.ts';

const folder = (): string => mkdtempSync(join(inject('sharedFolder'), 'stocks-'));

/** The same cities as a list of their cells. */
function listOfCells(): Promise<string> {
  const { regions, sectors, categories, intermediate, finalDemand, extensions } = THREE_CITIES;
  const account = (k: number): string => `${regions[k >> 1]!},${sectors[k & 1]!}`;
  const lines = ['from_region,from_sector,to_region,to_sector,category,value_10k_cny'];
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < 6; j++) {
      lines.push(`${account(i)},${account(j)},intermediate,${intermediate[i * 6 + j]!}`);
      lines.push(`${account(i)},${regions[j >> 1]!},,${categories[j & 1]!},${finalDemand[i * 6 + j]!}`);
    }
    lines.push(`,,${account(i)},value added,${extensions[0]!.flows[i]!}`);
  }
  const path = join(folder(), 'cells.csv');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return Promise.resolve(path);
}

describe.each([
  ['a folder of pymrio', () => writeCities(folder())],
  ['a list of cells', listOfCells],
])('stocks that are drawn on, in %s', (_, write) => {
  let read: ReadTable;
  beforeAll(async () => {
    read = await readCities(await write());
  });

  it('are allowed, and counted where all final demand of a region for a product is negative', () => {
    const findings = tableFindings(read.table, 1e-9);
    // Of wheat the East draws 6 from stocks and buys 40; of steel the South draws 16 from stocks and buys nothing.
    expect(findings.find(({ measure }) => measure === 'negative cells of final demand')).toMatchObject({
      value: 1,
      limit: null,
      where: ['South.2 by South: -16'],
    });
    expect(findings.filter((finding) => !holds(finding))).toEqual([]);
  });

  it('are in all totals exactly', () => {
    const { table, accounts } = read;
    expect(grossOutput(table)).toEqual(CITY_OUTPUT);
    expect(accounts.map(({ rowTotal, columnTotal }) => [rowTotal, columnTotal])).toEqual(Array.from(CITY_OUTPUT, (x) => [x, x])); // prettier-ignore
    const { values } = demandByConsumer(table, 'with-region');
    expect(values[2 * 3 + 1]).toBe(34);
    expect(values[5 * 3 + 2]).toBe(-16);
  });

  it('take emissions from the accounts of their region, and sums of accounts are those of emissions', () => {
    const { table } = read;
    const labels = accountLabels(table);
    const { values, consumers } = demandByConsumer(table, 'with-region');
    const leontief = leontiefInverse(technicalCoefficients(table.intermediate, CITY_OUTPUT, labels), labels);
    const intensity = directIntensity(CITY_EMISSIONS, CITY_OUTPUT, labels);
    const caused = consumptionBased(intensity, leontief, values, 3);
    const rows = (block: Float64Array, width: number): number[][] =>
      Array.from({ length: 6 }, (_row, k) => [...block.subarray(k * width, (k + 1) * width)]);
    const system = { regions: 3, sectors: 2, deliveries: rows(table.intermediate, 6), demand: rows(values, 3) };
    const exact = exactAccounts(system, [...CITY_EMISSIONS]);
    expectAgreement(caused, exact.byConsumer);
    expectAgreement(finalDemandFlows(intensity, leontief, rowSums(values, 6, 3)), exact.inDemand);
    const trade = tradeAccounts(intensity, leontief, values, 3);
    for (const kind of ['production', 'consumption', 'imports', 'exports'] as const)
      expectAgreement(trade[kind], exact.trade[kind]);
    // Steel for the South, account 5: by stocks less than nothing.
    expect(trade.consumption[5]).toBeLessThan(0);
    expectAgreement(trade.production, [...CITY_EMISSIONS]);
    expectAgreement([byRegion(trade.consumption, 3).reduce((sum, value) => sum + value, 0)], [252]);
    const footprint = footprintByProduct(multipliers(intensity, leontief), values, 3, 2);
    const findings = accountFindings({ emissions: CITY_EMISSIONS, caused, footprint, trade }, consumers, table);
    expect(findings.filter((finding) => !holds(finding))).toEqual([]);
    expect(consumers).toEqual([...CITIES]);
  });
});
