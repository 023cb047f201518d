import { constants, existsSync, statSync } from 'node:fs';
import { copyFile, chmod, mkdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { CITATION, LICENCE } from './crate-citation.ts';
import { fileId, localId, references, type Entity } from './crate-graph.ts';
import type { Archived } from './crate-record.ts';
import { MistakeError } from './diagnostic.ts';
import { flushToDisk } from './files.ts';
import { sha256OfFile, type Sha256 } from './hash.ts';
import { mediaType } from './media-types.ts';
import { filesBelow, isFolder } from './source-files.ts';
import { TOOL_ROOT } from './tool-root.ts';
import type { Workshop } from './workshop.ts';

export const LOCK_FILE = 'package-lock.json';
const README = 'README.md';
const PACKAGE = 'package.json';

/** A file as it is to be archived. */
export interface CrateFile {
  /** Path inside the crate. */
  readonly path: string;
  /** Absolute path of the file that it is a copy of. */
  readonly from: string;
  /** What it has to be; null: whatever it is. */
  readonly sha256: Sha256 | null;
  readonly types: readonly string[];
  readonly name: string;
  readonly description: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A file of the crate. */
export interface CopiedFile extends CrateFile {
  readonly sha256: Sha256;
  readonly bytes: number;
}

/** Where a code file is in the crate; those of the runner may lie outside of the project. */
export function codePath(file: string, root: string): string {
  const absolute = resolve(root, file);
  for (const [folder, prefix] of [
    [root, ''],
    [TOOL_ROOT, 'tool/'],
  ] as const) {
    const inner = relative(folder, absolute);
    if (!inner.startsWith('..')) return `${prefix}${inner}`;
  }
  throw new MistakeError(
    `Nothing is archived: the code file ${file} lies outside of the project.\n  Move it into the project.`,
  );
}

/** Where a published file is in the crate: as in the project. */
export const publishedPath = ({ results }: Pick<Archived, 'results'>, path: string): string => `${results}/${path}`;

/** The pipeline file's path, relative to the project. */
export const workflowPath = ({ pipeline }: Workshop): string => relative(pipeline.root, pipeline.absolute);

/** All files that are archived but for the pipeline file, which is the workflow; each once. */
export function crateFiles(archived: Archived, { pipeline, memo }: Workshop): CrateFile[] {
  const { root } = pipeline;
  const inProject = (
    path: string,
    about: Omit<CrateFile, 'path' | 'from' | 'sha256'>,
    sha256: Sha256 | null = null,
  ) => ({
    ...{ path, from: join(root, path), sha256 },
    ...about,
  });
  const sources = archived.datasets.sources.flatMap(({ source }) => {
    const files = isFolder(source.file)
      ? filesBelow(join(root, source.file), memo).map((file) => `${source.file}${file}`)
      : [source.file];
    return files.map((file) =>
      inProject(
        file,
        {
          types: ['File'],
          name: source.name,
          description: told(source.description || `The source ${source.name}`, source.evidence),
          properties: references('exampleOfWork', [localId('source', source.name)]),
        },
        memo.hashOf(join(root, file)),
      ),
    );
  });
  const code = archived.stages.flatMap(({ stage, code }) =>
    code.map((file): CrateFile => {
      const path = codePath(file, root);
      const language = languageId(path);
      return {
        ...{ path, from: resolve(root, file), sha256: null, types: ['File', 'SoftwareSourceCode'], name: path },
        description: stage.language !== 'shell' && file === stage.run ? `Code of a stage` : 'Code that stages use',
        properties: language === null ? {} : references('programmingLanguage', [language]),
      };
    }),
  );
  const manifest = publishedPath(archived, 'manifest.json');
  const bases = pipeline.bases.map((base) =>
    inProject(relative(root, base), plain(relative(root, base), 'A pipeline file that another one is based on')),
  );
  return once([
    ...bases,
    ...sources,
    ...code,
    ...publishedFiles(archived, root),
    inProject(manifest, plain('Manifest of the results', 'Path, artifact, stage and SHA-256 of each published file')),
    {
      ...inProject(LOCK_FILE, plain(LOCK_FILE, 'The locked versions of all packages')),
      from: join(TOOL_ROOT, LOCK_FILE),
    },
    ...[
      inProject(
        PACKAGE,
        plain(PACKAGE, 'The packages that are asked for; paths in pipeline files are relative to its folder'),
      ),
      inProject(LICENCE, plain(LICENCE, 'The licence')),
      inProject(CITATION, plain(CITATION, 'How to cite the pipeline')),
      inProject(README, { ...plain(README, 'What the project is'), properties: references('about', ['./']) }),
    ].filter(({ from }) => existsSync(from)),
  ]);
}

const plain = (name: string, description: string) => ({ types: ['File'], name, description, properties: {} });

function publishedFiles(archived: Archived, root: string): CrateFile[] {
  const { stages, datasets, replaced } = archived;
  return stages.flatMap(({ stage, published }) =>
    datasets.madeBy(stage).map(({ name, output }): CrateFile => {
      const standsInFor = [...replaced].filter(([, artifact]) => artifact === output.name).map(([source]) => source);
      const path = publishedPath(archived, output.publishAs);
      return {
        ...{ path, from: join(root, path), sha256: published.get(output.name)!, types: ['File'], name },
        description: told(output.description || `What the stage ${stage.id} makes as ${output.name}`, output.evidence),
        properties: references('exampleOfWork', [
          localId('artifact', output.name),
          ...standsInFor.map((source) => localId('source', source)),
        ]),
      };
    }),
  );
}

const told = (description: string, evidence: string | null): string =>
  evidence === null ? description : `${description.replace(/\.$/, '')}. Evidence: ${evidence}.`;

/** A file may be the code of several stages, or a source that is code as well. */
function once(files: readonly CrateFile[]): CrateFile[] {
  const found = new Map<string, CrateFile>();
  for (const file of files) {
    const known = found.get(file.path);
    if (known === undefined) found.set(file.path, file);
    else {
      const types = [...new Set([...known.types, ...file.types])];
      const sha256 = known.sha256 ?? file.sha256;
      found.set(file.path, { ...known, types, sha256, properties: { ...file.properties, ...known.properties } });
    }
  }
  return [...found.values()];
}

const LANGUAGES: Readonly<Record<string, { readonly name: string; readonly url: string }>> = {
  ts: { name: 'TypeScript', url: 'https://www.typescriptlang.org/' },
  sql: { name: 'SQL of DuckDB', url: 'https://duckdb.org/docs/sql/introduction' },
  sh: { name: 'Bash', url: 'https://www.gnu.org/software/bash/' },
};

function languageId(path: string): string | null {
  const extension = path.split('.').at(-1) ?? '';
  return Object.hasOwn(LANGUAGES, extension) ? localId('language', extension) : null;
}

export const languageEntities = (): Entity[] =>
  Object.entries(LANGUAGES).map(([extension, { name, url }]) => ({
    ...{ '@id': localId('language', extension), '@type': 'ComputerLanguage', name },
    url,
  }));

/** Copies a file and looks at the copy; throws a MistakeError if it is not what it has to be. */
export async function copyInto(folder: string, file: CrateFile): Promise<CopiedFile> {
  const place = join(folder, file.path);
  await mkdir(dirname(place), { recursive: true });
  await copyFile(file.from, place, constants.COPYFILE_FICLONE);
  await chmod(place, 0o644);
  flushToDisk(place);
  const sha256 = sha256OfFile(place);
  if (file.sha256 !== null && sha256 !== file.sha256) {
    throw new MistakeError(
      `Nothing is archived: ${file.path} was edited since the run.\n  Run again, which puts it right: npm run pipeline`,
    );
  }
  return { ...file, sha256, bytes: statSync(place).size };
}

export const fileEntity = ({ path, types, name, description, properties, sha256, bytes }: CopiedFile): Entity => ({
  ...{ '@id': fileId(path), '@type': types.length === 1 ? types[0]! : types, name, description },
  ...{ encodingFormat: mediaType(path), contentSize: String(bytes), sha256 },
  ...properties,
});
