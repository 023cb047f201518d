import { sqlText } from '../../formats/database.ts';
import type { StageContext } from '../../runner/stage.ts';
import { fieldOf, structOf } from './by-pollutant.ts';
import { findIndustry, readIndustries } from './industries.ts';
import { ROUNDED_ID, UNCOMPUTED } from './load.ts';
import { kilograms, numberText } from './numbers.ts';
import type { EnterpriseOptions } from './parameters.ts';
import { readPlaces } from './places.ts';
import { rows } from '../rows.ts';

/**
 * Makes the tables industry_match (given, digits, sector, reason) and place_match (given, found, region, reason) of all
 * industries and places that are in the table record.
 */
async function matchCodes(
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

async function distinct(context: StageContext, column: string, where = ''): Promise<string[]> {
  const found = await rows(
    context,
    { given: 'text' },
    `SELECT DISTINCT ${column} AS given FROM record ${where} ORDER BY given`,
  );
  return found.map(({ given }) => given);
}

/** What ids have to differ in: not in case, and not in full-width letters. */
const idForm = (id: string): string => id.normalize('NFKC').toUpperCase();

/** Makes the table id_form (given, form) of the ids in the table record with more than ASCII, whose form SQL cannot give. */
async function matchIds(context: StageContext): Promise<void> {
  const given = await distinct(context, 'id', 'WHERE strlen(id) > length(id)');
  await context.createTable('id_form', { given, form: given.map(idForm) });
}

/** Makes the table checked_line: the rows of `checkedLines`, where lines that repeat an id have that as their reason. */
export async function checkLines(context: StageContext, options: EnterpriseOptions): Promise<void> {
  await matchCodes(context, options);
  await matchIds(context);
  await context.database.run(`
    CREATE TEMP TABLE checked_line AS ${checkedLines(options)};
    UPDATE checked_line SET id_form = form FROM id_form WHERE id = given;
    UPDATE checked_line SET reason = 'duplicate id', own_name = 'id'
    WHERE position IN (${repeatedLines('checked_line')})`);
}

/**
 * SELECT that gives each row of the table record exactly one row: (source, line, position, id, id_form, name, industry, place,
 * region, sector, kg, reason, own_name). `reason` is the first thing that is wrong with the line by itself, or NULL; `own_name`
 * is the column it is in, NULL where it is the line. `position` orders all lines; ids are the same if their `id_form` is; `kg`
 * has the kilograms of each pollutant.
 */
function checkedLines({ pollutants, blank }: Pick<EnterpriseOptions, 'pollutants' | 'blank'>): string {
  const isBlank = (pollutant: string) => (blank === 'zero' ? `${fieldOf('amount', pollutant)} = ''` : 'false');
  const kilogramsOf = (pollutant: string) =>
    `if(${isBlank(pollutant)}, 0, ${kilograms(fieldOf('number', pollutant), fieldOf('shift', pollutant))})`;
  const fault = (when: string, reason: string, at: string) =>
    `WHEN ${when} THEN {'reason': ${reason}, 'own_name': ${at}::VARCHAR}`;
  const amountFaults = pollutants.flatMap((pollutant) => {
    const at = sqlText(pollutant);
    const amount = fieldOf('amount', pollutant);
    const number = fieldOf('number', pollutant);
    const kg = fieldOf('kg', pollutant);
    return [
      ...(blank === 'zero' ? [] : [fault(`${amount} = ''`, `'emission is empty'`, at)]),
      fault(`${amount} = '${UNCOMPUTED}'`, `'formula without a value'`, at),
      fault(`NOT ${isBlank(pollutant)} AND ${number} IS NULL`, `'emission is not a number'`, at),
      fault(`starts_with(${number}, '-') AND try_cast(${number} AS DOUBLE) < 0`, `'emission is negative'`, at),
      fault(`${kg} IS NULL`, `'emission is too large'`, at),
    ];
  });
  const faults = [
    fault('misshapen IS NOT NULL', 'misshapen', 'NULL'),
    fault(`id = ''`, `'id is empty'`, `'id'`),
    fault(
      `rounded OR (contains(id, '+') AND regexp_full_match(id, '${ROUNDED_ID}'))`,
      `'id is rounded by the spreadsheet'`,
      `'id'`,
    ),
    ...amountFaults,
    fault('industry_reason IS NOT NULL', 'industry_reason', `'industry'`),
    fault('place_reason IS NOT NULL', 'place_reason', `'place'`),
  ];
  return `
  WITH
    numbered AS (
      SELECT *, ${structOf(pollutants, (pollutant) => numberText(fieldOf('amount', pollutant)))} AS number FROM record
    ),
    weighed AS (SELECT *, ${structOf(pollutants, kilogramsOf)} AS kg FROM numbered),
    matched AS (
      SELECT weighed.*, digits, sector, industry_match.reason AS industry_reason,
        found, region, place_match.reason AS place_reason
      FROM weighed
      JOIN industry_match ON industry_match.given = industry
      JOIN place_match ON place_match.given = place
    ),
    judged AS (SELECT *, CASE ${faults.join(' ')} END AS fault FROM matched)
  SELECT source, line, source * ${LINES} + line AS position, id, upper(id) AS id_form, nullif(name, '') AS name, digits AS industry,
    found AS place, region, sector, kg, fault.reason AS reason, fault.own_name AS own_name
  FROM judged`;
}

/** More than a source has lines. */
const LINES = '1000000000000';

/**
 * SELECT of the positions of lines that repeat the id of an earlier line, both without a `reason` of their own.
 *
 * @param checked name of a table with the rows of `checkedLines`
 */
const repeatedLines = (checked: string): string => `
  SELECT position
  FROM ${checked} JOIN (
    SELECT id_form, min(position) AS first_position FROM ${checked} WHERE reason IS NULL GROUP BY id_form HAVING count(*) > 1
  ) USING (id_form)
  WHERE reason IS NULL AND position > first_position`;
