import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatDiagnostic, MistakeError, refuse, type Diagnostic } from './diagnostic.ts';
import { INNER_PATH, missingFile } from './inner-path.ts';
import { baseProblems } from './pipeline-base-checks.ts';
import { withBase, type Merged } from './pipeline-base.ts';
import { buildPipeline } from './pipeline-build.ts';
import { checkPipeline } from './pipeline-checks.ts';
import { hasFile, placeOf, type PipelinePlace } from './pipeline-place.ts';
import { placesIn, placesWithBase, type Places } from './pipeline-places.ts';
import { changesSchema, pipelineParts, pipelineSchema, tablesSchema } from './pipeline-schema.ts';
import { worded } from './pipeline-schema-wording.ts';
import { mapOf, membersOf } from './plain-values.ts';
import { producers, type Pipeline, type StageDeclaration } from './pipeline.ts';
import type { Problem } from './problem.ts';
import { shown, visible } from './shown.ts';
import { readYaml, type YamlDocument, type YamlPath } from './yaml-document.ts';

/**
 * Reads and checks a pipeline file, and those that it is based on. Throws a MistakeError that names every mistake with its
 * place and remedy.
 */
export function readPipelineFile(path: string | PipelinePlace): Pipeline {
  const place = typeof path === 'string' ? placeOf(path) : path;
  const text = textOf(place.absolute);
  if (text === null) {
    throw new MistakeError(`${place.file}: cannot be read\n  Name another pipeline file with --file, or create it.`);
  }
  return parsePipeline(text, {
    ...place,
    exists: (inside) => hasFile(place, inside),
    readBase(inside) {
      const base = placeOf(join(place.root, inside));
      const said = textOf(base.absolute);
      return said === null ? null : { ...base, text: said };
    },
  });
}

/** Absolute paths of the files that a pipeline file is based on, as far as they can be read, whatever is wrong in them. */
export function basesOf({ absolute, root }: Pick<PipelinePlace, 'absolute' | 'root'>): string[] {
  const found: string[] = [];
  for (let file = absolute; ;) {
    const yaml = readYaml(textOf(file) ?? '');
    const base = Array.isArray(yaml) ? null : baseNamed(yaml.value);
    if (typeof base !== 'string' || !INNER_PATH.test(base)) return found;
    file = join(root, base);
    if (file === absolute || found.includes(file)) return found;
    found.push(file);
  }
}

/** Null: it cannot be read. */
function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

interface Surroundings extends Omit<PipelinePlace, 'folder'> {
  /** Whether the project has a file of this path. */
  readonly exists: (path: string) => boolean;
  /** A pipeline file by its path in the project; null: it cannot be read. */
  readonly readBase?: (path: string) => (PipelinePlace & { readonly text: string }) | null;
}

/** The pipeline that a text describes. */
export const parsePipeline = (text: string, surroundings: Surroundings): Pipeline =>
  parse(text, surroundings, []).pipeline;

interface Parsed extends Merged {
  readonly pipeline: Pipeline;
  /** The stage that makes each artifact, of the pipeline or of what it is based on. */
  readonly made: ReadonlyMap<string, StageDeclaration>;
}

/** @param above the pipeline files that are based on this one, the nearest last */
function parse(text: string, surroundings: Surroundings, above: readonly Surroundings[]): Parsed {
  const { file } = surroundings;
  const yaml = readYaml(text);
  if (Array.isArray(yaml)) {
    const remedy = 'Correct the YAML there; plain maps, lists and texts are all that is needed.';
    return fail(
      yaml.map(({ at, message }) => ({ file, at, message, remedy })),
      text,
    );
  }
  const own = yaml.value as Merged['whole'];
  const named = baseNamed(own);
  if (named === undefined)
    return built({ whole: own, inheritable: own, absentTables: {} }, yaml, text, surroundings, null);
  const written = changesSchema.safeParse(own, { reportInput: true });
  if (!written.success) return fail(wrongParts(written.error.issues, yaml, placesIn(yaml), surroundings), text);
  const base = readBase(written.data.base, yaml, text, surroundings, above);
  refuseProblems(baseProblems(own, base), placesIn(yaml), file, text);
  return built(withBase(own, base), yaml, text, surroundings, base);
}

/** What a file says its base is; undefined: it says nothing of one. */
const baseNamed = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'base' in value ? value.base : undefined;

/** The pipeline that a file describes, together with its base if it has one. */
function built(
  merged: Merged,
  yaml: YamlDocument,
  text: string,
  surroundings: Surroundings,
  base: Parsed | null,
): Parsed {
  const { absolute, file, root, exists } = surroundings;
  const places = base === null ? placesIn(yaml) : placesWithBase(yaml, merged.whole, base.pipeline.file);
  const parsed = pipelineSchema.safeParse(merged.whole, { reportInput: true });
  if (!parsed.success) return fail(wrongParts(parsed.error.issues, yaml, places, surroundings), text);
  const bases = base === null ? [] : [base.pipeline.absolute, ...base.pipeline.bases];
  const about = { absolute, file, root, folder: dirname(absolute), bases, text };
  const pipeline = buildPipeline(parsed.data, tablesSchema.parse(merged.absentTables), places, about);
  const has = (path: YamlPath) => places.baseOf(path) !== null;
  const problems = checkPipeline(pipeline, exists, base === null ? undefined : { made: base.made, has });
  refuseProblems(problems, places, file, text);
  return { ...merged, pipeline, made: new Map([...(base?.made ?? []), ...producers(pipeline.stages.values())]) };
}

function refuseProblems(problems: readonly Problem[], places: Places, file: string, text: string): void {
  const diagnostics = problems.map(({ path, part, message, remedy }) => ({
    ...{ file, at: places.position(path, part), remedy },
    message: `${message}${origin(places, path)}`,
  }));
  refuse(diagnostics, text);
}

const STUDY_INSIDE =
  'A study has to lie inside the project of its base: the project is the nearest folder above with a package.json, else the folder of the file.';

/** What is wrong in itself is shown with its own places. */
function readBase(
  named: string,
  yaml: YamlDocument,
  text: string,
  surroundings: Surroundings,
  above: readonly Surroundings[],
): Parsed {
  const { file, root } = surroundings;
  const wrong = (message: string, remedy: string): Diagnostic => ({
    file,
    at: yaml.position(['base']),
    message,
    remedy,
  });
  const base = surroundings.readBase?.(named) ?? null;
  if (base === null) {
    const { message, remedy } = missingFile(named, root);
    return fail([wrong(message, `${remedy}\n  ${STUDY_INSIDE}`)], text);
  }
  if (base.root !== root) {
    const message = `the base \`${named}\` belongs to another project, in which paths mean something else`;
    return fail(
      [wrong(message, 'Name a pipeline file with no other package.json between it and that of the project.')],
      text,
    );
  }
  const ring = [...above, surroundings];
  const begins = ring.findIndex(({ absolute }) => absolute === base.absolute);
  if (begins >= 0) {
    const files = [...ring.slice(begins), base].map((one) => one.file);
    return fail([wrong(`pipeline files are based on each other: ${files.join(' -> ')}`, 'Remove one `base`.')], text);
  }
  try {
    return parse(base.text, { ...surroundings, ...base }, ring);
  } catch (error) {
    if (!(error instanceof MistakeError)) throw error;
    const found = formatDiagnostic(wrong(`the base \`${named}\` is wrong`, 'Correct it there:'), text);
    throw new MistakeError(`${found}\n\n${error.message}`);
  }
}

function fail(diagnostics: Diagnostic[], text: string): never {
  refuse(diagnostics, text);
  throw new MistakeError('The pipeline file is wrong.');
}

const LEADS_OUTSIDE = / leads outside the project$/;

type Issue = NonNullable<ReturnType<typeof pipelineSchema.safeParse>['error']>['issues'][number];

function issueDiagnostic(issue: Issue, { file, root }: Surroundings, places: Places): Diagnostic {
  if (issue.code === 'unrecognized_keys') {
    const at = places.position([...issue.path, issue.keys[0] ?? ''], 'key');
    return { file, at, ...split(issue.message) };
  }
  // A wrong name is a wrong key: zod reports it at the map, with the rule it broke inside.
  if (issue.code === 'invalid_key') {
    return { file, at: places.position(issue.path, 'key'), ...split(issue.issues[0]?.message ?? issue.message) };
  }
  const { message, remedy } = worded(issue);
  const project = LEADS_OUTSIDE.test(message) ? ` The project is ${visible(root)}.` : '';
  const inside = project !== '' && issue.path[0] === 'base' ? `\n  ${STUDY_INSIDE}` : '';
  return {
    ...{ file, at: places.position(issue.path), message: `${message}${origin(places, issue.path)}` },
    remedy: `${remedy}${project}${inside}`,
  };
}

/** Says of what is written elsewhere where that is. */
function origin(places: Places, path: Parameters<Places['baseOf']>[0]): string {
  const base = places.baseOf(path);
  return base === null ? '' : ` (so it is in the base \`${base}\`)`;
}

/** Wrong keys and values, with files of stages that are missing: they can be looked for whatever else is wrong. */
function wrongParts(
  issues: readonly Issue[],
  yaml: YamlDocument,
  places: Places,
  surroundings: Surroundings,
): Diagnostic[] {
  const { absent, others } = withoutBase(issues, yaml, surroundings);
  return [
    ...absent,
    ...others.map((issue) => issueDiagnostic(issue, surroundings, places)),
    ...missingFiles(yaml, surroundings),
  ];
}

/**
 * Stages and sources without a value mean those of a base. Where none is named that is told first, and what follows from it
 * is left out: what else those lack that say too little to be whole.
 */
function withoutBase(
  issues: readonly Issue[],
  yaml: YamlDocument,
  { file }: Surroundings,
): { absent: Diagnostic[]; others: readonly Issue[] } {
  const written = mapOf(yaml.value);
  const lacking = (['stages', 'sources'] as const).flatMap((kind) =>
    Object.entries(membersOf(written, kind))
      .filter(([, said]) => typeof said === 'object' && !Array.isArray(said))
      .filter(([, said]) => ['run', 'sh', 'file'].every((field) => !Object.hasOwn(mapOf(said), field)))
      .map(([name, said]) => ({ kind, name, said })),
  );
  const bare = lacking.filter(({ said }) => said === null).map(({ name }) => `\`${shown(name)}:\``);
  if (bare.length === 0 || 'base' in written) return { absent: [], others: issues };
  const more = bare.length > 3 ? ` and ${bare.length - 3} more` : '';
  const absent = {
    ...{ file, at: yaml.position(['pipeline'], 'key') },
    message: `there is no \`base\`, and without one ${bare.slice(0, 3).join(', ')}${more} cannot be without a value`,
    remedy:
      'Name the pipeline file that they are taken from, such as `base: pipeline.yaml`, or say what each of them is.',
  };
  const follows = ({ code, path: [kind, name] }: Issue) =>
    code !== 'unrecognized_keys' && lacking.some((one) => one.kind === kind && one.name === name);
  return { absent: [absent], others: issues.filter((issue) => !follows(issue)) };
}

function missingFiles(yaml: YamlDocument, { file, root, exists }: Surroundings): Diagnostic[] {
  const written = pipelineParts.safeParse(yaml.value);
  return Object.entries(written.data?.stages ?? {}).flatMap(([name, { run }]) => {
    if (run === null || exists(run)) return [];
    return [{ file, at: yaml.position(['stages', name, 'run']), ...missingFile(run, root) }];
  });
}

/** A message of ours holds its remedy on a second line. */
function split(text: string): { message: string; remedy: string } {
  const [message = '', remedy = 'docs/pipeline.md describes what may stand here.'] = text.split('\n');
  return { message, remedy };
}
