import { z } from 'zod';
import { INNER_PATH, INNER_PATH_OR_FOLDER, INNER_PATH_RULE } from './inner-path.ts';
import { suggest } from './nearest.ts';
import { BYTE_UNITS, parseBytes, parseSeconds, SECOND_UNITS } from './quantity.ts';
import { shown } from './shown.ts';

/** The smallest parts of the schema of pipeline.yaml: what a name, a path, a type or a quantity may look like. */

/** An object whose unknown keys are errors that name the key most like them. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const unknown = (issue as { keys: string[] }).keys[0] ?? '';
      return `unknown key \`${shown(unknown)}\`\n${suggest(unknown, Object.keys(shape))}`;
    },
  });
}

const named = (what: string, pattern: RegExp, rule: string) =>
  z.string().regex(pattern, { error: (issue) => `${what} \`${shown(String(issue.input))}\` is not allowed\n${rule}` });

export const artifactName = named(
  'the name',
  /^[a-z][a-z0-9_]{0,62}$/,
  'Use lower-case letters, digits and underscores, a letter first.',
);
export const stageName = named(
  'the stage name',
  /^[a-z][a-z0-9_-]{0,62}$/,
  'Use lower-case letters, digits, hyphens and underscores, a letter first.',
);
export const columnName = named(
  'the column name',
  /^[A-Za-z_][A-Za-z0-9_]{0,62}$/,
  'Use letters, digits and underscores.',
);

const pathThatFits = (form: RegExp) =>
  z
    .string()
    .min(1, { abort: true })
    .max(500)
    .regex(form, {
      error: (issue) => `the path \`${shown(String(issue.input))}\` leads outside the project\n${INNER_PATH_RULE}`,
    });

/** A path that stays inside the folder it is relative to. */
export const innerPath = pathThatFits(INNER_PATH);

/** Such a path, of a folder if it ends with a slash. */
export const innerPathOrFolder = pathThatFits(INNER_PATH_OR_FOLDER);

export const fileName = innerPath.regex(
  /^[^/]*$/,
  'a file name without folders is wanted\nUse `publish_as` to say where it goes in data-out.',
);

export const codeFile = innerPath.regex(
  /\.(ts|sql)$/,
  'a stage is a .ts or .sql file\nName the file that holds its code.',
);

const DUCKDB_TYPES = [
  ...['BOOLEAN', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'],
  ...['FLOAT', 'DOUBLE', 'VARCHAR', 'DATE', 'TIMESTAMP'],
];
const DECIMAL = /^DECIMAL\(([1-9]\d?),\s*(\d{1,2})\)$/;

/** Types may be written in small letters; JSON Schema knows no pattern that overlooks them. */
const inAnyLetters = (word: string): string => word.replace(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`);
const TYPE_PATTERN = String.raw`^\s*(?:${inAnyLetters(DUCKDB_TYPES.join('|'))}|${inAnyLetters('DECIMAL')}\((?:[1-9]|[12]\d|3[0-8]),\s*(?:\d|[0-3]\d)\))\s*$`;

export const columnType = z
  .string()
  .meta({
    examples: ['VARCHAR', 'DOUBLE', 'DECIMAL(18,3)'],
    anyOf: [{ enum: [...DUCKDB_TYPES, 'DECIMAL(18,3)'] }, { pattern: TYPE_PATTERN }],
  })
  .transform((written, context) => {
    const type = written.trim().toUpperCase();
    const decimal = DECIMAL.exec(type);
    if (decimal !== null && Number(decimal[1]) <= 38 && Number(decimal[2]) <= Number(decimal[1])) {
      return `DECIMAL(${decimal[1]!},${String(Number(decimal[2]))})`;
    }
    if (!DUCKDB_TYPES.includes(type)) {
      const remedy = suggest(type, [...DUCKDB_TYPES, 'DECIMAL(18,3)']);
      context.addIssue(`unknown column type \`${shown(written)}\`\n${remedy}`);
    }
    return type;
  });

export const reference = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*$/,
    'a reference names a table and a column\nWrite it as `table.column`.',
  )
  .meta({ examples: ['region.code'] })
  .transform((text) => {
    const [table = '', column = ''] = text.split('.');
    return { table, column };
  });

/**
 * A text that stands for a number. What an editor is to show of a text stands before its transformation: after it, zod takes
 * it for an example of the result.
 */
const quantity = (parse: (text: string) => number | null, units: readonly string[], example: string, rule: string) =>
  z
    .string()
    .meta({ pattern: String.raw`^\s*\d+(?:\.\d+)? ?(?:${units.join('|')})\s*$`, examples: [example] })
    .transform((text, context) => {
      const value = parse(text);
      if (value === null) context.addIssue(`\`${shown(text)}\` is not understood\n${rule}`);
      return value ?? 0;
    });

export const duration = quantity(
  parseSeconds,
  SECOND_UNITS,
  '30 min',
  'Write a number and its unit: 90 s, 30 min or 2 h.',
);
export const size = quantity(parseBytes, BYTE_UNITS, '2 GiB', 'Write a number and its unit: 512 MiB or 2 GiB.');

export const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'a text, number, true, false or null is wanted\nQuote it if it is a text.',
});
