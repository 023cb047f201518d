import { suggest } from './nearest.ts';
import {
  producers,
  type Output,
  type Pipeline,
  type Source,
  type StageDeclaration,
  type TableDeclaration,
} from './pipeline.ts';

/** Something in the pipeline that does not fit together, at a path in its file. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly remedy: string;
}

/** All that a schema cannot see: names, references, cycles, files. */
export function checkPipeline(pipeline: Pipeline, exists: (path: string) => boolean): Problem[] {
  const problems = [
    ...nameProblems(pipeline),
    ...[...pipeline.sources.values()].flatMap((source) => sourceProblems(source, pipeline)),
    ...[...pipeline.stages.values()].flatMap((stage) => stageProblems(stage, pipeline, exists)),
    ...publishProblems(pipeline),
  ];
  // A cycle can only be named when all names are known.
  return problems.length > 0 ? problems : cycleProblems(pipeline);
}

function nameProblems({ sources, stages }: Pipeline): Problem[] {
  const owner = new Map([...sources.keys()].map((name) => [name, 'a source']));
  const problems: Problem[] = [];
  for (const stage of stages.values()) {
    for (const { name } of stage.outputs) {
      const other = owner.get(name);
      if (other !== undefined) {
        const path = ['stages', stage.name, 'outputs', name];
        problems.push({
          path,
          part: 'key',
          message: `\`${name}\` is already the name of ${other}`,
          remedy: 'Give one of them another name: names are unique over the whole pipeline.',
        });
      }
      owner.set(name, `an output of stage \`${stage.name}\``);
    }
  }
  return problems;
}

function sourceProblems(source: Source, pipeline: Pipeline): Problem[] {
  const path = ['sources', source.name];
  const problems = source.table === null ? [] : tableProblems(source.table, path);
  if (source.table !== null && !/\.(csv|parquet)$/.test(source.file)) {
    problems.push({
      path: [...path, 'file'],
      part: 'value',
      message: 'only .csv and .parquet files can have declared columns',
      remedy: 'Remove `columns`, or convert the file.',
    });
  }
  const artifacts = [...producers(pipeline.stages.values()).keys()];
  if (source.otherwise !== null && !artifacts.includes(source.otherwise)) {
    problems.push({
      path: [...path, 'otherwise'],
      part: 'value',
      message: `no stage makes \`${source.otherwise}\``,
      remedy: suggest(source.otherwise, artifacts),
    });
  }
  const tables = new Map(
    [...pipeline.sources.values()]
      .filter((other) => other.otherwise === null)
      .map((other) => [other.name, other.table]),
  );
  return [...problems, ...referenceProblems(source.table, path, tables)];
}

function stageProblems(stage: StageDeclaration, pipeline: Pipeline, exists: (path: string) => boolean): Problem[] {
  const path = ['stages', stage.name];
  const problems: Problem[] = [];
  if (!exists(stage.run)) {
    problems.push({
      path: [...path, 'run'],
      part: 'value',
      message: `there is no file \`${stage.run}\``,
      remedy: 'Create it, or correct the path; it is relative to the project.',
    });
  }
  if (stage.outputs.length === 0) {
    problems.push({
      path: [...path, 'outputs'],
      part: 'key',
      message: `stage \`${stage.name}\` has no output`,
      remedy: 'Declare what it makes: a stage is run for its outputs only.',
    });
  }
  problems.push(...inputProblems(stage, pipeline));
  const tables = referable(stage, pipeline);
  for (const output of stage.outputs) problems.push(...outputProblems(stage, output, tables));
  return problems;
}

function inputProblems(stage: StageDeclaration, { sources, stages }: Pipeline): Problem[] {
  const known = [...sources.keys(), ...producers(stages.values()).keys()];
  return stage.inputs.flatMap((input, index): Problem[] => {
    const path = ['stages', stage.name, 'inputs', index];
    if (!known.includes(input)) {
      return [
        { path, part: 'value', message: `no source or artifact is named \`${input}\``, remedy: suggest(input, known) },
      ];
    }
    if (stage.inputs.indexOf(input) !== index) {
      return [{ path, part: 'value', message: `\`${input}\` is listed twice`, remedy: 'Remove one.' }];
    }
    if (stage.language === 'sql' && Object.hasOwn(stage.parameters, input)) {
      return [
        {
          path,
          part: 'value',
          message: `\`${input}\` is also the name of a parameter`,
          remedy: 'Rename the parameter: both are variables of the script.',
        },
      ];
    }
    return [];
  });
}

function outputProblems(
  stage: StageDeclaration,
  output: Output,
  tables: ReadonlyMap<string, TableDeclaration | null>,
): Problem[] {
  const path = ['stages', stage.name, 'outputs', output.name];
  if (output.kind === 'table') {
    return [...tableProblems(output, path), ...referenceProblems(output, path, tables)];
  }
  if (stage.language === 'sql') {
    return [
      {
        path,
        part: 'key',
        message: `an SQL stage writes tables, \`${output.name}\` is a ${output.kind}`,
        remedy: 'Declare `columns:`, or write the stage in TypeScript.',
      },
    ];
  }
  return [];
}

function tableProblems({ columns, key }: TableDeclaration, path: readonly PropertyKey[]): Problem[] {
  const names = columns.map(({ name }) => name);
  const problems = key.flatMap((name, index): Problem[] =>
    names.includes(name)
      ? []
      : [
          {
            path: [...path, 'key', index],
            part: 'value',
            message: `the key names no column \`${name}\``,
            remedy: suggest(name, names),
          },
        ],
  );
  for (const [index, name] of names.entries()) {
    const twin = names.slice(0, index).find((other) => other.toLowerCase() === name.toLowerCase());
    if (twin !== undefined) {
      problems.push({
        path: [...path, 'columns', name],
        part: 'key',
        message: `column \`${name}\` differs from \`${twin}\` in case only`,
        remedy: 'SQL does not tell them apart: rename one.',
      });
    }
  }
  return problems;
}

/** Tables that an output of a stage may refer to: the stage's inputs and its outputs; null: columns not declared. */
function referable(stage: StageDeclaration, { sources, stages }: Pipeline): Map<string, TableDeclaration | null> {
  const outputs = new Map(
    [...producers(stages.values()).values()].flatMap((maker) => maker.outputs.map((output) => [output.name, output])),
  );
  const tables = new Map<string, TableDeclaration | null>();
  for (const name of [...stage.inputs, ...stage.outputs.map((output) => output.name)]) {
    const source = sources.get(name);
    const output = outputs.get(source?.otherwise ?? name);
    tables.set(name, source?.table ?? (output?.kind === 'table' ? output : null));
  }
  return tables;
}

function referenceProblems(
  declared: TableDeclaration | null,
  path: readonly PropertyKey[],
  tables: ReadonlyMap<string, TableDeclaration | null>,
): Problem[] {
  return (declared?.columns ?? []).flatMap(({ name, references }): Problem[] => {
    if (references === undefined) return [];
    const at = { path: [...path, 'columns', name, 'references'], part: 'value' as const };
    const table = tables.get(references.table);
    if (table === undefined) {
      const remedy = `${suggest(references.table, tables.keys())} A reference goes to one of the stage's inputs or outputs, or from a source to a source.`;
      return [
        { ...at, message: `the reference \`${references.table}.${references.column}\` names no table at hand`, remedy },
      ];
    }
    const columns = table?.columns.map((column) => column.name) ?? [];
    if (columns.includes(references.column)) return [];
    return [
      {
        ...at,
        message: `\`${references.table}\` declares no column \`${references.column}\``,
        remedy: suggest(references.column, columns),
      },
    ];
  });
}

function publishProblems({ stages }: Pipeline): Problem[] {
  const taken = new Map<string, string>();
  const problems: Problem[] = [];
  for (const stage of stages.values()) {
    for (const { name, publishAs } of stage.outputs) {
      // Two files cannot have one path, and a file cannot be another's folder.
      const clash = [...taken].find(
        ([path]) => path === publishAs || path.startsWith(`${publishAs}/`) || publishAs.startsWith(`${path}/`),
      );
      if (clash !== undefined || publishAs === 'manifest.json') {
        const message = `data-out/${publishAs} is already the place of ${clash === undefined ? 'the manifest' : `\`${clash[1]}\``}`;
        problems.push({
          path: ['stages', stage.name, 'outputs', name],
          part: 'key',
          message,
          remedy: 'Set `publish_as` to another path.',
        });
      }
      taken.set(publishAs, name);
    }
  }
  return problems;
}

function cycleProblems(pipeline: Pipeline): Problem[] {
  const cycle = findCycle(pipeline);
  if (cycle === null) return [];
  const first = cycle[0]!;
  return [
    {
      path: ['stages', first.stage, 'inputs'],
      part: 'key',
      message: `stages wait for each other: ${[...cycle, first].map(({ stage }) => stage).join(' -> ')}`,
      remedy: `Remove one of these inputs: ${cycle.map(({ stage, input }) => `\`${input}\` of ${stage}`).join(', ')}.`,
    },
  ];
}

interface Link {
  readonly stage: string;
  /** The input through which it waits for the next one. */
  readonly input: string;
}

/** Stages that wait for each other in a ring, each with the input that closes its link; null if there are none. */
function findCycle({ sources, stages }: Pipeline): Link[] | null {
  const maker = producers(stages.values());
  const settled = new Set<string>();
  const trail: Link[] = [];
  const visit = (stage: StageDeclaration): Link[] | null => {
    const begins = trail.findIndex((link) => link.stage === stage.name);
    if (begins >= 0) return trail.slice(begins);
    if (settled.has(stage.name)) return null;
    for (const input of stage.inputs) {
      const next = maker.get(sources.get(input)?.otherwise ?? input);
      if (next === undefined) continue;
      trail.push({ stage: stage.name, input });
      const cycle = visit(next);
      if (cycle !== null) return cycle;
      trail.pop();
    }
    settled.add(stage.name);
    return null;
  };
  for (const stage of stages.values()) {
    const cycle = visit(stage);
    if (cycle !== null) return cycle;
  }
  return null;
}
