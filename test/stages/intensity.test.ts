import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ofTwoPollutants } from '../support/pollutants.ts';
import { declaredOutputs, testContext, type Row, type TestOutputs } from '../support/stage-context.ts';

/** Two cities, one province outside, two sectors. A makes for B; the province makes for A; B's second sector is empty. */
const region: Row[] = [
  { code: 'A', in_focus: true },
  { code: 'B', in_focus: true },
  { code: 'P', in_focus: false },
];
const sector: Row[] = [{ id: 1 }, { id: 2 }];
const account = (region: string, sector: number, output: number, production: number): Row => ({
  region,
  sector,
  gross_output: output,
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
const made = (producer_region: string, producer_sector: number, consumer_region: string, emission_t: number): Row => ({
  producer_region,
  producer_sector,
  consumer_region,
  emission_t, // prettier-ignore
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
  emission_t: number,
): Row => ({
  from_region,
  from_sector,
  to_region,
  to_sector,
  emission_t, // prettier-ignore
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
      inputs: {
        ...{ region, sector, sector_account: ofTwoPollutants(sectorAccount, 'production_t') },
        consumption: ofTwoPollutants(consumption, 'emission_t'),
        flow: ofTwoPollutants(flow, 'emission_t'),
      },
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

  it('balances production and consumption, with all emissions and with those inside the group in focus', async () => {
    const nox: Row[] = [
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
    ];
    const amounts = ['production_t', 'consumption_t', 'net_inflow_t', 'net_inflow_within_t'];
    expect(await outputs.rows('region_balance')).toEqual(ofTwoPollutants(nox, ...amounts));
  });

  it('gives intensities by sector and on average, and none without output', async () => {
    const rows = await outputs.rows('intensity');
    const of = (region: string, sector: number | null, pollutant = 'NOx'): unknown =>
      rows.find((row) => row['pollutant'] === pollutant && row['region'] === region && row['sector'] === sector)?.[
        'kg_per_output'
      ];
    expect(of('A', 1)).toBe(300);
    expect(of('A', null)).toBe(200);
    expect(of('B', null)).toBe(50);
    expect(of('B', 2)).toBeNull();
    expect(of('A', 1, 'SO2')).toBe(1200);
  });

  it('calls a flow inefficient where the producer is more intensive than the consumer', async () => {
    const nox: Row[] = [
      { basis: 'average', sector: null, from_region: 'A', to_region: 'B', emission_t: 24, efficient: false },
      { basis: 'average', sector: null, from_region: 'B', to_region: 'A', emission_t: 3, efficient: true },
      { basis: 'first', sector: 1, from_region: 'A', to_region: 'B', emission_t: 20, efficient: false },
      { basis: 'first', sector: 1, from_region: 'B', to_region: 'A', emission_t: 3, efficient: true },
    ];
    expect(await outputs.rows('flow_efficiency')).toEqual(ofTwoPollutants(nox, 'emission_t'));
  });
});

describe('networks, by hand', () => {
  it('hold the flows between different regions in focus into their sectors, and the trade with those outside', async () => {
    const outputs = await testContext({
      inputs: { region, sector, flow: ofTwoPollutants([...flow, flowing('A', 1, 'P', 2, 6)], 'emission_t') },
      parameters: {
        networks: [
          { name: 'one', sectors: [1] },
          { name: 'both', sectors: [1, 2] },
        ],
      },
      outputs: declaredOutputs('networks'),
    }).run('stages/networks.sql');
    const network = await outputs.rows('network_flow');
    const nox = ['both', 'one'].flatMap((name) =>
      [flow[0]!, flow[1]!, flow[3]!].map((between) => ({ network: name, ...between })),
    );
    expect(network).toEqual(ofTwoPollutants(nox, 'emission_t'));
    const withOutside = [
      { region: 'A', outside_region: 'P', supplied_t: 15, consumed_t: 6 },
      { region: 'B', outside_region: 'P', supplied_t: 0, consumed_t: 0 },
    ];
    expect(await outputs.rows('outside_flow')).toEqual(ofTwoPollutants(withOutside, 'supplied_t', 'consumed_t'));
    outputs.close();
  });
});

describe('sectors that are named in a parameter', () => {
  const inputs = {
    ...{ region, sector, sector_account: ofTwoPollutants(sectorAccount, 'production_t') },
    consumption: ofTwoPollutants(consumption, 'emission_t'),
    flow: ofTwoPollutants(flow, 'emission_t'),
  };

  it('have to be there', async () => {
    const bases = [{ name: 'metals', sector: 14 }];
    const intensity = testContext({ inputs, parameters: { bases }, outputs: declaredOutputs('intensity') });
    await expect(intensity.run('stages/intensity.sql')).rejects.toThrow(
      /^parameter bases names sector 14, which .* not/,
    );
    const networks = [{ name: 'services', sectors: [1, 26] }];
    const network = testContext({ inputs, parameters: { networks }, outputs: declaredOutputs('networks') });
    await expect(network.run('stages/networks.sql')).rejects.toThrow(/^network services is to be of sector 26, which/);
  });

  it('need not be named: then there is no network', async () => {
    const none = testContext({ inputs, parameters: { networks: [] }, outputs: declaredOutputs('networks') });
    const outputs = await none.run('stages/networks.sql');
    expect(await outputs.rows('network_flow')).toEqual([]);
    expect(await outputs.rows('outside_flow')).toHaveLength(4);
    outputs.close();
  });
});
