import { readFileSync } from 'node:fs';
import { MistakeError, refuse, type Diagnostic } from './diagnostic.ts';
import { checkPipeline, missingFile } from './pipeline-checks.ts';
import { buildPipeline } from './pipeline-build.ts';
import { hasFile, placeOf, type PipelinePlace } from './pipeline-place.ts';
import { pipelineParts, pipelineSchema } from './pipeline-schema.ts';
import { worded } from './pipeline-schema-wording.ts';
import type { Pipeline } from './pipeline.ts';
import { readYaml, type YamlDocument } from './yaml-document.ts';

/** Reads and checks a pipeline file. Throws a MistakeError that names every mistake with its place and remedy. */
export function readPipelineFile(path: string | PipelinePlace): Pipeline {
  const { absolute, file, root } = typeof path === 'string' ? placeOf(path) : path;
  let text: string;
  try {
    text = readFileSync(absolute, 'utf8');
  } catch {
    throw new MistakeError(`${file}: cannot be read\n  Name another pipeline file with --file, or create it.`);
  }
  return parsePipeline(text, { absolute, file, root, exists: (inside) => hasFile({ root }, inside) });
}

interface Surroundings {
  readonly absolute: string;
  readonly file: string;
  readonly root: string;
  /** Whether the project has a file of this path. */
  readonly exists: (path: string) => boolean;
}

/** The pipeline that a text describes. */
export function parsePipeline(text: string, { absolute, file, root, exists }: Surroundings): Pipeline {
  const yaml = readYaml(text);
  if (Array.isArray(yaml)) {
    const remedy = 'Correct the YAML there; plain maps, lists and texts are all that is needed.';
    return fail(
      yaml.map(({ at, message }) => ({ file, at, message, remedy })),
      text,
    );
  }
  const parsed = pipelineSchema.safeParse(yaml.value, { reportInput: true });
  if (!parsed.success)
    return fail(
      [...parsed.error.issues.map((issue) => issueDiagnostic(issue, file, yaml)), ...missingFiles(yaml, file, exists)],
      text,
    );
  const pipeline = buildPipeline(parsed.data, yaml, { absolute, file, root, text });
  const problems = checkPipeline(pipeline, exists);
  refuse(
    problems.map(({ path, part, message, remedy }) => ({ file, at: yaml.position(path, part), message, remedy })),
    text,
  );
  return pipeline;
}

function fail(diagnostics: Diagnostic[], text: string): never {
  refuse(diagnostics, text);
  throw new MistakeError('The pipeline file is wrong.');
}

type Issue = NonNullable<ReturnType<typeof pipelineSchema.safeParse>['error']>['issues'][number];

function issueDiagnostic(issue: Issue, file: string, yaml: YamlDocument): Diagnostic {
  if (issue.code === 'unrecognized_keys') {
    const at = yaml.position([...issue.path, issue.keys[0] ?? ''], 'key');
    return { file, at, ...split(issue.message) };
  }
  // A wrong name is a wrong key: zod reports it at the map, with the rule it broke inside.
  if (issue.code === 'invalid_key') {
    return { file, at: yaml.position(issue.path, 'key'), ...split(issue.issues[0]?.message ?? issue.message) };
  }
  return { file, at: yaml.position(issue.path), ...worded(issue) };
}

/** The files of stages can be looked for whatever else is wrong. */
function missingFiles(yaml: YamlDocument, file: string, exists: (path: string) => boolean): Diagnostic[] {
  const written = pipelineParts.safeParse(yaml.value);
  return Object.entries(written.data?.stages ?? {}).flatMap(([name, { run }]) => {
    if (run === null || exists(run)) return [];
    return [{ file, at: yaml.position(['stages', name, 'run']), ...missingFile(run) }];
  });
}

/** A message of ours holds its remedy on a second line. */
function split(text: string): { message: string; remedy: string } {
  const [message = '', remedy = 'docs/pipeline.md describes what may stand here.'] = text.split('\n');
  return { message, remedy };
}
