import type { StageContext } from '../../runner/stage.ts';
import { columnsOf, hasInputs, rows } from '../rows.ts';
import { readExports } from './exports-data.ts';

/** How many flows of each network are shown. */
const LARGEST_FLOWS = 5;

/** SQL: the codes of the regions of the page. They are those in focus; where none is, all. */
const SHOWN = '(SELECT code FROM region WHERE in_focus OR NOT EXISTS (FROM region WHERE in_focus))';

/** How many regions there are in all, in focus, and outside the page. */
export async function readExtent(context: StageContext) {
  const [extent] = await rows(
    context,
    { regions: 'number', inFocus: 'number', outside: 'number' },
    `SELECT count(*) AS regions, count(*) FILTER (in_focus) AS "inFocus",
       count(*) FILTER (code NOT IN ${SHOWN}) AS outside
     FROM region`,
  );
  return extent!;
}

type Extent = Awaited<ReturnType<typeof readExtent>>;

/** The emissions of each pollutant, by its name; what its tables are not among the inputs for, or say nothing on, is null. */
export async function readEmissions(context: StageContext, extent: Extent) {
  const between = extent.inFocus > 0;
  const pollutants = await rows(
    context,
    { pollutant: 'text' },
    'SELECT DISTINCT pollutant FROM region_balance ORDER BY pollutant',
  );
  const regions = await readRegions(context);
  const accounts = await readAccounts(context);
  const elsewhere = await readElsewhere(context);
  const exports = await readExports(context, SHOWN);
  const efficiency = between && hasInputs(context, 'flow_efficiency') ? await readEfficiency(context) : null;
  const networks = between && hasInputs(context, 'network_flow') ? await readNetworks(context) : null;
  const outside = extent.outside > 0 && hasInputs(context, 'outside_flow') ? await readOutside(context) : null;
  return pollutants.map(({ pollutant }) => ({
    pollutant,
    regions: ofPollutant(pollutant, regions),
    accounts: ofPollutant(pollutant, accounts),
    consumedFromElsewhere: ofPollutant(pollutant, elsewhere)[0]?.emission ?? 0,
    exports: exports.get(pollutant) ?? null,
    efficiency: efficiency && ofPollutant(pollutant, efficiency),
    networks: networks && ofPollutant(pollutant, networks),
    outside: outside && ofPollutant(pollutant, outside),
  }));
}

export type Emissions = Awaited<ReturnType<typeof readEmissions>>[number];
export type Region = Emissions['regions'][number];
export type OutsideRegion = NonNullable<Emissions['outside']>[number];

const ofPollutant = <Row extends { readonly pollutant: string }>(pollutant: string, given: readonly Row[]): Row[] =>
  given.filter((row) => row.pollutant === pollutant);

async function readRegions(context: StageContext) {
  const known = await columnsOf(context, 'region');
  const coordinate = (name: string): string => (known.has(name) ? `region.${name}` : `NULL::DOUBLE AS ${name}`);
  return rows(
    context,
    {
      pollutant: 'text',
      code: 'text',
      region: 'text',
      longitude: 'number',
      latitude: 'number',
      production: 'number',
      consumption: 'number',
      netInflow: 'number',
      orientation: 'text',
      intensity: 'number',
    },
    `SELECT region_balance.pollutant, code, name AS region, ${coordinate('longitude')}, ${coordinate('latitude')},
       production_t AS production, consumption_t AS consumption, net_inflow_t AS "netInflow", orientation,
       kg_per_output AS intensity
     FROM region
     JOIN region_balance ON region_balance.region = code
     LEFT JOIN intensity
       ON intensity.pollutant = region_balance.pollutant AND intensity.region = code AND intensity.sector IS NULL
     WHERE code IN ${SHOWN} ORDER BY region_balance.pollutant, consumption_t DESC, region.id`,
  );
}

/** SQL: the column by which sectors are grouped; without it, each is a group of its own. */
const groupColumn = async (context: StageContext): Promise<string> =>
  (await columnsOf(context, 'sector')).has('sector_group')
    ? 'coalesce(sector.sector_group, sector.name)'
    : 'sector.name';

/** The groups of sectors, in the order of their first. */
export async function readGroups(context: StageContext): Promise<string[]> {
  const group = await groupColumn(context);
  const groups = await rows(
    context,
    { name: 'text' },
    `SELECT ${group} AS name FROM sector GROUP BY ALL ORDER BY min(id)`,
  );
  return groups.map(({ name }) => name);
}

/** What each region emits by group of producing sectors, and causes by group of what it buys. */
async function readAccounts(context: StageContext) {
  const group = await groupColumn(context);
  return rows(
    context,
    { pollutant: 'text', region: 'text', account: 'text', group: 'text', emission: 'number' },
    `WITH account AS (
       SELECT pollutant, region, sector, 'production' AS account, production_t AS emission_t FROM sector_account
       UNION ALL SELECT pollutant, consumer_region, product_sector, 'consumption', emission_t FROM footprint)
     SELECT pollutant, region.name AS region, account, ${group} AS "group",
       sum(emission_t ORDER BY account.sector) AS emission
     FROM account JOIN region ON account.region = code JOIN sector ON account.sector = sector.id
     WHERE code IN ${SHOWN} GROUP BY pollutant, region.name, region.id, account, ${group}
     ORDER BY pollutant, region.id, account DESC, min(sector.id)`,
  );
}

/** What the consumption of the regions of the page causes outside. */
const readElsewhere = (context: StageContext) =>
  rows(
    context,
    { pollutant: 'text', emission: 'number' },
    `SELECT pollutant, sum(emission_t ORDER BY producer_region, producer_sector, consumer_region) AS emission
     FROM consumption WHERE consumer_region IN ${SHOWN} AND producer_region NOT IN ${SHOWN}
     GROUP BY pollutant`,
  );

const readEfficiency = (context: StageContext) =>
  rows(
    context,
    { pollutant: 'text', basis: 'text', sector: 'number', inefficient: 'number', total: 'number' },
    `SELECT pollutant, basis, sector,
       coalesce(sum(emission_t ORDER BY from_region, to_region) FILTER (NOT efficient), 0) AS inefficient,
       sum(emission_t ORDER BY from_region, to_region) AS total
     FROM flow_efficiency GROUP BY pollutant, basis, sector ORDER BY pollutant, basis`,
  );

/** What each region outside supplies to, and takes from, the regions in focus together. */
const readOutside = (context: StageContext) =>
  rows(
    context,
    { pollutant: 'text', code: 'text', region: 'text', supplied: 'number', consumed: 'number' },
    `SELECT pollutant, code, name AS region, sum(supplied_t ORDER BY outside_flow.region) AS supplied,
       sum(consumed_t ORDER BY outside_flow.region) AS consumed
     FROM outside_flow JOIN region ON code = outside_region
     GROUP BY pollutant, name, code, region.id ORDER BY pollutant, region.id`,
  );

const readNetworks = (context: StageContext) =>
  rows(
    context,
    {
      pollutant: 'text',
      network: 'text',
      fromRegion: 'text',
      fromSector: 'text',
      toRegion: 'text',
      toSector: 'text',
      emission: 'number',
      total: 'number',
    },
    `SELECT pollutant, network, producer.name AS "fromRegion", emitting.name AS "fromSector",
       consumer.name AS "toRegion", "using".name AS "toSector", emission_t AS emission, total
     FROM (
       SELECT *,
         sum(emission_t ORDER BY from_region, from_sector, to_region, to_sector) OVER (
           PARTITION BY pollutant, network) AS total,
         row_number() OVER (
           PARTITION BY pollutant, network
           ORDER BY emission_t DESC, from_region, from_sector, to_region, to_sector) AS place
       FROM network_flow WHERE emission_t > 0) AS ranked
     JOIN region AS producer ON producer.code = from_region
     JOIN region AS consumer ON consumer.code = to_region
     JOIN sector AS emitting ON emitting.id = from_sector
     JOIN sector AS "using" ON "using".id = to_sector
     WHERE place <= ${LARGEST_FLOWS} ORDER BY pollutant, network, place`,
  );
