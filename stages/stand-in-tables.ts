import { stage, StageError, type StageContext } from '../runner/stage.ts';
import { readAxes, readProvinceAxes, type Axes } from './accounts.ts';
import { seedParameter } from './parameters.ts';
import { aggregateToParents } from './stand-in/economy-aggregate.ts';
import { readCategoryTable } from './national-table.ts';
import { withUsesOf } from './stand-in/economy-national.ts';
import { economyNoise, otherYearNoise } from './stand-in/economy-noise.ts';
import { longTable } from './stand-in/economy-rows.ts';
import type { DetailedTable, Geography, NationalTable, OutputShare, YearFacts } from './stand-in/economy-types.ts';
import { economy } from './stand-in/economy.ts';

const YEAR = 2017;
const BASE_YEAR = 2012;

export default stage(async (context) => {
  const seed = seedParameter(context, 'stand-in-tables');
  const axes = await readAxes(context);
  const geography = await readGeography(context, axes);
  const facts = await readYear(context, axes, YEAR);
  const sizes = {
    regions: axes.regions.length,
    sectors: axes.sectors.length,
    categories: facts.national.demandCategories.length,
  };
  const noise = economyNoise(seed, sizes);
  context.progress({ done: 0, total: 2, note: `table of ${YEAR}` });
  const truth = economy(geography, facts, noise, await readOutputShares(context, axes));
  await writeLongTable(context, 'stand_in_true_mrio', truth.table);
  await writeLongTable(context, 'stand_in_target_mrio', aggregateToParents(truth.table, geography));

  context.progress({ done: 1, total: 2, note: `table of ${BASE_YEAR}` });
  const base = await readYear(context, axes, BASE_YEAR);
  const baseFacts = { ...base, national: withUsesOf(base.national, facts.national) };
  // ANAIS keeps structural zeros: what is traded in the year it estimates has to be traded in the base year.
  const reference = economy(geography, baseFacts, otherYearNoise(noise, seed, sizes), [], truth.shares);
  await writeLongTable(context, 'stand_in_reference_mrio', reference.table);
});

async function readGeography(context: StageContext, { regions, sectors }: Axes): Promise<Geography> {
  const { longitude, latitude } = await context.query(
    'SELECT longitude, latitude FROM region ORDER BY region.id, region.code',
  );
  const { provinceOf } = await readProvinceAxes(context);
  const { quotient } = await context.query(`
    SELECT coalesce(quotient, 1) AS quotient
    FROM region CROSS JOIN sector
    LEFT JOIN specialisation ON specialisation.region = region.code AND specialisation.sector = sector.id
    ORDER BY region.id, region.code, sector.id`);
  const quotients = quotient as Float64Array;
  if (quotients.length !== regions.length * sectors.length) {
    throw new StageError(
      `specialisation gives ${quotients.length} location quotients for ${regions.length} regions and ${sectors.length} sectors`,
      'give each region and sector one row at most in data-raw/specialisation.csv',
    );
  }
  return {
    regions,
    parents: regions.map((region) => provinceOf.get(region)!),
    longitude: longitude as Float64Array,
    latitude: latitude as Float64Array,
    quotients,
  };
}

async function readYear(context: StageContext, axes: Axes, year: number): Promise<YearFacts> {
  const { gdp, population } = await context.query(`
    SELECT gdp_100m_cny AS gdp, population_10k AS population
    FROM region LEFT JOIN regional_account ON regional_account.region = region.code AND year = ${year}
    ORDER BY region.id, region.code`);
  const facts = { gdp: gdp as Float64Array, population: population as Float64Array };
  const missing = axes.regions.filter((_, r) => !(facts.gdp[r]! > 0 && facts.population[r]! > 0));
  if (missing.length > 0) {
    throw new StageError(
      `regional_account has no GDP or no population of ${year} for ${missing.join(', ')}`,
      'add the rows to data-raw/regional-accounts.csv',
    );
  }
  return {
    national: await readNationalTable(context, axes, year),
    ...facts,
    demandWeight: await readDemandWeights(context),
  };
}

/**
 * Final demand leans towards what the study prints: where consumption-based emissions per GDP are above those of the
 * agglomeration, demand is larger than size and income say, by the square root. Without it, the emission intensities
 * that are fitted to these totals later would have to bear all of the difference.
 */
async function readDemandWeights(context: StageContext): Promise<Float64Array> {
  const { weight } = await context.query(`
    WITH city AS (
      SELECT region, value AS consumption, gdp_100m_cny AS gdp
      FROM published JOIN regional_account ON to_regions = region AND measure = 'consumption' AND year = ${YEAR}),
    mean AS (SELECT sum(consumption ORDER BY region) / sum(gdp ORDER BY region) AS per_gdp FROM city)
    SELECT coalesce(sqrt(consumption / gdp / per_gdp), 1) AS weight
    FROM region LEFT JOIN city ON city.region = region.code CROSS JOIN mean
    ORDER BY region.id, region.code`);
  return weight as Float64Array;
}

/** The national table of a year, exports kept apart from the categories of final demand. */
async function readNationalTable(context: StageContext, { sectors }: Axes, year: number): Promise<NationalTable> {
  const table = await readCategoryTable(context, 'national_table', sectors, year);
  const { demandCategories: all, finalDemand, primaryInput: primaryInputs, ...blocks } = table;
  const exported = all.indexOf('export');
  const column = (cell: number): number => cell % all.length;
  return {
    ...blocks,
    primaryInputs,
    demandCategories: all.filter((_, k) => k !== exported),
    finalDemand: finalDemand.filter((_, cell) => column(cell) !== exported),
    exports: finalDemand.filter((_, cell) => column(cell) === exported),
  };
}

/** The printed shares of output in the group in focus, which the true table meets exactly. */
async function readOutputShares(context: StageContext, axes: Axes): Promise<OutputShare[]> {
  const { region, sectors, share } = await context.query(`
    SELECT from_regions AS region, from_sectors AS sectors, value AS share
    FROM published WHERE measure = 'output share' ORDER BY statistic`);
  const { code } = await context.query('SELECT code FROM region WHERE in_focus ORDER BY region.id, region.code');
  const regions = (code as string[]).map((city) => axes.regions.indexOf(city));
  return (region as string[]).map((name, k) => ({
    region: axes.regions.indexOf(name),
    regions,
    sectors: (sectors as string[])[k]!.split(' ').map((sector) => axes.sectors.indexOf(Number(sector))),
    share: (share as Float64Array)[k]!,
  }));
}

async function writeLongTable(context: StageContext, output: string, table: DetailedTable): Promise<void> {
  const long = longTable(table);
  const orNull = (sectors: Int32Array): Float64Array =>
    Float64Array.from(sectors, (sector) => (sector < 0 ? NaN : sector));
  await context.writeTable(output, {
    from_region: Array.from(long.fromRegion, (region) => (region < 0 ? null : long.regions[region]!)),
    from_sector: orNull(long.fromSector),
    to_region: { labels: long.regions, indices: long.toRegion },
    to_sector: orNull(long.toSector),
    category: { labels: long.categories, indices: long.category },
    value: long.value,
  });
}
