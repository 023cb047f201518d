import { sqlText } from '../../formats/database.ts';
import type { StageContext } from '../../runner/stage.ts';
import { findIndustry, readIndustries } from './industries.ts';
import { amountName } from './load.ts';
import { kilograms, numberText } from './numbers.ts';
import type { EnterpriseOptions } from './parameters.ts';
import { readPlaces } from './places.ts';
import { rowsOf } from './rows.ts';

/**
 * Makes the tables industry_match (given, digits, sector, reason) and place_match (given, found, region, reason) of all
 * industries and places that are in the table record.
 */
export async function matchCodes(
  context: StageContext,
  { industryEdition }: Pick<EnterpriseOptions, 'industryEdition'>,
): Promise<void> {
  const industries = await readIndustries(context, industryEdition);
  const given = await distinct(context, 'industry');
  const found = given.map((text) => ({ digits: '', sector: 0, ...findIndustry(text, industries) }));
  await context.createTable('industry_match', {
    given,
    digits: found.map(({ digits }) => digits),
    sector: Uint8Array.from(found, ({ sector }) => sector),
    reason: found.map(({ reason }) => reason),
  });
  const places = await readPlaces(context);
  const names = await distinct(context, 'place');
  const regions = names.map((text) => ({ place: '', region: '', ...places.find(text) }));
  await context.createTable('place_match', {
    given: names,
    found: regions.map(({ place }) => place),
    region: regions.map(({ region }) => region),
    reason: regions.map(({ reason }) => reason),
  });
}

async function distinct(context: StageContext, column: string): Promise<string[]> {
  const found = await rowsOf(context, ['given'], `SELECT DISTINCT ${column} AS given FROM record ORDER BY given`);
  return found.map(({ given }) => String(given));
}

/** SQL name of the kilograms of a pollutant, by its number. */
export const kilogramsName = (pollutant: number): string => `kg_${pollutant}`;

/**
 * SELECT that gives each row of the table record exactly one row: (source, line, position, id, name, industry, place, region,
 * sector, kg_0, ..., reason, own_name). `reason` is the first thing that is wrong with the line by itself, or NULL; `own_name` is
 * the column it is in, NULL where it is the line. `position` orders all lines.
 */
export function checkedLines({ pollutants, blank }: Pick<EnterpriseOptions, 'pollutants' | 'blank'>): string {
  const amounts = pollutants.map((name, i) => ({ at: sqlText(name), amount: amountName(i), number: `number_${i}`, kg: kilogramsName(i), i })); // prettier-ignore
  const isBlank = (amount: string) => (blank === 'zero' ? `${amount} = ''` : 'false');
  const fault = (when: string, reason: string, at: string) =>
    `WHEN ${when} THEN {'reason': ${reason}, 'own_name': ${at}::VARCHAR}`;
  const faults = [
    fault('misshapen IS NOT NULL', 'misshapen', 'NULL'),
    fault(`id = ''`, `'id is empty'`, `'id'`),
    ...amounts.flatMap(({ at, amount, number, kg }) => [
      ...(blank === 'zero' ? [] : [fault(`${amount} = ''`, `'emission is empty'`, at)]),
      fault(`NOT ${isBlank(amount)} AND ${number} IS NULL`, `'emission is not a number'`, at),
      fault(`starts_with(${number}, '-') AND try_cast(${number} AS DOUBLE) < 0`, `'emission is negative'`, at),
      fault(`${kg} IS NULL`, `'emission is too large'`, at),
    ]),
    fault('industry_reason IS NOT NULL', 'industry_reason', `'industry'`),
    fault('place_reason IS NOT NULL', 'place_reason', `'place'`),
  ];
  return `
  WITH
    numbered AS (SELECT *, ${amounts.map(({ number, i }) => `${numberText(i)} AS ${number}`).join(', ')} FROM record),
    weighed AS (
      SELECT *, ${amounts.map(({ amount, number, kg, i }) => `if(${isBlank(amount)}, 0, ${kilograms(number, i)}) AS ${kg}`).join(', ')}
      FROM numbered
    ),
    matched AS (
      SELECT weighed.*, digits, sector, industry_match.reason AS industry_reason,
        found, region, place_match.reason AS place_reason
      FROM weighed
      JOIN industry_match ON industry_match.given = industry
      JOIN place_match ON place_match.given = place
    ),
    judged AS (SELECT *, CASE ${faults.join(' ')} END AS fault FROM matched)
  SELECT source, line, source * ${LINES} + line AS position, id, nullif(name, '') AS name, digits AS industry, found AS place, region,
    sector, ${amounts.map(({ kg }) => kg).join(', ')}, fault.reason AS reason, fault.own_name AS own_name
  FROM judged`;
}

/** More than a source has lines. */
const LINES = '1000000000000';

/**
 * SELECT of the positions of lines that repeat the id of an earlier line, both without a `reason` of their own.
 *
 * @param checked name of a table with the rows of `checkedLines`
 */
export const repeatedLines = (checked: string): string => `
  SELECT position
  FROM ${checked} JOIN (
    SELECT id, min(position) AS first_position FROM ${checked} WHERE reason IS NULL GROUP BY id HAVING count(*) > 1
  ) USING (id)
  WHERE reason IS NULL AND position > first_position`;
