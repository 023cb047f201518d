import { StageError, suggest, type Parameter, type StageContext } from '../../runner/stage.ts';
import { choiceParameter } from '../parameters.ts';
import { UNIT_NAMES, normal, unitNamed, type Unit } from './units.ts';

/** Columns of a record beside its emissions; a file may do without names. */
export const PLAIN_COLUMNS = ['id', 'name', 'industry', 'place'] as const;
export type PlainColumn = (typeof PLAIN_COLUMNS)[number];

/** What a column is called in the files, by what the parameter `columns` says. */
export interface MappedName {
  readonly name: string;
  readonly unit: Unit | null;
}

export interface EnterpriseOptions {
  readonly pollutants: readonly string[];
  /** By our names of columns; several where files differ. */
  readonly columns: ReadonlyMap<string, readonly MappedName[]>;
  /** What an empty emission is. */
  readonly blank: 'reject' | 'zero';
  /** Rejects allowed: a number of lines, below 1 a share of all lines; null: any number. */
  readonly maxRejects: number | null;
  /** Edition of GB/T 4754 that industry codes are of. */
  readonly industryEdition: 2011 | 2017;
}

const STAGE = 'enterprises';

/** @throws StageError that names the parameter, and the key in it */
export function readOptions(context: StageContext): EnterpriseOptions {
  const pollutants = pollutantNames(context.parameters['pollutants'] ?? null);
  return {
    pollutants,
    columns: mappedColumns(context.parameters['columns'] ?? {}, pollutants),
    blank: choiceParameter(context, STAGE, 'blank', ['reject', 'zero']),
    maxRejects: rejectLimit(context.parameters['max_rejects'] ?? null),
    industryEdition: edition(context.parameters['industry_edition'] ?? 2017),
  };
}

const fail = (parameter: string, value: unknown, remedy: string): StageError =>
  new StageError(`parameter ${parameter} of stage ${STAGE} is ${JSON.stringify(value)}`, remedy);

function pollutantNames(value: Parameter): string[] {
  const names = Array.isArray(value) ? (value as Parameter[]) : [];
  const texts = names.filter((name): name is string => typeof name === 'string' && name.trim() !== '');
  const different = new Set(texts.map(normal));
  if (texts.length === 0 || texts.length < names.length || different.size < texts.length)
    throw fail('pollutants', value, 'give names of pollutants, each once, for example [NOx, SO2]');
  const taken = texts.find((name) => (PLAIN_COLUMNS as readonly string[]).includes(normal(name)));
  if (taken !== undefined)
    throw fail('pollutants', value, `${taken} is a column of its own: call the pollutant otherwise`);
  return texts;
}

function rejectLimit(value: Parameter): number | null {
  if (value === null || (typeof value === 'number' && value >= 0)) return value;
  throw fail('max_rejects', value, 'give a number of lines, a share below 1, or null for any number');
}

function edition(value: Parameter): 2011 | 2017 {
  if (value === 2011 || value === 2017) return value;
  throw fail('industry_edition', value, 'set it to 2011 or 2017: older editions number the divisions otherwise');
}

const EXAMPLE = '{ id: 组织机构代码, NOx: { column: 氮氧化物排放量, unit: kg } }';

function mappedColumns(value: Parameter, pollutants: readonly string[]): Map<string, MappedName[]> {
  if (!isMap(value)) throw fail('columns', value, `give a map such as ${EXAMPLE}`);
  const columns = [...PLAIN_COLUMNS, ...pollutants];
  return new Map(
    Object.entries(value).map(([key, said]) => {
      const column = columns.find((known) => normal(known) === normal(key));
      if (column === undefined)
        throw new StageError(
          `parameter columns of stage ${STAGE} has the key ${key}, which is no column and none of its pollutants`,
          suggest(key, columns),
        );
      return [column, listed(said).flatMap((one) => mappedNames(key, one, pollutants.includes(column)))] as const;
    }),
  );
}

const listed = (value: Parameter): readonly Parameter[] =>
  Array.isArray(value) ? (value as readonly Parameter[]) : [value];
const isName = (value: Parameter): value is string => typeof value === 'string' && value.trim() !== '';

const FORMS =
  'give the name of the column in the files, { column: NAME, unit: kg }, or where files differ a list of either: [NAME, { column: [NAME, NAME], unit: kg }]';

/** What one entry says: a name, or names of one unit. */
function mappedNames(key: string, said: Parameter, isPollutant: boolean): MappedName[] {
  const at = `columns.${key}`;
  if (isName(said)) return [{ name: said, unit: null }];
  if (!isMap(said)) throw fail(at, said, FORMS);
  const names = listed(said['column'] ?? null);
  if (names.length === 0 || !names.every(isName)) throw fail(at, said, FORMS);
  const unknown = Object.keys(said).find((name) => name !== 'column' && name !== 'unit');
  if (unknown !== undefined) throw fail(`${at}.${unknown}`, said[unknown], suggest(unknown, ['column', 'unit']));
  const written = said['unit'] ?? null;
  if (written === null) return names.map((name) => ({ name, unit: null }));
  if (!isPollutant) throw fail(`${at}.unit`, written, 'only a pollutant has a unit: leave it out');
  const unit = typeof written === 'string' ? unitNamed(written) : null;
  if (unit === null) throw fail(`${at}.unit`, written, `give one of ${UNIT_NAMES}`);
  return names.map((name) => ({ name, unit }));
}

const isMap = (value: Parameter): value is Readonly<Record<string, Parameter>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
