import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'vitest';

/** Rows of a query on the results of a run, or of a results database by its path. */
export async function ask(results: string, sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(
      `ATTACH '${results.endsWith('.duckdb') ? results : `${results}/bth.duckdb`}' AS bth (READ_ONLY); USE bth`,
    );
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function number(dataOut: string, sql: string): Promise<number> {
  const [row] = await ask(dataOut, sql);
  const value = Object.values(row ?? {})[0] ?? null;
  // NULL is what a join without rows gives: nothing was checked.
  if (value === null) throw new Error(`the query gives no number: ${sql}`);
  return Number(value);
}

/** Each is a relative difference that has to vanish, with the tolerance that it has to vanish to. */
const identities = (dataOut: string): readonly { says: string; tolerance: number; sql: string }[] => [
  {
    says: 'production-based emissions are the consumption-based ones',
    tolerance: 1e-9,
    sql: `SELECT max(abs(e.t - c.t) / e.t)
      FROM (SELECT pollutant, sum(emission_t) t FROM emission GROUP BY ALL) e
      JOIN (SELECT pollutant, sum(emission_t) t FROM consumption GROUP BY ALL) c USING (pollutant)`,
  },
  {
    says: 'footprints by product are the consumption-based emissions of each consumer',
    tolerance: 1e-9,
    sql: `SELECT max(abs(f.t - c.t) / c.t)
      FROM (SELECT pollutant, consumer_region, sum(emission_t) t FROM footprint GROUP BY ALL) f
      JOIN (SELECT pollutant, consumer_region, sum(emission_t) t FROM consumption GROUP BY ALL) c USING (pollutant, consumer_region)`,
  },
  {
    says: 'flows by final demand add up to the emissions of each producer',
    tolerance: 1e-9,
    sql: `SELECT max(abs(f.t - e.emission_t) / greatest(e.emission_t, 1))
      FROM (SELECT pollutant, from_region, from_sector, sum(emission_t) t FROM final_demand_flow GROUP BY ALL) f
      JOIN emission e ON e.pollutant = f.pollutant AND e.region = from_region AND e.sector = from_sector`,
  },
  {
    says: 'the valid enterprises of a region and sector are its industrial emissions',
    tolerance: 1e-12,
    sql: `SELECT max(abs(e.emission_t - coalesce(kg, 0) / 1000) / greatest(e.emission_t, 1))
      FROM emission e
      LEFT JOIN (
        SELECT pollutant, region, sector, sum(emission_kg)::DOUBLE kg
        FROM enterprise JOIN enterprise_emission USING (file, line) GROUP BY ALL) USING (pollutant, region, sector)
      WHERE source = 'enterprises'`,
  },
  {
    says: 'energy use times the factor of the sector is all there is in the other emissions',
    tolerance: 1e-12,
    sql: `SELECT max(abs(e.emission_t - energy_tce * kg_per_tce / 1000) / greatest(e.emission_t, 1))
      FROM emission e
      LEFT JOIN read_parquet('${dataOut}/stand-in-emissions/stand_in_energy_use.parquet') USING (region, sector)
      LEFT JOIN read_parquet('${dataOut}/stand-in-emissions/stand_in_emission_factor.parquet') USING (pollutant, sector)
      WHERE source = 'energy use'`,
  },
  {
    says: 'no enterprise lies outside the emissions',
    tolerance: 1e-12,
    sql: `SELECT abs((SELECT sum(emission_kg)::DOUBLE / 1000 FROM enterprise_emission) - sum(emission_t)) / sum(emission_t)
      FROM emission WHERE source = 'enterprises'`,
  },
  {
    says: 'every row of the table adds up to its gross output',
    tolerance: 1e-6,
    sql: `SELECT max(abs(x.v + y.v - w.value) / greatest(w.value, 1))
      FROM gross_output w
      LEFT JOIN (SELECT from_region region, from_sector sector, sum(value) v FROM mrio GROUP BY ALL) x USING (region, sector)
      LEFT JOIN (SELECT from_region region, from_sector sector, sum(value) v FROM final_demand GROUP BY ALL) y USING (region, sector)`,
  },
  {
    says: 'every column of the table adds up to its gross output',
    tolerance: 1e-6,
    sql: `SELECT max(abs(x.v + z.value - w.value) / greatest(w.value, 1))
      FROM gross_output w
      LEFT JOIN (SELECT to_region region, to_sector sector, sum(value) v FROM mrio GROUP BY ALL) x USING (region, sector)
      LEFT JOIN primary_input z USING (region, sector)`,
  },
  {
    says: 'production less consumption adds up to nothing over the country',
    tolerance: 1e-9,
    sql: `SELECT abs(sum(net_inflow_t)) / sum(production_t) FROM region_balance`,
  },
];

/** (12): what the regions of a province add up to in the estimate, and what the target table says. */
const CONSISTENCY = (target: string): string => `
  WITH
    province AS (SELECT code, province FROM region),
    estimate AS (
      SELECT province, sector, sum(value) AS w
      FROM gross_output JOIN province ON code = region GROUP BY ALL),
    demand AS (
      SELECT province, from_sector AS sector, sum(value) AS y
      FROM final_demand JOIN province ON code = from_region GROUP BY ALL),
    primary_inputs AS (
      SELECT province, sector, sum(value) AS z
      FROM primary_input JOIN province ON code = region GROUP BY ALL),
    target AS (FROM read_parquet('${target}')),
    totals AS (
      SELECT from_region AS province, from_sector AS sector,
        sum(value) AS w, sum(value) FILTER (block <> 'intermediate') AS y
      FROM target WHERE from_region IS NOT NULL GROUP BY ALL),
    inputs AS (
      SELECT to_region AS province, to_sector AS sector, sum(value) AS z
      FROM target WHERE block = 'primary_input' GROUP BY ALL)
  SELECT greatest(
    max(abs(estimate.w - totals.w) / totals.w),
    max(abs(demand.y - totals.y) / greatest(totals.y, 1)),
    max(abs(primary_inputs.z - inputs.z) / inputs.z))
  FROM totals
  JOIN estimate USING (province, sector)
  JOIN demand USING (province, sector)
  JOIN primary_inputs USING (province, sector)
  JOIN inputs USING (province, sector)`;

/** Checks that what a run published is true to itself. */
export async function expectIdentities(dataOut: string): Promise<void> {
  for (const { says, tolerance, sql } of identities(dataOut)) {
    expect(await number(dataOut, sql), says).toBeLessThan(tolerance);
  }
  const consistency = await number(dataOut, CONSISTENCY(`${dataOut}/tables/target_table.parquet`));
  expect(consistency, 'the parts of a province add up to it in the target table: (12)').toBeLessThan(1e-6);
  const zeroOutput = await number(
    dataOut,
    `SELECT count(*) FROM sector_account WHERE gross_output = 0
       AND (direct_intensity <> 0 OR isnan(direct_intensity) OR isnan(multiplier))`,
  );
  expect(zeroOutput, 'sectors without output have no intensity').toBe(0);
  const uncommented = await ask(
    dataOut,
    `SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'bth' AND coalesce(comment, '') = ''
     UNION ALL SELECT table_name, NULL FROM duckdb_tables() WHERE database_name = 'bth' AND coalesce(comment, '') = ''`,
  );
  expect(uncommented, 'every table and column says what it is').toEqual([]);
}
