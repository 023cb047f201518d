import { countOf } from './count.ts';
import { producers, tableNamed, type Pipeline } from './pipeline.ts';
import { problem, type Problem } from './problem.ts';

/** Tables, and columns of them, without a description that a stage with `described_inputs` reads: one problem a table. */
export function descriptionProblems(pipeline: Pipeline): Problem[] {
  const readers = new Map<string, string>();
  for (const { name, describedInputs, inputs, optionalInputs } of pipeline.stages.values()) {
    if (!describedInputs) continue;
    for (const input of [...inputs, ...optionalInputs]) if (!readers.has(input)) readers.set(input, name);
  }
  return [...readers].flatMap(([input, reader]) => tableProblem(input, reader, pipeline));
}

function tableProblem(name: string, reader: string, pipeline: Pipeline): Problem[] {
  const table = tableNamed(pipeline, name);
  const said = saidOf(name, pipeline);
  if (table === null || said === null) return [];
  const columns = table.columns.filter(({ description }) => !description).map((column) => column.name);
  if (said.description !== '' && columns.length === 0) return [];
  const named = `${countOf(columns.length, 'column')} (${columns.join(', ')})`;
  const lacking =
    said.description !== ''
      ? `${named} of \`${name}\``
      : `\`${name}\`${columns.length === 0 ? '' : ` and ${named} of it`}`;
  const message = `no description of ${lacking}, which stage \`${reader}\` needs (\`described_inputs\`)`;
  const remedies = [
    ...(said.description === '' ? [`Add \`description:\` at \`${said.path.join('.')}\`.`] : []),
    ...(columns.length === 0 ? [] : [`For a column write \`${columns[0]!}: { type: ..., description: ... }\`.`]),
  ];
  return [problem(said.path, 'key', message, remedies.join(' '))];
}

/** What is said of a source or artifact, and where; null: an optional table that is not here. */
function saidOf(name: string, { sources, stages }: Pipeline): { description: string; path: readonly string[] } | null {
  const source = sources.get(name);
  if (source !== undefined) return { description: source.description, path: ['sources', name] };
  const maker = producers(stages.values()).get(name);
  const output = maker?.outputs.find((made) => made.name === name);
  if (maker === undefined || output === undefined) return null;
  return { description: output.description, path: ['stages', maker.name, 'outputs', name] };
}
