import { z } from 'zod';
import { parameterType } from './parameter-type-schema.ts';
import {
  artifactName,
  codeFile,
  columnName,
  columnType,
  duration,
  fileName,
  innerPath,
  innerPathOrFolder,
  reference,
  scalar,
  size,
  stageName,
  strict,
} from './schema-pieces.ts';

/** The schema of pipeline.yaml. Editors show its descriptions: pipeline.schema.json is made from it. */

const description = (of: string) => z.string().optional().meta({ description: of });

const column = z
  .preprocess(
    (value) => (typeof value === 'string' ? { type: value } : value),
    strict({
      type: columnType.describe('Its DuckDB type.'),
      unit: z
        .string()
        .optional()
        .meta({ description: 'Its unit; stored with outputs.', examples: ['t', 'CNY', '1'] }),
      description: description('What it means; stored with outputs.'),
      nullable: z.boolean().optional().describe('`true`: may be NULL, an empty field of a CSV.'),
      min: z.number().optional().describe('The least value, itself included.'),
      max: z.number().optional().describe('The largest value, itself included.'),
      references: reference.optional().describe('`table.column`: every value has to be there; NULL refers to nothing.'),
    }),
  )
  .meta({ id: 'column', description: 'A type, or a map of what is known of the column.', shorthand: 'type' });

const columns = z
  .record(columnName, column)
  .refine((said) => Object.keys(said).length > 0, 'a table has at least one column\nDeclare its columns.')
  .optional();
const atLeastOne = { minProperties: 1 };
const key = z
  .array(columnName)
  .optional()
  .meta({ description: 'Columns that together are unique.', examples: [['shop', 'year']] });
/** Fields of something that the base may have: each may be left out, which leaves it as it is there, or null, which removes it. */
function changeable(fields: z.ZodRawShape): z.ZodRawShape {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const said = (field as z.ZodType).meta()?.description;
      return [name, z.nullable(field).optional().meta({ description: said })] as const;
    }),
  );
}

const evidence = (of: string) =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ description: of, examples: ['published fact', 'stand-in', "user's data"] });

const sourceFields = {
  file: innerPathOrFolder.meta({
    description:
      'Its path, relative to the folder of the project; of a folder, with all files in it, if it ends with a slash.',
    examples: ['data-raw/sales.csv', 'data-raw/user/sales/'],
  }),
  evidence: evidence('What kind of knowledge it is.'),
  description: description('What it is.'),
  columns: columns.meta({
    ...atLeastOne,
    description: 'Its columns. With them it is read and checked as a table (`.csv` or `.parquet`) before any use.',
    examples: [{ shop: 'VARCHAR', amount: 'DOUBLE' }],
  }),
  key,
  otherwise: artifactName.optional().describe('The artifact that stands in while the file is not there.'),
};
const source = strict(sourceFields).describe('A file from outside.');
const changedSource = strict(changeable(sourceFields))
  .nullable()
  .meta({ description: 'A file from outside; what is not said is as in the base.' });

const outputFields = {
  description: description('What it is; stored with tables and matrices.'),
  evidence: evidence('The label given to it; without one it is whatever its inputs are.'),
  columns: columns.meta({
    ...atLeastOne,
    description: 'Makes it a table, stored as Parquet, with exactly these columns.',
    examples: [{ shop: 'VARCHAR', amount: 'DOUBLE' }],
  }),
  key,
  matrix: z.literal(true).optional().describe('`true`: makes it a matrix, stored as Arrow.'),
  unit: z
    .string()
    .optional()
    .meta({ description: 'The unit of a matrix.', examples: ['1'] }),
  file: fileName.optional().meta({
    description: 'Makes it a file: the name that the stage writes it under.',
    examples: ['report.html'],
  }),
  publish_as: innerPath.optional().meta({
    description: 'Its path in `data-out/`. Default: `STAGE/ARTIFACT.parquet`, `.arrow`, or `STAGE/FILE`.',
    examples: ['report/index.html'],
  }),
  receipts: z
    .literal(true)
    .optional()
    .describe('`true`: a DuckDB database that is published with the tables `receipt` and `lineage`.'),
  diagnosis: z.literal(true).optional().describe('`true`: a table that says why its stage fails, row by row.'),
};
const output = strict(outputFields)
  .superRefine((said, context) => {
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
    if (said.receipts !== undefined && said.file?.endsWith('.duckdb') !== true) {
      context.addIssue('only a file that is a DuckDB database can hold receipts\nRemove `receipts`.');
    }
    if (said.unit !== undefined && said.matrix === undefined) {
      context.addIssue('only a matrix has one unit\nGive the unit with each column.');
    }
  })
  .meta({
    id: 'output',
    description: 'A table (`columns`), a matrix (`matrix: true`) or a file (`file: NAME`).',
    oneOf: [{ required: ['columns'] }, { required: ['matrix'] }, { required: ['file'] }],
    dependencies: { key: ['columns'], diagnosis: ['columns'], receipts: ['file'], unit: ['matrix'] },
  });
const changedOutput = strict(changeable(outputFields))
  .meta({
    id: 'changed_output',
    description: 'What a stage makes; what is not said is as in the base. Null: it is not made.',
  })
  .nullable();

type ParameterValue = string | number | boolean | null | ParameterValue[] | { [name: string]: ParameterValue };
const parameter: z.ZodType<ParameterValue> = z
  .lazy(() =>
    z.union([scalar, z.array(parameter), z.record(columnName, parameter)], {
      error: 'a parameter is a text, number, true, false, null, or a list or map of them\nQuote it if it is a text.',
    }),
  )
  .meta({ id: 'parameter' });

const names = z.array(artifactName).optional();

const stageFields = {
  run: codeFile.optional().meta({
    description: 'Its code: a `.sql` or `.ts` file.',
    examples: ['stages/totals.sql'],
  }),
  sh: z
    .string()
    .regex(/\S/, 'the command is empty\nWrite what the shell is to run.')
    .optional()
    .meta({
      description:
        'A shell command, instead of `run`; `{inputs.NAME}`, `{outputs.NAME}`, `{parameters.NAME}` and `{file:PATH}` become one quoted word each.',
      examples: ['sort {inputs.sale} > {outputs.sorted}'],
    }),
  description: description('What it does.'),
  inputs: names.meta({
    description: 'Names of sources and artifacts. The order of stages follows from them.',
    examples: [['sale', 'shop']],
  }),
  optional_inputs: names.describe('Tables that are read if they are there anyway.'),
  parameters: z
    .record(columnName, parameter)
    .optional()
    .meta({
      description: 'Texts, numbers, true, false, null, and lists and maps of them.',
      examples: [{ confidence: 0.95 }],
    }),
  parameter_types: z
    .record(columnName, parameterType)
    .optional()
    .meta({
      description: 'The type of each parameter, checked before anything runs, in scenarios too.',
      examples: [{ seed: 'integer', share: { type: 'number', min: 0, max: 1 }, kind: { one_of: ['near', 'far'] } }],
    }),
  provenance: z
    .boolean()
    .optional()
    .describe('`true`: the stage sees what all its inputs were made from. It then runs if any of that changes.'),
  described_inputs: z
    .boolean()
    .optional()
    .describe('`true`: each table that it reads needs a description, and each column of it.'),
  threads: z.int().min(1).max(1024).optional().describe("DuckDB's threads in this stage. Default: all."),
  memory: size
    .optional()
    .describe('What it needs at most, for the planning of parallel stages. Default: what it took the last time.'),
  timeout: duration.optional().describe('After so long it is ended and has failed. Default: never.'),
  retries: z.int().min(0).max(100).optional().describe('How many times it is tried again after it has failed.'),
};
const stage = strict({
  ...stageFields,
  outputs: z.record(artifactName, output).meta({ ...atLeastOne, description: 'What it makes, by name; at least one.' }),
})
  .superRefine(({ run, sh, provenance }, context) => {
    if ((run === undefined) === (sh === undefined)) {
      const what = run === undefined ? 'does not say what it runs' : 'cannot have both `run` and `sh`';
      context.addIssue(`it ${what}\nGive it one of \`run: FILE\` (a .ts or .sql file) or \`sh: COMMAND\`.`);
    }
    if (sh !== undefined && provenance) {
      context.addIssue('a shell command is not shown where its inputs come from\nRemove `provenance`.');
    }
  })
  .meta({
    id: 'stage',
    description: 'A step of the work: code, what it reads and what it makes.',
    oneOf: [{ required: ['run'] }, { required: ['sh'] }],
    not: { required: ['sh', 'provenance'], properties: { provenance: { const: true } } },
  });
const changedStage = strict(
  changeable({
    ...stageFields,
    outputs: z
      .record(artifactName, changedOutput)
      .meta({ ...atLeastOne, description: 'What it makes, by name: of these, what differs from the base.' }),
  }),
)
  .refine(
    ({ run, sh }) => typeof run !== 'string' || typeof sh !== 'string',
    'it cannot have both `run` and `sh`\nGive it one of `run: FILE` (a .ts or .sql file) or `sh: COMMAND`.',
  )
  .meta({
    id: 'changed_stage',
    description: 'A step of the work; what is not said is as in the base, without a value all of it.',
    not: { required: ['run', 'sh'], properties: { run: { type: 'string' }, sh: { type: 'string' } } },
  })
  .nullable();

const scenarios = z
  .record(stageName, z.record(stageName, z.record(columnName, parameter)))
  .optional()
  .meta({
    description: 'Other values of some parameters, by scenario, stage and parameter.',
    examples: [{ strict: { totals: { least: 20 } } }],
  });

const units = z
  .record(columnName, z.string().min(1))
  .optional()
  .meta({
    description: 'Units by name, to be written in braces where a unit is named, and in texts of parameters.',
    examples: [{ money: 'million EUR' }],
  });

const licence = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9.+-]+|https?:\/\/\S+)$/,
    'a licence is named by its SPDX id, or by a URL\nWrite it as `CC-BY-4.0` or `https://...`.',
  )
  .optional()
  .meta({
    description: 'The licence of the data in the results, by SPDX id or URL. Default: none is given.',
    examples: ['CC-BY-4.0'],
  });

const BASE = 'Another pipeline file: what a source or stage of the same name does not say here is as it is there.';

/** What pipeline.yaml may say, before names are resolved; with `base` it says what its base and it say together. */
export const pipelineSchema = strict({
  pipeline: stageName.meta({ description: 'Name of the pipeline.', examples: ['shops'] }),
  // So that an editor offers it, and a slip of the pen is known for what it is: `changesSchema` is for a file that has it.
  base: z.never().optional().describe(BASE),
  licence,
  units,
  sources: z
    .record(artifactName, source)
    .optional()
    .meta({ description: 'Files from outside, by name.', examples: [{ sale: { file: 'data-raw/sales.csv' } }] }),
  stages: z.record(stageName, stage).describe('What is computed, by name of the stage.'),
  scenarios,
});

/** What a pipeline file with a base may say: parts of sources and stages, too. */
export const changesSchema = strict({
  pipeline: pipelineSchema.shape.pipeline,
  base: innerPath.meta({ description: BASE, examples: ['pipeline.yaml'] }),
  licence,
  units,
  sources: z
    .record(artifactName, changedSource)
    .optional()
    .meta({
      description: 'Files from outside, by name: those that differ from the base.',
      examples: [{ sale: { file: 'data-raw/other.csv' } }],
    }),
  stages: z.record(stageName, changedStage).describe('What is computed, by name of the stage: of the base these only.'),
  scenarios,
});

/** Of a pipeline file in which anything else may be wrong: the code file of each stage, null where none is named rightly. */
export const pipelineParts = z.object({
  stages: z.record(z.string(), z.object({ run: codeFile.nullable().catch(null) }).catch({ run: null })).catch({}),
});

/** Tables by name, as outputs declare them. */
export const tablesSchema = z.record(artifactName, output);

export type WrittenPipeline = z.infer<typeof pipelineSchema>;
export type WrittenTable = Pick<WrittenPipeline['stages'][string]['outputs'][string], 'columns' | 'key'>;
