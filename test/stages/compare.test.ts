import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Origin } from '../../runner/stage.ts';
import { ofTwoPollutants } from '../support/pollutants.ts';
import { declaredOutputs, testContext, type Row, type TestOutputs } from '../support/stage-context.ts';

/** Three cities and two provinces, two sectors. A is production-oriented, B a consumer, C nearly in balance. */
const region: Row[] = [
  { code: 'A', id: 1, in_focus: true },
  { code: 'B', id: 2, in_focus: true },
  { code: 'C', id: 3, in_focus: true },
  { code: 'P', id: 4, in_focus: false },
  { code: 'Q', id: 5, in_focus: false },
];
const sector: Row[] = [
  { id: 1, sector_group: 'goods' },
  { id: 2, sector_group: 'services' },
];

/** Rows of a table, written as on paper: its column names, then its values. */
function table(columns: string, ...rows: (string | number | boolean | null)[][]): Row[] {
  const names = columns.split(' ');
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]!])));
}

const inputs: Record<string, Row[]> = {
  region,
  sector,
  region_balance: table(
    'region production_t consumption_t net_inflow_t orientation',
    ['A', 60, 50, 10, 'production'],
    ['B', 30, 40, -10, 'consumer'],
    ['C', 10, 10.4, -0.4, 'consumer'],
    ['P', 500, 300, 200, 'production'],
  ),
  sector_account: table(
    'region sector production_t gross_output',
    ['A', 1, 40, 100],
    ['A', 2, 20, 100],
    ['B', 1, 30, 200],
    ['B', 2, 0, 100],
    ['C', 1, 10, 50],
    ['P', 1, 500, 900],
  ),
  intensity: table(
    'region sector kg_per_output',
    ['A', null, 300],
    ['A', 1, 400],
    ['A', 2, 200],
    ['B', null, 100],
    ['B', 1, 150],
    ['B', 2, 0],
    ['C', null, 200],
    ['C', 1, 200],
    ['C', 2, null],
    ['P', null, 555],
  ),
  footprint: table(
    'consumer_region product_sector emission_t',
    ['A', 1, 20],
    ['A', 2, 30],
    ['B', 1, 10],
    ['B', 2, 30],
    ['C', 1, 10],
    ['P', 2, 300],
  ),
  flow: table(
    'from_region from_sector to_region to_sector emission_t',
    ['A', 1, 'B', 1, 12],
    ['A', 1, 'B', 2, 8],
    ['A', 2, 'B', 1, 4],
    ['C', 1, 'B', 1, 3],
    ['B', 1, 'A', 1, 6],
    ['B', 1, 'B', 1, 77],
    ['P', 1, 'A', 1, 100],
    ['P', 1, 'B', 1, 50],
  ),
  outside_flow: table(
    'region outside_region supplied_t consumed_t',
    ['A', 'P', 10, 1],
    ['B', 'P', 5, 2],
    ['A', 'Q', 2, 7],
    ['B', 'Q', 11, 8],
  ),
  flow_efficiency: table(
    'basis sector from_region to_region emission_t efficient',
    ['all', null, 'A', 'B', 24, false],
    ['all', null, 'B', 'A', 6, true],
    ['all', null, 'C', 'B', 6, false],
    ['goods', 1, 'A', 'B', 1000, false],
  ),
  correlation: table('factor r', ['wealth', 0.8]),
  enterprise: table('id', ['1'], ['2'], ['3']),
  enterprise_reject: table('line', [7]),
  consumption: table('emission_t', [1]),
  calibration: table('statistic', ['consumption A']),
};

/** Of another pollutant there is four times as much: none of it may be counted. */
const ofBothPollutants = Object.fromEntries(
  ['region_balance', 'sector_account', 'intensity', 'footprint', 'flow', 'outside_flow', 'flow_efficiency'].map(
    (name) => {
      const amounts = Object.keys(inputs[name]![0]!).filter((column) => !column.includes('sector'));
      return [name, ofTwoPollutants(inputs[name]!, ...amounts)];
    },
  ),
);

/** Measure, emitting regions and sectors, using regions and sectors, and what it is by hand. */
const cases: [string, string, string | null, string | null, string | null, string | null, number][] = [
  ['consumption A', 'consumption', null, null, 'A', null, 50],
  ['share of two', 'consumption share', null, null, 'A B', null, 90 / 100.4],
  ['services', 'footprint share', null, null, null, '2', 60 / 100],
  ['goods', 'production share', 'A B', '1', null, null, 70 / 90],
  ['most goods', 'production share, greatest', 'A B', '1', null, null, 1],
  ['least goods', 'production share, least', 'A B', '1', null, null, 2 / 3],
  ['ratio', 'production over consumption', 'A C', null, null, null, 70 / 60.4],
  ['orientation A', 'orientation', 'A', null, null, null, 1],
  ['orientation B', 'orientation', 'B', null, null, null, -1],
  ['orientation C', 'orientation', 'C', null, null, null, 0],
  ['output', 'output share', 'A', '1', null, null, 100 / 350],
  ['from outside', 'flow', 'P', null, 'A', null, 100],
  ['inflow of B', 'flow within', null, null, 'B', '1', 19],
  ['share of A', 'flow share', 'A', null, 'B', '1', 16 / 19],
  ['intensity', 'intensity', 'A', null, null, null, 300],
  ['mean intensity', 'intensity', 'A C', null, null, null, 250],
  ['above', 'intensity above average', 'A', null, null, null, 0.5],
  ['below', 'intensity below average', 'B', null, null, null, 0.5],
  ['most intensive', 'sector intensity of production cities, greatest', null, '1 2', null, null, 400],
  ['least intensive', 'sector intensity of consumer cities, least', null, '1', null, null, 150],
  ['inefficient', 'inefficient share', null, null, null, null, 30 / 36],
  ['inefficient by A', 'inefficient share of producers', 'A', null, null, null, 24 / 30],
  ['supplier P', 'main supplier', 'P', null, null, null, 1],
  ['consumer P', 'main consumer', null, null, 'P', null, 0],
  ['pearson_wealth', 'pearson', null, null, null, null, 0.8],
  ['count_enterprises', 'record count', null, null, null, null, 4],
  ['count_regions', 'count', null, null, null, null, 5],
  ['count_cities', 'count', null, null, null, null, 3],
  ['count_provinces', 'count', null, null, null, null, 2],
  ['count_sectors', 'count', null, null, null, null, 2],
  ['count_sector_groups', 'count', null, null, null, null, 2],
  ['not measured', 'unknown to the stage', null, null, null, null, NaN],
];
const published = cases.map(([statistic, measure, from_regions, from_sectors, to_regions, to_sectors]) => ({
  ...{ statistic, value: 2, unit: '1', measure, from_regions, from_sectors, to_regions, to_sectors },
  note: null,
}));

const origin = (artifact: string, evidence: string | null, ...made: string[]): Origin => ({
  ...{ artifact, evidence, inputs: made, stage: null, sha256: '', description: '', columns: {} },
});

const compare = (origins: Origin[]): Promise<TestOutputs> =>
  testContext({
    inputs: { ...inputs, ...ofBothPollutants, published },
    parameters: { pollutant: 'NOx', about_equal: 0.05 },
    outputs: declaredOutputs('compare'),
    origins,
  }).run('stages/compare.sql');

const evidence = async (outputs: TestOutputs): Promise<Map<string, unknown>> =>
  new Map((await outputs.rows('comparison')).map((row) => [row['statistic'] as string, row['evidence']]));

describe('comparison with the printed figures, by hand', () => {
  let outputs: TestOutputs;
  beforeAll(async () => {
    outputs = await compare([
      origin('file', 'stand-in'),
      origin('enterprise', null, 'file'),
      origin('consumption', null, 'enterprise'),
      origin('correlation', 'published fact'),
    ]);
  });
  afterAll(() => {
    outputs.close();
  });

  it('has one row for each printed figure', async () => {
    const rows = await outputs.rows('comparison');
    expect(rows.map(({ statistic }) => statistic).sort()).toEqual(cases.map(([statistic]) => statistic).sort());
  });

  it.each(cases)('computes %s (%s)', async (statistic, _, __, ___, ____, _____, expected) => {
    const row = (await outputs.rows('comparison')).find((row) => row['statistic'] === statistic)!;
    if (Number.isNaN(expected)) {
      expect(row).toMatchObject({ ours: null, relative_difference: null });
      return;
    }
    expect(row['ours']).toBeCloseTo(expected, 12);
    expect(row['relative_difference']).toBeCloseTo((expected - 2) / 2, 12);
  });

  it('calls what was fitted to a figure calibrated, and what rests on the paper alone a fact', async () => {
    const labels = await evidence(outputs);
    expect(labels.get('consumption A')).toBe('calibrated stand-in');
    expect(labels.get('share of A')).toBe('stand-in');
    expect(labels.get('count_enterprises')).toBe('calibrated stand-in');
    expect(labels.get('count_regions')).toBe('published fact');
    expect(labels.get('pearson_wealth')).toBe('published fact');
  });

  it("calls it the user's data where no stand-in had a part in it", async () => {
    const own = await compare([
      origin('file', "user's data"),
      origin('table', 'stand-in'),
      origin('enterprise', null, 'file'),
      origin('consumption', null, 'enterprise', 'table'),
      origin('correlation', 'published fact'),
    ]);
    const labels = await evidence(own);
    expect(labels.get('count_enterprises')).toBe("user's data");
    expect(labels.get('share of A')).toBe("stand-in + user's data");
    expect(labels.get('consumption A')).toBe("stand-in + user's data");
    expect(labels.get('count_regions')).toBe('published fact');
    own.close();
  });
});
