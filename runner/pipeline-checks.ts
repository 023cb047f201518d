import { findCycle } from './cycle.ts';
import { descriptionProblems } from './description-checks.ts';
import { missingFile } from './inner-path.ts';
import { suggest } from './nearest.ts';
import { parameterProblems, settable } from './parameter-types.ts';
import { producers, tableNamed, type Output, type Pipeline, type Source, type StageDeclaration } from './pipeline.ts';
import { problem, type Problem } from './problem.ts';
import { commandProblems } from './shell-command.ts';
import { isFolder } from './source-files.ts';
import { tableProblems, unitProblems, type Referable } from './table-declaration-checks.ts';
import type { YamlPath } from './yaml-document.ts';

/** The stage of the base that makes each artifact; without a base there is none. */
type MadeInBase = ReadonlyMap<string, StageDeclaration>;

/** What a pipeline has from its base. */
interface FromBase {
  readonly made: MadeInBase;
  /** Whether what is at a path is said by the base only. */
  readonly has: (path: YamlPath) => boolean;
}

const NO_BASE: FromBase = { made: new Map(), has: () => false };

/** All that a schema cannot see: names, references, cycles, files. */
export function checkPipeline(
  pipeline: Pipeline,
  exists: (path: string) => boolean,
  base: FromBase = NO_BASE,
): Problem[] {
  const madeInBase = base.made;
  const problems = [
    ...nameProblems(pipeline),
    ...[...pipeline.sources.values()].flatMap((source) => sourceProblems(source, pipeline, madeInBase)),
    ...[...pipeline.stages.values()].flatMap((stage) => stageProblems(stage, pipeline, exists, base)),
    ...publishProblems(pipeline),
    ...scenarioProblems(pipeline),
    ...parameterProblems(pipeline),
    ...descriptionProblems(pipeline),
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
        const message = `\`${name}\` is already the name of ${other}`;
        const remedy = 'Give one of them another name: names are unique over the whole pipeline.';
        problems.push(problem(['stages', stage.name, 'outputs', name], 'key', message, remedy));
      }
      owner.set(name, `an output of stage \`${stage.name}\``);
    }
  }
  return problems;
}

function sourceProblems(source: Source, pipeline: Pipeline, madeInBase: MadeInBase): Problem[] {
  const path = ['sources', source.name];
  const problems = source.table === null ? [] : tableProblems(source.table, path, referableFromSource(pipeline));
  if (source.table !== null && !/\.(csv|parquet)$/.test(source.file)) {
    const message = `only .csv and .parquet files can be tables${isFolder(source.file) ? ', not folders' : ''}`;
    problems.push(problem([...path, 'file'], 'value', message, 'Convert the file, or declare no columns for it.'));
  }
  const artifacts = [...producers(pipeline.stages.values()).keys()];
  if (source.otherwise !== null && !artifacts.includes(source.otherwise)) {
    const message = `no stage makes \`${source.otherwise}\``;
    problems.push(
      problem([...path, 'otherwise'], 'value', message, remedyFor(source.otherwise, artifacts, pipeline, madeInBase)),
    );
  }
  return problems;
}

/** Sources are read before any stage runs, so they can only refer to sources that are always there. */
const referableFromSource = ({ sources }: Pipeline): Referable =>
  new Map([...sources.values()].filter(({ otherwise }) => otherwise === null).map(({ name, table }) => [name, table]));

/** Tables that an output of a stage may refer to: the stage's inputs and its outputs. */
function referableFromStage(stage: StageDeclaration, pipeline: Pipeline): Referable {
  const names = [...stage.inputs, ...stage.outputs.map(({ name }) => name)];
  return new Map(names.map((name) => [name, tableNamed(pipeline, name)]));
}

function stageProblems(
  stage: StageDeclaration,
  pipeline: Pipeline,
  exists: (path: string) => boolean,
  base: FromBase,
): Problem[] {
  const path = ['stages', stage.name];
  const problems = inputProblems(stage, pipeline, base);
  if (stage.language === 'shell') problems.push(...commandProblems(stage, pipeline.root, exists));
  else if (!exists(stage.run)) {
    const { message, remedy } = missingFile(stage.run, pipeline.root);
    problems.push(problem([...path, 'run'], 'value', message, remedy));
  }
  if (stage.outputs.length === 0) {
    const remedy = 'Declare what it makes: a stage is run for its outputs only.';
    problems.push(problem([...path, 'outputs'], 'key', `stage \`${stage.name}\` has no output`, remedy));
  }
  const referable = referableFromStage(stage, pipeline);
  return problems.concat(stage.outputs.flatMap((output) => outputProblems(stage, output, referable)));
}

/** What nobody here makes may be made in the base. */
function remedyFor(artifact: string, known: readonly string[], { stages }: Pipeline, madeInBase: MadeInBase): string {
  const stage = madeInBase.get(artifact);
  if (stage === undefined) return suggest(artifact, known);
  if (stages.has(stage.name)) {
    return `The stage \`${stage.name}\` of the base makes it, but not as it is here: declare it under its \`outputs\`.`;
  }
  return `The stage \`${stage.name}\` of the base makes it: name that stage under \`stages:\` here.`;
}

function inputProblems(stage: StageDeclaration, pipeline: Pipeline, base: FromBase): Problem[] {
  const { sources, stages, absentTables } = pipeline;
  const madeInBase = base.made;
  const known = [...sources.keys(), ...producers(stages.values()).keys()];
  const strange = stage.inputs.filter((input) => !known.includes(input));
  if (strange.length > 1 && base.has(['stages', stage.name, 'inputs']))
    return [inheritedInputsProblem(stage, strange, pipeline, madeInBase)];
  const listed = [
    ...stage.inputs.map((input, index) => ({ input, list: 'inputs', index })),
    ...stage.optionalInputs.map((input, index) => ({ input, list: 'optional_inputs', index })),
  ];
  return listed.flatMap(({ input, list, index }, place) => {
    const path = ['stages', stage.name, list, index];
    if (!known.includes(input) && !(list === 'optional_inputs' && absentTables.has(input))) {
      const message = `no source or artifact is named \`${input}\``;
      // A file from outside can be in the place of anything but a matrix.
      const kind = madeInBase.get(input)?.outputs.find(({ name }) => name === input)?.kind ?? 'matrix';
      const instead = kind !== 'matrix' ? ` Or name a file of your own for \`${input}\` under \`sources:\`.` : '';
      return [problem(path, 'value', message, `${remedyFor(input, known, pipeline, madeInBase)}${instead}`)];
    }
    if (listed.findIndex((other) => other.input === input) !== place) {
      return [problem(path, 'value', `\`${input}\` is listed twice`, 'Remove one.')];
    }
    if (list === 'optional_inputs' && tableNamed(pipeline, input) === null) {
      const message = `\`${input}\` is no table with declared columns`;
      return [problem(path, 'value', message, 'Only such a table can be left without rows: move it to `inputs`.')];
    }
    if (stage.language === 'sql' && Object.hasOwn(stage.parameters, input)) {
      const remedy = 'Rename the parameter: both are variables of the script.';
      return [problem(path, 'value', `\`${input}\` is also the name of a parameter`, remedy)];
    }
    return [];
  });
}

/** A list of the base that is about more than there is here: it is told once, with the list that would do. */
function inheritedInputsProblem(
  { name, inputs }: StageDeclaration,
  strange: readonly string[],
  { stages }: Pipeline,
  madeInBase: MadeInBase,
): Problem {
  const message = `stage \`${name}\` reads what is not here: ${strange.join(', ')}`;
  const here = inputs.filter((input) => !strange.includes(input));
  const makers = new Set(
    strange.flatMap((input) => {
      const maker = madeInBase.get(input)?.name;
      return maker === undefined || stages.has(maker) ? [] : [maker];
    }),
  );
  const others =
    makers.size === 0 ? '' : ` Or name under \`stages:\` what makes the others: ${[...makers].join(', ')}.`;
  const remedy = `Give it \`inputs:\` of its own, with what there is here: \`inputs: [${here.join(', ')}]\`.${others}`;
  return problem(['stages', name, 'inputs'], 'key', message, remedy);
}

function outputProblems(stage: StageDeclaration, output: Output, referable: Referable): Problem[] {
  const path = ['stages', stage.name, 'outputs', output.name];
  if (output.kind === 'table') return tableProblems(output, path, referable);
  if (output.kind === 'matrix') {
    const problems = unitProblems(output.unit, [...path, 'unit']);
    if (problems.length > 0) return problems;
  }
  if (stage.language === 'typescript' || (stage.language === 'shell' && output.kind === 'file')) return [];
  const writes = stage.language === 'shell' ? 'a shell command writes tables and files' : 'an SQL stage writes tables';
  const message = `${writes}, \`${output.name}\` is a ${output.kind}`;
  return [problem(path, 'key', message, 'Declare `columns:`, or write the stage in TypeScript.')];
}

function publishProblems({ stages, scenarios }: Pipeline): Problem[] {
  const taken = new Map([['manifest.json', 'the manifest']]);
  if (scenarios.size > 0) taken.set('scenarios', 'the results of scenarios');
  const problems: Problem[] = [];
  for (const stage of stages.values()) {
    for (const { name, publishAs } of stage.outputs) {
      // Two files cannot have one path, and a file cannot be another's folder.
      const clash = [...taken].find(
        ([path]) => `${path}/`.startsWith(`${publishAs}/`) || publishAs.startsWith(`${path}/`),
      );
      if (clash !== undefined) {
        const message = `data-out/${publishAs} is already the place of ${clash[1]}`;
        const path = ['stages', stage.name, 'outputs', name];
        problems.push(problem(path, 'key', message, 'Set `publish_as` to another path.'));
      }
      taken.set(publishAs, `\`${name}\``);
    }
  }
  return problems;
}

/** A scenario sets other values of parameters that are there; it adds none but those declared as optional. */
function scenarioProblems({ scenarios, stages }: Pipeline): Problem[] {
  return [...scenarios].flatMap(([scenario, changes]) =>
    Object.entries(changes).flatMap(([name, parameters]) => {
      const path = ['scenarios', scenario, name];
      const stage = stages.get(name);
      if (stage === undefined)
        return [problem(path, 'key', `there is no stage \`${name}\``, suggest(name, stages.keys()))];
      const known = settable(stage);
      return Object.keys(parameters)
        .filter((parameter) => !known.includes(parameter))
        .map((parameter) => {
          const message = `stage \`${name}\` has no parameter \`${parameter}\``;
          return problem([...path, parameter], 'key', message, suggest(parameter, known));
        });
    }),
  );
}

function cycleProblems(pipeline: Pipeline): Problem[] {
  const cycle = findCycle(pipeline);
  if (cycle === null) return [];
  const first = cycle[0]!;
  const message = `stages wait for each other: ${[...cycle, first].map(({ stage }) => stage).join(' -> ')}`;
  const remedy = `Remove one of these inputs: ${cycle.map(({ stage, input }) => `\`${input}\` of ${stage}`).join(', ')}.`;
  return [problem(['stages', first.stage, 'inputs'], 'key', message, remedy)];
}
