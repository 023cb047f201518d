import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declaredOutputs, testContext, type Row, type TestOutputs } from '../support/stage-context.ts';

/** Two cities, one province outside, two sectors. A makes for B; the province makes for A; B's second sector is empty. */
const region: Row[] = [
  { code: 'A', in_bth: true },
  { code: 'B', in_bth: true },
  { code: 'P', in_bth: false },
];
const sector: Row[] = [{ id: 1 }, { id: 2 }];
const account = (region: string, sector: number, output: number, production: number): Row => ({
  region,
  sector,
  gross_output_10k_cny: output,
  production_t: production, // prettier-ignore
});
const sectorAccount = [
  account('A', 1, 100, 30),
  account('A', 2, 100, 10),
  account('B', 1, 200, 10),
  account('B', 2, 0, 0),
  account('P', 1, 50, 40),
  account('P', 2, 50, 10),
];
const made = (producer_region: string, producer_sector: number, consumer_region: string, nox_t: number): Row => ({
  producer_region,
  producer_sector,
  consumer_region,
  nox_t, // prettier-ignore
});
const consumption = [
  made('A', 1, 'A', 10),
  made('A', 1, 'B', 20),
  made('A', 2, 'A', 10),
  made('B', 1, 'B', 7),
  made('B', 1, 'A', 3),
  made('P', 1, 'A', 15),
  made('P', 1, 'P', 25),
  made('P', 2, 'P', 10),
];
const flowing = (
  from_region: string,
  from_sector: number,
  to_region: string,
  to_sector: number,
  nox_t: number,
): Row => ({
  from_region,
  from_sector,
  to_region,
  to_sector,
  nox_t, // prettier-ignore
});
const flow = [
  flowing('A', 1, 'B', 1, 20),
  flowing('A', 2, 'B', 1, 4),
  flowing('A', 1, 'A', 2, 99),
  flowing('B', 1, 'A', 1, 3),
  flowing('P', 1, 'A', 1, 15),
];

describe('orientation, intensity and efficiency, by hand', () => {
  let outputs: TestOutputs;
  beforeAll(async () => {
    outputs = await testContext({
      inputs: { region, sector, sector_account: sectorAccount, consumption, flow },
      parameters: {
        bases: [
          { name: 'average', sector: null },
          { name: 'first', sector: 1 },
        ],
      },
      outputs: declaredOutputs('intensity'),
    }).run('stages/intensity.sql');
  });
  afterAll(() => {
    outputs.close();
  });

  it('balances production and consumption, in the country and inside the agglomeration', async () => {
    expect(await outputs.rows('city_balance')).toEqual([
      {
        region: 'A',
        production_t: 40,
        consumption_t: 38,
        net_inflow_t: 2,
        net_inflow_within_t: 17,
        orientation: 'production',
      },
      {
        region: 'B',
        production_t: 10,
        consumption_t: 27,
        net_inflow_t: -17,
        net_inflow_within_t: -17,
        orientation: 'consumer',
      },
      {
        region: 'P',
        production_t: 50,
        consumption_t: 35,
        net_inflow_t: 15,
        net_inflow_within_t: null,
        orientation: 'production',
      },
    ]);
  });

  it('gives intensities by sector and on average, and none without output', async () => {
    const rows = await outputs.rows('intensity');
    const of = (region: string, sector: number | null): unknown =>
      rows.find((row) => row['region'] === region && row['sector'] === sector)?.['kg_per_10k_cny'];
    expect(of('A', 1)).toBe(300);
    expect(of('A', null)).toBe(200);
    expect(of('B', null)).toBe(50);
    expect(of('B', 2)).toBeNull();
    const a = rows.find((row) => row['region'] === 'A' && row['sector'] === 1);
    expect(a?.['t_per_million_cny']).toBe(30);
  });

  it('calls a flow inefficient where the producer is more intensive than the consumer', async () => {
    expect(await outputs.rows('flow_efficiency')).toEqual([
      { basis: 'average', from_region: 'A', to_region: 'B', nox_t: 24, efficient: false },
      { basis: 'average', from_region: 'B', to_region: 'A', nox_t: 3, efficient: true },
      { basis: 'first', from_region: 'A', to_region: 'B', nox_t: 20, efficient: false },
      { basis: 'first', from_region: 'B', to_region: 'A', nox_t: 3, efficient: true },
    ]);
  });
});

describe('networks, by hand', () => {
  it('hold the flows between different cities into their sectors, and the trade with provinces', async () => {
    const outputs = await testContext({
      inputs: { region, sector, flow: [...flow, flowing('A', 1, 'P', 2, 6)] },
      parameters: {
        networks: [
          { name: 'one', sectors: [1] },
          { name: 'both', sectors: [1, 2] },
        ],
      },
      outputs: declaredOutputs('networks'),
    }).run('stages/networks.sql');
    const network = await outputs.rows('network_flow');
    expect(
      network.map(({ network, from_region, from_sector, to_region, nox_t }) => [
        network,
        from_region,
        from_sector,
        to_region,
        nox_t,
      ]),
    ).toEqual([
      ['both', 'A', 1, 'B', 20],
      ['both', 'A', 2, 'B', 4],
      ['both', 'B', 1, 'A', 3],
      ['one', 'A', 1, 'B', 20],
      ['one', 'A', 2, 'B', 4],
      ['one', 'B', 1, 'A', 3],
    ]);
    const province = await outputs.rows('province_flow');
    expect(province).toEqual([
      { city: 'A', province: 'P', supplied_t: 15, consumed_t: 6 },
      { city: 'B', province: 'P', supplied_t: 0, consumed_t: 0 },
    ]);
    outputs.close();
  });
});
