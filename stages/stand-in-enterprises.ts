import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { StageContext } from '../runner/stage.ts';
import { stage, StageError } from '../runner/stage.ts';
import { numberParameter, seedParameter } from './parameters.ts';
import { creditCode } from './stand-in/enterprise-ids.ts';
import type { EnterpriseRecord } from './stand-in/enterprise-lines.ts';
import { FAULTS, faultyLine, HEADER, validLine } from './stand-in/enterprise-lines.ts';
import { companyName, townName } from './stand-in/enterprise-names.ts';
import type { EnterpriseRecords, IndustrialCell, Place } from './stand-in/enterprise-records.ts';
import { drawRecords } from './stand-in/enterprise-records.ts';
import { createRandom, shuffle } from './stand-in/random.ts';

// Electricity from water, nuclear fuel, wind and sun, and its distribution: they burn nothing.
const WITHOUT_COMBUSTION = ['4413', '4414', '4415', '4416', '4420'];

/**
 * A full-size enterprise file: its valid lines add up, to the gram, to the cells of `stand_in_emission` that
 * enterprises report; the others each have one of the faults of real files.
 */
export default stage(async (context) => {
  const seed = seedParameter(context, 'stand-in-enterprises');
  const rows = numberParameter(context, 'stand-in-enterprises', 'rows', {
    accepts: (value) => Number.isSafeInteger(value) && value > 0,
    remedy: 'give a whole number above 0, for example 397720',
  });
  const faultyShare = numberParameter(context, 'stand-in-enterprises', 'faulty_share', {
    accepts: (value) => value >= 0 && value <= 0.5,
    remedy: 'give a share from 0 to 0.5, for example 0.005',
  });
  const faulty = Math.round(rows * faultyShare);
  const cells = await industrialCells(context);
  if (cells.length === 0 || rows - faulty < cells.length) {
    throw new StageError(
      `${rows - faulty} valid enterprises cannot stand for ${cells.length} industrial cells of stand_in_emission`,
      cells.length === 0
        ? 'Check that stand_in_emission has emissions > 0 in sectors whose emissions_from is enterprises.'
        : 'Raise the parameter rows of stand-in-enterprises, or lower faulty_share.',
    );
  }
  const records = drawRecords(cells, rows - faulty, faulty, seed);
  const output = createWriteStream(context.outputs['stand_in_enterprise_file']!);
  await pipeline(Readable.from(fileText(context, cells, records, seed)), output);
});

/** The file in pieces of some hundred kilobytes, its lines in random order. */
function* fileText(
  context: StageContext,
  cells: readonly IndustrialCell[],
  records: EnterpriseRecords,
  seed: number,
): Generator<string> {
  const names = createRandom(seed, 'company names');
  const faults = createRandom(seed, 'faults');
  const record = (row: number): EnterpriseRecord => {
    const cell = cells[records.cell[row]!]!;
    const place = cell.places[records.place[row]!]!;
    const industry = cell.classes[records.industry[row]!]!;
    const name = companyName(names, place.town, industry);
    return { id: creditCode(row, place.code), name, industry, place: place.code, grams: records.grams[row]! };
  };
  const isValid = (row: number) => row < records.valid;
  const order = lineOrder(records, seed);
  const idOnEarlierLine = (line: number): string => {
    let row;
    do row = order[faults.integer(line)]!;
    while (!isValid(row));
    return creditCode(row, cells[records.cell[row]!]!.places[records.place[row]!]!.code);
  };

  let lines = [HEADER];
  for (const [line, row] of order.entries()) {
    if (isValid(row)) lines.push(validLine(record(row)));
    else {
      const fault = FAULTS[(row - records.valid) % FAULTS.length]!;
      lines.push(faultyLine(fault, record(row), idOnEarlierLine(line), faults));
    }
    if (lines.length === 4096) {
      yield lines.join('\n') + '\n';
      context.progress({ done: line + 1, total: order.length, unit: 'rows' });
      lines = [];
    }
  }
  yield lines.map((line) => line + '\n').join('');
}

/** Rows in the order of their lines: shuffled, with a valid row first, so that a duplicate has one to repeat. */
function lineOrder(records: EnterpriseRecords, seed: number): Uint32Array {
  const order = Uint32Array.from(records.cell, (_, row) => row);
  shuffle(createRandom(seed, 'order of lines'), order);
  const firstValid = order.findIndex((row) => row < records.valid);
  [order[0], order[firstValid]] = [order[firstValid]!, order[0]!];
  return order;
}

async function industrialCells(context: StageContext): Promise<IndustrialCell[]> {
  const rows = await context.query(`
    SELECT emission.region, emission.sector, emission.emission_g
    FROM stand_in_emission AS emission JOIN sector ON sector.id = emission.sector
    WHERE sector.emissions_from = 'enterprises' AND emission.emission_g > 0
    ORDER BY emission.region, emission.sector`);
  const [places, classes] = [await placesByRegion(context), await classesBySector(context)];
  return texts(rows['region']).map((region, i) => {
    const sector = numbers(rows['sector'])[i]!;
    const grams = numbers(rows['emission_g'])[i]!;
    const of = { region, sector, grams, classes: classes.get(sector) ?? [], places: places.get(region) ?? [] };
    if (of.classes.length === 0) {
      throw new StageError(
        `Sector ${sector} emits in ${region}, but no class of industry_class belongs to it`,
        `Add its classes to ${context.places['industry_class']}, or its divisions to ${context.places['industry']}.`,
      );
    }
    if (of.places.length === 0) {
      throw new StageError(
        `Region ${region} has industrial emissions, but no place of the table place lies in it`,
        `Add its places to ${context.places['place']}, or correct gb2260 in ${context.places['region']}.`,
      );
    }
    if (!Number.isSafeInteger(grams)) {
      throw new StageError(
        `Region ${region}, sector ${sector}: ${grams} g is beyond 2^53 and cannot be split exactly`,
        'Check the unit of stand_in_emission: grams.',
      );
    }
    return of;
  });
}

async function placesByRegion(context: StageContext): Promise<Map<string, Place[]>> {
  const rows = await context.query(`
    SELECT region.code AS region, place.code, place.name_zh AS place
    FROM place JOIN region ON starts_with(place.code, region.gb2260)
    QUALIFY row_number() OVER (PARTITION BY place.code ORDER BY length(region.gb2260) DESC) = 1
    ORDER BY place.code`);
  const names = texts(rows['place']);
  const codes = texts(rows['code']);
  return grouped(
    texts(rows['region']),
    codes.map((code, i) => ({ code, town: townName(names[i]!) })),
  );
}

async function classesBySector(context: StageContext): Promise<Map<number, string[]>> {
  const rows = await context.query(`
    SELECT industry.sector, industry_class.class
    FROM industry_class JOIN industry ON industry.division = left(industry_class.class, 2)
    WHERE industry_class.class NOT IN (${WITHOUT_COMBUSTION.map((code) => `'${code}'`).join(', ')})
    ORDER BY industry_class.class`);
  return grouped([...numbers(rows['sector'])], texts(rows['class']));
}

function grouped<Key, Value>(keys: readonly Key[], values: readonly Value[]): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  keys.forEach((key, i) => {
    const group = groups.get(key);
    if (group) group.push(values[i]!);
    else groups.set(key, [values[i]!]);
  });
  return groups;
}

type QueryColumn = Float64Array | (string | null)[] | undefined;
const numbers = (column: QueryColumn): Float64Array => column as Float64Array;
const texts = (column: QueryColumn): string[] => column as string[];
