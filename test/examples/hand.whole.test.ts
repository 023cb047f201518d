import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tableCells } from '../docs/shown-queries.ts';
import { exactAccounts, type SmallSystem } from '../mrio/peers/exact-accounts.ts';
import { runExample, worst, type ExampleRun } from './run-example.ts';

/** The table and the emissions as docs/studies.md prints them. */
const page = readFileSync(resolve(import.meta.dirname, '../../docs/studies.md'), 'utf8');
const printed = tableCells(/\n((?:\|.*\n)+)\nAnd what they emit/.exec(page)![1]!);
const numbersOf = (cells: readonly string[]): number[] => cells.slice(1).map(Number);
const rows = printed.slice(1, 7).map(numbersOf);
const system: SmallSystem = {
  ...{ regions: 2, sectors: 3 },
  deliveries: rows.map((row) => row.slice(0, 6)),
  demand: rows.map((row) => row.slice(6, 8)),
};
const emitted = new Map(
  tableCells(/\n((?:\|.*\n)+)\nThe whole input/.exec(page)![1]!)
    .slice(1)
    .map((cells) => [cells[0]!, numbersOf(cells)]),
);

let run: ExampleRun;
beforeAll(async () => {
  run = await runExample('hand');
}, 120_000);

describe('the example made by hand', () => {
  it('reads what the page prints', async () => {
    expect(await run.numbers('SELECT value FROM mrio ORDER BY ALL')).toHaveLength(36);
    const order = 'ORDER BY from_region, from_sector, to_region, to_sector';
    expect(await run.numbers(`SELECT value FROM mrio ${order}`)).toEqual(system.deliveries.flat());
    const demand = `SELECT value FROM final_demand WHERE to_region <> 'export' ORDER BY from_region, from_sector, to_region`;
    expect(await run.numbers(demand)).toEqual(system.demand.flat());
    expect(await run.numbers('SELECT value FROM primary_input ORDER BY region, sector')).toEqual(
      numbersOf(printed[7]!).slice(0, 6),
    );
    expect(await run.numbers('SELECT value FROM gross_output ORDER BY region, sector')).toEqual(
      rows.map((row) => row[8]!),
    );
    expect(numbersOf(printed[8]!).slice(0, 6)).toEqual(rows.map((row) => row[8]!));
  });

  it.each([...emitted])('traces %s as exact fractions do', async (pollutant, emissions) => {
    const exact = exactAccounts(system, emissions);
    const of = (columns: string, table: string, order: string): Promise<number[]> =>
      run.numbers(`SELECT ${columns} FROM ${table} WHERE pollutant = '${pollutant}' ORDER BY ${order}`);
    expect(await of('emission_t', 'emission', 'region, sector')).toEqual(emissions);
    const multipliers = await of('multiplier', 'sector_account', 'region, sector');
    expect(worst(multipliers, exact.multipliers)).toBeLessThan(1e-12);
    const consumption = await run.numbers(`
      SELECT emission_t FROM consumption
      WHERE pollutant = '${pollutant}' AND consumer_region <> 'export'
      ORDER BY producer_region, producer_sector, consumer_region`);
    expect(worst(consumption, exact.byConsumer)).toBeLessThan(1e-12);
    const order = 'from_region, from_sector, to_region, to_sector';
    const deliveries = await of('emission_t', 'flow', order);
    // (15) is diag(e) (L - I) diag(w) = diag(e) L X.
    expect(worst(deliveries, exact.inDeliveries)).toBeLessThan(1e-12);
    const inDemand = await of('emission_t', 'final_demand_flow', order.replaceAll('to_', 'product_'));
    expect(worst(inDemand, exact.inDemand)).toBeLessThan(1e-12);
  });

  it('says in its report what it is about, and nothing of the study that its stages come from', () => {
    const report = readFileSync(join(run.dataOut, 'report/index.html'), 'utf8');
    expect(report).toContain('Two regions, made by hand');
    for (const trace of ['Beijing', 'NOx', 'province', 'CNY', 'undefined', 'NaN']) expect(report).not.toContain(trace);
  });
});
