import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { inject } from 'vitest';
import { literal, quoted, text } from '../../../runner/sql.ts';
import { columnsOf } from './origins.ts';

/**
 * Results of a study of four regions (three cities in focus, one province outside), three sectors and one pollutant.
 *
 * Emitted: Beijing 100,000 t, Tangshan 300,000 t, Langfang none; it has no output. Caused by consumption: 250,000,
 * 150,000 and 100,000 t, of which 120,000 t is emitted in Shanxi. Of the flows between cities 30 t of 40 t are inefficient.
 */
export type Row = Readonly<Record<string, string | number | boolean | null>>;
export type Tables = Readonly<Record<string, readonly Row[]>>;

/** Rows from lines of values. */
const rows = (columns: string, ...lines: readonly (readonly Row[string][])[]): Row[] =>
  lines.map((line) => Object.fromEntries(columns.split(' ').map((column, i) => [column, line[i] ?? null])));

/** Rows of one pollutant. */
const nox = (columns: string, ...lines: readonly (readonly Row[string][])[]): Row[] =>
  rows(columns, ...lines).map((row) => ({ pollutant: 'NOx', ...row }));

const PUBLISHED = 'statistic value unit measure from_regions from_sectors to_regions to_sectors place kind note';
const CORRELATION = 'factor r p_two_sided ci_low ci_high confidence n r_published note';
const FLOW = 'from_region from_sector to_region to_sector emission_t';

export const miniature: Tables = {
  region: rows(
    'id code name name_zh kind province gb2260 longitude latitude in_focus',
    [1, 'BJ', 'Beijing', '北京', 'city', 'BJ', '11', 116.4, 39.9, true],
    [2, 'TS', 'Tangshan', '唐山', 'city', 'HE', '1302', 118.2, 39.6, true],
    [3, 'LF', 'Langfang', '廊坊', 'city', 'HE', '1310', 116.7, 39.5, true],
    [4, 'SX', 'Shanxi', '山西', 'province', 'SX', '14', 112.6, 37.9, false],
  ),
  sector: rows(
    'id name name_zh sector_group emissions_from',
    [1, 'Metals', '金属', 'metal', 'enterprises'],
    [2, 'Construction', '建筑业', 'construction', 'energy use'],
    [3, 'Service', '服务业', 'service', 'energy use'],
  ),
  category: rows('category block name', ['intermediate', 'intermediate', 'Intermediate deliveries']),
  city_factor: rows(
    'region population_density land_price_average land_price_industrial gdp_per_capita tertiary_share printed_consumption_t',
    ['BJ', 1261, 9080, 1569, 87475, 76.5, 200000],
    ['TS', 569, 1465, 519, 76438, 35.64, 150000],
    ['LF', 691, 1750, 387, 40419, 55.27, 100000],
  ),
  published: rows(
    PUBLISHED,
    ['pearson_tertiary_share', 0.506, '1', 'pearson', null, null, null, null, 'Table 1', 'coefficient', null],
    ['consumption_t_BJ', 200000, 't', 'consumption', null, null, 'BJ', null, 'Table 1', 'total', null],
    ['orientation_TS', 1, 'orientation', 'orientation', 'TS', null, null, null, 'section 3.1', 'order', null],
    ['orientation_BJ', 0, 'orientation', 'orientation', 'BJ', null, null, null, 'section 3.1', 'order', null],
    ['main_supplier_SX', 1, 'membership', 'main supplier', 'SX', null, null, null, 'section 3.3', 'order', null],
    [
      'production_ratio',
      1.29,
      '1',
      'production over consumption',
      'TS',
      null,
      null,
      null,
      'section 3.1',
      'ratio',
      null,
    ],
    ['intensity_TS', 1.87, 'kg/10 000 CNY', 'intensity', 'TS', null, null, null, 'section 3.4', 'intensity', null],
    ['intensity_metals', 4.43, 'kg/10 000 CNY', 'intensity', 'TS', '1', null, null, 'section 3.4', 'intensity', null],
    ['metal_share', 0.0629, '1', 'flow share', 'TS', '1', 'BJ', '2 3', 'section 3.2', 'share', null],
    ['flow_t', 27530, 't', 'flow', 'SX', null, 'BJ', null, 'section 3.3', 'total', null],
  ),
  enterprise: rows(
    'file line id name industry place region sector',
    ['a.csv', 2, 'A1', null, '3110', '110100', 'BJ', 1],
    ['a.csv', 3, 'A2', 'Steel & Sons', '3110', '130200', 'TS', 1],
    ['a.csv', 6, 'A5', 'Third', '3110', '130200', 'TS', 1],
  ),
  enterprise_emission: nox(
    'file line emission_kg',
    ['a.csv', 2, 99000000.5],
    ['a.csv', 3, 299999999.5],
    ['a.csv', 6, 1000000],
  ),
  enterprise_reject: rows(
    'file line column_name reason raw',
    ['a.csv', 4, 'nox_kg', 'not a number: <b>', 'A3,"x",-5'],
    ['a.csv', 5, 'place', 'unknown place', 'A4,?'],
  ),
  enterprise_reject_summary: rows(
    'reason column_name lines share example',
    ['not a number: <b>', 'nox_kg', 1, 0.2, 'a.csv, line 4: x'],
    ['unknown place', 'place', 1, 0.2, 'a.csv, line 5: ?'],
  ),
  table_balance: rows(
    'table region sector row_total column_total relative_difference',
    ['reference_table', 'BJ', 1, 100, 100, 0],
    ['reference_table', 'TS', 1, 100, 101, -0.01],
  ),
  balance: rows(
    'table measure value unit most verdict places',
    ['reference_table', 'accounts', 12, '1', null, null, null],
    ['reference_table', 'accounts out of balance', 1, '1', 0, 'does not hold', 'TS.1'],
    ['target_table', 'accounts', 6, '1', null, null, null],
    ['mrio', 'spectral radius of A', 0.5432, '1', 1, 'holds', null],
    ['mrio', 'NOx: emissions', 534000, 't', null, null, null],
  ),
  emission: nox('region sector source emission_t', ['BJ', 1, 'enterprises', 100000], ['TS', 1, 'enterprises', 300000]),
  mrio: rows('from_region from_sector to_region to_sector value', ['BJ', 1, 'TS', 1, 12.5]),
  final_demand: rows('from_region from_sector to_region value', ['BJ', 1, 'export', 3]),
  primary_input: rows('region sector value', ['BJ', 1, 4]),
  gross_output: rows('region sector value', ['BJ', 1, 5]),
  anais_certificate: rows(
    'step objective primal dual_bound relative_gap max_relative_residual solver solver_status iterations',
    [1, 'least largest deviation', 0.4127731, 0.412773, 2.4e-7, 3.1e-9, 'highs', 'Optimal', 87],
    [2, 'least sum of deviations', 18231.77, 18229.6, 1.2e-4, 4.4e-8, 'highs', 'Optimal', 141],
  ),
  shadow_price: rows('step family from_region from_sector to_region to_sector unit datum price effect_of_percent', [
    1,
    'total output',
    'HE',
    1,
    null,
    null,
    '10 000 CNY',
    100,
    0.5,
    0.01,
  ]),
  anais_residual: rows('step family rows max_relative_residual before_repair at', [1, '(10)', 12, 3.1e-9, 4e-9, null]),
  sector_account: nox(
    'region sector gross_output production_t direct_intensity multiplier',
    ['BJ', 1, 50000, 99000, 1.98, 3],
    ['BJ', 3, 150000, 1000, 0.01, 1],
    ['TS', 1, 100000, 300000, 3, 4],
    ['LF', 1, 0, 0, 0, 0],
  ),
  consumption: nox(
    'producer_region producer_sector consumer_region emission_t',
    ['TS', 1, 'BJ', 130000],
    ['BJ', 1, 'BJ', 50000],
    ['SX', 1, 'BJ', 70000],
    ['TS', 1, 'TS', 150000],
    ['BJ', 1, 'LF', 50000],
    ['SX', 1, 'LF', 50000],
    ['SX', 1, 'SX', 9000],
    ['SX', 1, 'export', 5000],
  ),
  footprint: nox(
    'consumer_region product_sector emission_t',
    ['BJ', 2, 150000],
    ['BJ', 3, 100000],
    ['TS', 1, 150000],
    ['LF', 3, 100000],
    ['export', 1, 5000],
  ),
  flow: nox(FLOW, ['TS', 1, 'BJ', 2, 30], ['BJ', 1, 'TS', 1, 10]),
  final_demand_flow: nox('from_region from_sector product_region product_sector emission_t', ['TS', 1, 'BJ', 2, 20]),
  network_flow: nox(
    `network ${FLOW}`,
    ['construction', 'TS', 1, 'BJ', 2, 30],
    ['construction', 'BJ', 1, 'LF', 2, 40],
    ['construction', 'BJ', 3, 'TS', 2, 14],
    ['construction', 'TS', 1, 'LF', 2, 10],
    ['construction', 'BJ', 1, 'TS', 2, 5],
    ['construction', 'BJ', 3, 'LF', 2, 1],
    ['construction', 'LF', 1, 'BJ', 2, 0],
    ['service', 'BJ', 1, 'TS', 3, 8],
  ),
  outside_flow: nox(
    'region outside_region supplied_t consumed_t',
    ['BJ', 'SX', 41000, 1500],
    ['TS', 'SX', 1500, 250],
    ['LF', 'SX', 0, 0],
  ),
  region_balance: nox(
    'region production_t consumption_t net_inflow_t net_inflow_within_t orientation',
    ['BJ', 100000, 250000, -150000, -80000, 'consumer'],
    ['TS', 300000, 150000, 150000, 130000, 'production'],
    ['LF', 0, 100000, -100000, -50000, 'consumer'],
    ['SX', 134000, 9000, 125000, null, 'production'],
  ),
  intensity: nox(
    'region sector kg_per_output',
    ['BJ', null, 500.25],
    ['TS', null, 3000],
    ['LF', null, null],
    ['TS', 1, 3000],
  ),
  flow_efficiency: nox(
    'basis sector from_region to_region emission_t efficient',
    ['average', null, 'TS', 'BJ', 30, false],
    ['average', null, 'BJ', 'TS', 10, true],
    ['metals', 1, 'TS', 'BJ', 0, false],
  ),
  correlation: rows(
    CORRELATION,
    ['population_density', 0.797, 0.0011, 0.44, 0.94, 0.95, 13, 0.797, null],
    ['tertiary_share', 0.5032, 0.0797, -0.07, 0.83, 0.95, 13, 0.506, 'printed as 0.506; the printed rows give 0.503'],
  ),
  correlation_computed: rows(
    CORRELATION,
    ['population_density', 0.812, 0.0007, 0.4, 0.9, 0.95, 13, 0.797, null],
    ['tertiary_share', 0.4821, 0.09, -0.1, 0.8, 0.95, 13, 0.506, null],
  ),
  correlation_sample: rows(
    'region printed_t computed_t',
    ['BJ', 200000, 250000],
    ['TS', 150000, 150000],
    ['LF', 100000, 100000],
  ),
  validation_study: rows(
    'noise method status message wape stpe mad theil_u footprint_wape city_flow_wape inefficient_share true_inefficient_share',
    [0, 'ANAIS', 'solved', null, 0.16, 0.19, 0.00007, 0.154, 0.025, 0.164, 0.72, 0.75],
    [0, 'RAS', 'solved', null, 0.15, 0.18, 0.00006, 0.151, 0.03, 0.162, 0.73, 0.75],
    [0.05, 'ANAIS', 'no table', 'step 1 & 2', null, null, null, null, null, null, null, 0.75],
    [0.05, 'RAS', 'solved', null, 0.17, 0.2, 0.00008, 0.16, 0.04, 0.17, 0.71, 0.75],
  ),
  validation_national: rows(
    'noise method draws solved message wape wape_deviation stpe stpe_deviation mad mad_deviation theil_u theil_u_deviation',
    [0, 'ANAIS', 1, 1, null, 0.1, null, 0.11, null, 0.004, null, 0.12, null],
    [0, 'GRAS', 1, 1, null, 0.14, null, 0.15, null, 0.006, null, 0.16, null],
    [0, 'RAS', 1, 1, null, 0.11, null, 0.12, null, 0.005, null, 0.13, null],
    [0.05, 'ANAIS', 20, 20, null, 0.12, 0.01, 0.13, 0.02, 0.005, 0.001, 0.14, 0.015],
    [0.05, 'RAS', 20, 19, 'no way', 0.13, 0.02, 0.14, 0.01, 0.006, 0.002, 0.15, 0.025],
  ),
  comparison: rows(
    'statistic published ours unit relative_difference evidence note',
    ['pearson_tertiary_share', 0.506, 0.5032, '1', -0.0055, 'published fact', 'Contradicted'],
    ['consumption_t_BJ', 200000, 250000, 't', 0.25, 'calibrated stand-in', null],
    ['orientation_TS', 1, 0, 'orientation', -1, 'stand-in', null],
    ['orientation_BJ', 0, -1, 'orientation', null, 'stand-in', null],
    ['main_supplier_SX', 1, 0, 'membership', -1, 'stand-in', null],
    ['production_ratio', 1.29, 1.2904, '1', 0.0003, 'stand-in', 'Printed as 29% higher'],
    ['intensity_TS', 1.87, 1.87, 'kg/10 000 CNY', 0, 'stand-in', 'Printed in Mt'],
    ['intensity_metals', 4.43, 4.431, 'kg/10 000 CNY', 0.0002, 'stand-in', 'Printed in Mt; of cities'],
    ['metal_share', 0.0629, 0.075, '1', 0.1924, 'stand-in', 'Printed as 6.29%; of its transfer'],
    ['flow_t', 27530, null, 't', null, 'stand-in', null],
  ),
  calibration: rows('statistic target reached unit relative_residual', ['consumption_t_BJ', 200000, 200001, 't', 5e-6]),
};

/** It is gone after all tests. */
export const folder = mkdtempSync(join(inject('sharedFolder'), 'report-'));

/** Writes tables, with the types that pipeline.yaml declares, to Parquet files; returns their paths. */
export async function writeTables(tables: Tables): Promise<Record<string, string>> {
  const place = mkdtempSync(join(folder, 'tables-'));
  const instance = await DuckDBInstance.create(':memory:');
  const database = await instance.connect();
  const paths: Record<string, string> = {};
  for (const [name, lines] of Object.entries(tables)) {
    const columns = columnsOf(name);
    const declared = columns.map((column) => `${quoted(column.name)} ${column.type}`);
    await database.run(`CREATE TABLE ${quoted(name)} (${declared.join(', ')})`);
    for (const line of lines) {
      const values = columns.map((column) => literal(line[column.name] ?? null));
      await database.run(`INSERT INTO ${quoted(name)} VALUES (${values.join(', ')})`);
    }
    paths[name] = join(place, `${name}.parquet`);
    await database.run(`COPY ${quoted(name)} TO ${text(paths[name])} (FORMAT parquet)`);
  }
  database.closeSync();
  instance.closeSync();
  return paths;
}
