import { z } from 'zod';
import { suggest } from './nearest.ts';
import { parseBytes, parseSeconds } from './quantity.ts';

const DUCKDB_TYPES = [
  ...['BOOLEAN', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'],
  ...['FLOAT', 'DOUBLE', 'VARCHAR', 'DATE', 'TIMESTAMP'],
];
const DECIMAL = /^DECIMAL\((\d{1,2}),\s*(\d{1,2})\)$/;

/** An object whose unknown keys are errors that name the key most like them. */
function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const unknown = (issue as { keys: string[] }).keys[0] ?? '';
      return `unknown key \`${unknown}\`\n${suggest(unknown, Object.keys(shape))}`;
    },
  });
}

const named = (what: string, pattern: RegExp, rule: string) =>
  z.string().regex(pattern, { error: (issue) => `${what} \`${String(issue.input)}\` is not allowed\n${rule}` });

const artifactName = named(
  'the name',
  /^[a-z][a-z0-9_]{0,62}$/,
  'Use lower-case letters, digits and underscores, a letter first.',
);
const stageName = named(
  'the stage name',
  /^[a-z][a-z0-9_-]{0,62}$/,
  'Use lower-case letters, digits, hyphens and underscores, a letter first.',
);
const columnName = named('the column name', /^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'Use letters, digits and underscores.');

/** A path that stays inside the folder it is relative to. */
const innerPath = z
  .string()
  .min(1)
  .max(500)
  .refine(staysInside, {
    error: (issue) =>
      `the path \`${String(issue.input)}\` leads outside the project\nUse a path relative to the project, without \`..\` and with forward slashes.`,
  });

function staysInside(path: string): boolean {
  const unsafe = path.startsWith('/') || path.includes('\\') || path.includes('\0') || /^[A-Za-z]:/.test(path);
  return !unsafe && path.split('/').every((part) => part !== '..' && part !== '.' && part !== '');
}

const fileName = innerPath.refine((path) => !path.includes('/'), {
  error: 'a file name without folders is wanted\nUse `publish_as` to say where it goes in data-out.',
});

function columnType(written: string, context: z.RefinementCtx): string {
  const type = written.trim().toUpperCase();
  const decimal = DECIMAL.exec(type);
  if (decimal !== null && Number(decimal[1]) <= 38 && Number(decimal[2]) <= Number(decimal[1])) {
    return `DECIMAL(${decimal[1]!},${decimal[2]!})`;
  }
  if (!DUCKDB_TYPES.includes(type)) {
    context.addIssue(`unknown column type \`${written}\`\n${suggest(type, [...DUCKDB_TYPES, 'DECIMAL(18,3)'])}`);
  }
  return type;
}

const reference = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*$/,
    'a reference names a table and a column\nWrite it as `table.column`.',
  )
  .transform((text) => {
    const [table = '', column = ''] = text.split('.');
    return { table, column };
  });

const column = z.preprocess(
  (value) => (typeof value === 'string' ? { type: value } : value),
  strict({
    type: z.string().transform(columnType),
    unit: z.string().optional(),
    description: z.string().optional(),
    nullable: z.boolean().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    references: reference.optional(),
  }),
);

const columns = z
  .record(columnName, column)
  .refine((said) => Object.keys(said).length > 0, 'a table has at least one column\nDeclare its columns.');
const key = z.array(columnName);
const evidence = z.string().min(1).optional();
const description = z.string().optional();

const source = strict({
  file: innerPath,
  evidence,
  description,
  columns: columns.optional(),
  key: key.optional(),
  otherwise: artifactName.optional(),
});

const output = strict({
  description,
  evidence,
  columns: columns.optional(),
  key: key.optional(),
  matrix: z.literal(true).optional(),
  unit: z.string().optional(),
  file: fileName.optional(),
  publish_as: innerPath.optional(),
  diagnosis: z.literal(true).optional(),
}).superRefine((said, context) => {
  const kinds = (
    [
      ['columns', 'a table'],
      ['matrix', 'a matrix'],
      ['file', 'a file'],
    ] as const
  ).filter(([kind]) => said[kind] !== undefined);
  if (kinds.length !== 1) {
    const what =
      kinds.length === 0
        ? 'does not say what it is'
        : `cannot be ${kinds.map(([, kind]) => kind).join(' and ')} at once`;
    context.addIssue(`it ${what}\nGive it one of \`columns:\` (a table), \`matrix: true\` or \`file: NAME\`.`);
  }
  if (said.key !== undefined && said.columns === undefined) context.addIssue('only a table has a key\nRemove `key`.');
  if (said.diagnosis !== undefined && said.columns === undefined) {
    context.addIssue('only a table can be a diagnosis\nRemove `diagnosis`.');
  }
  if (said.unit !== undefined && said.matrix === undefined) {
    context.addIssue('only a matrix has one unit\nGive the unit with each column.');
  }
});

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'a text, number, true, false or null is wanted\nQuote it if it is a text.',
});
type ParameterValue = string | number | boolean | null | ParameterValue[] | { [name: string]: ParameterValue };
const parameter: z.ZodType<ParameterValue> = z.lazy(() =>
  z.union([scalar, z.array(parameter), z.record(columnName, parameter)], {
    error: 'a parameter is a text, number, true, false, null, or a list or map of them\nQuote it if it is a text.',
  }),
);

const codeFile = innerPath.regex(/\.(ts|sql)$/, 'a stage is a .ts or .sql file\nName the file that holds its code.');

/** A text that stands for a number. */
const quantity = (parse: (text: string) => number | null, rule: string) =>
  z.string().transform((text, context) => {
    const value = parse(text);
    if (value === null) context.addIssue(`\`${text}\` is not understood\n${rule}`);
    return value ?? 0;
  });
const duration = quantity(parseSeconds, 'Write a number and its unit: 90 s, 30 min or 2 h.');
const size = quantity(parseBytes, 'Write a number and its unit: 512 MiB or 2 GiB.');

const stage = strict({
  run: codeFile.optional(),
  sh: z.string().regex(/\S/, 'the command is empty\nWrite what the shell is to run.').optional(),
  description,
  inputs: z.array(artifactName).optional(),
  optional_inputs: z.array(artifactName).optional(),
  parameters: z.record(columnName, parameter).optional(),
  provenance: z.boolean().optional(),
  threads: z.int().min(1).max(1024).optional(),
  memory: size.optional(),
  timeout: duration.optional(),
  retries: z.int().min(0).max(100).optional(),
  outputs: z.record(artifactName, output),
}).superRefine(({ run, sh, provenance }, context) => {
  if ((run === undefined) === (sh === undefined)) {
    const what = run === undefined ? 'does not say what it runs' : 'cannot have both `run` and `sh`';
    context.addIssue(`it ${what}\nGive it one of \`run: FILE\` (a .ts or .sql file) or \`sh: COMMAND\`.`);
  }
  if (sh !== undefined && provenance) {
    context.addIssue('a shell command is not shown where its inputs come from\nRemove `provenance`.');
  }
});

/** What pipeline.yaml may say, before names are resolved. */
export const pipelineSchema = strict({
  pipeline: stageName,
  sources: z.record(artifactName, source).optional(),
  stages: z.record(stageName, stage),
  scenarios: z.record(stageName, z.record(stageName, z.record(columnName, parameter))).optional(),
});

/** Of a pipeline file in which anything else may be wrong: the code file of each stage, null where none is named rightly. */
export const pipelineParts = z.object({
  stages: z.record(z.string(), z.object({ run: codeFile.nullable().catch(null) }).catch({ run: null })).catch({}),
});

export type WrittenPipeline = z.infer<typeof pipelineSchema>;
export type WrittenTable = Pick<WrittenPipeline['stages'][string]['outputs'][string], 'columns' | 'key'>;
