import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import type { BuildFailure, BuildOptions, BuildResult, Metafile } from 'esbuild';
import { entriesOf } from './folder.ts';
import { formatDiagnostic } from './diagnostic.ts';
import { sha256, sha256OfFile, type Sha256 } from './hash.ts';
import { lockedVersions, packageOf, type LockFile } from './lock-file.ts';
import type { Memo } from './memo.ts';
import { TOOL_ROOT } from './tool-root.ts';

/** A module with all it imports of our own, as one file that can be run: what is hashed is what runs. */
export interface Code {
  /** sha256 of the bundle: comments, formatting and the checkout's path do not change it. */
  readonly hash: Sha256;
  /** Locked versions of the packages it imports and of those they need. */
  readonly packages: Readonly<Record<string, string>>;
  /** Absolute path of the bundle. */
  readonly bundle: string;
  /** sha256 of each file that went in, by path relative to the project: to say which one changed. */
  readonly files: Readonly<Record<string, Sha256>>;
}

// Below node_modules, so that the packages a bundle imports are found from there.
const BUNDLES = join(TOOL_ROOT, 'node_modules', '.cache', 'bth-mrio');
const LOCK = join(TOOL_ROOT, 'package-lock.json');
const INSTALLED = join(TOOL_ROOT, 'node_modules', '.package-lock.json');

/** A module that esbuild cannot bundle: a syntax error, an import of nothing. */
export class CodeError extends Error {
  override readonly name = 'CodeError';
  readonly remedy = 'Correct the code there.';
  /** Absolute paths of the files that are wrong. */
  readonly files: readonly string[];

  constructor(message: string, files: readonly string[]) {
    super(message);
    this.files = files;
  }
}

/** A stage is an ECMAScript module, which may wait at its top level; a worker is CommonJS, which starts sooner. */
type Role = 'stage' | 'worker';
const EXTENSIONS = { stage: 'mjs', worker: 'cjs' } as const;

/** Bundles a module, unless none of its files has changed since the last time. */
export async function bundleCode(entry: string, root: string, memo: Memo, role: Role): Promise<Code> {
  const stillGood = ({ code, folders }: Bundled) =>
    existsSync(code.bundle) &&
    memo.hashOf(code.bundle) === code.hash &&
    Object.entries(folders).every(([folder, names]) => namesIn(folder, memo) === names);
  memo.consult(entry);
  try {
    return (await memo.derive(`bundle of ${entry}`, () => bundle(entry, root, role, memo), stillGood)).code;
  } catch (error) {
    if (error instanceof CodeError) for (const file of error.files) memo.consult(file);
    throw error;
  }
}

interface Bundled {
  readonly code: Code;
  /** What is in each folder that a file came from: one that is added may be what an import means from then on. */
  readonly folders: Readonly<Record<string, string>>;
}

function namesIn(folder: string, memo: Memo): string {
  memo.consult(folder);
  return entriesOf(folder).toSorted().join('/');
}

async function bundle(
  entry: string,
  root: string,
  role: Role,
  memo: Memo,
): Promise<{ value: Bundled; files: string[] }> {
  const { metafile, outputFiles } = await build(entry, root, role);
  const [map, script] = [
    outputFiles.find(({ path }) => path.endsWith('.map')),
    outputFiles.find(({ path }) => !path.endsWith('.map')),
  ];
  if (script === undefined || map === undefined) throw new Error(`esbuild gave no bundle for ${entry}`);
  const hash = sha256(script.contents);
  const files = Object.keys(metafile.inputs)
    .filter((path) => !isPacked(path, role))
    .map((path) => join(root, path));
  const path = join(BUNDLES, hash, `code.${EXTENSIONS[role]}`);
  mkdirSync(dirname(path), { recursive: true });
  // The map of the newest comments and line breaks, then the code, which is the same for all of them: left untouched if it
  // is there, since other caches know its state.
  replace(`${path}.map`, map.contents);
  if (!existsSync(path) || sha256OfFile(path) !== hash) replace(path, script.contents);
  const code: Code = {
    hash,
    packages: packagesOf(metafile, role),
    bundle: path,
    files: Object.fromEntries(files.map((file) => [relative(root, file), sha256OfFile(file)])),
  };
  const folders = [...new Set(files.map(dirname))];
  const value = { code, folders: Object.fromEntries(folders.map((folder) => [folder, namesIn(folder, memo)])) };
  const others = [LOCK, INSTALLED, ...packageFiles(folders, root)].filter((file) => existsSync(file));
  return { value, files: [...files, ...others] };
}

/** A package of a hundred files, which take longer to find than all else of a worker: they go into its bundle. */
const PACKED = '@duckdb/node-api';
const WITH_PACKED = {
  alias: { [PACKED]: join(TOOL_ROOT, 'node_modules', PACKED) },
  // Else paths in the bundle would tell where node_modules are, which may be a link.
  preserveSymlinks: true,
} satisfies BuildOptions;

/** @param path relative to the root */
const isPacked = (path: string, role: Role): boolean =>
  role === 'worker' && path.startsWith(join('node_modules', PACKED, '/'));

/** They say what an import such as `#helper` means. */
function packageFiles(folders: readonly string[], root: string): Set<string> {
  const found = folders.flatMap((folder) => {
    const names = relative(root, folder).split(sep);
    return [root, ...names.map((_, depth) => join(root, ...names.slice(0, depth + 1)))];
  });
  return new Set(found.map((folder) => join(folder, 'package.json')));
}

type Bundle = BuildResult<{ metafile: true; write: false }>;

async function build(entry: string, root: string, role: Role): Promise<Bundle> {
  const { build } = await import('esbuild');
  try {
    return await build({
      entryPoints: [entry],
      // The depth matters for the paths in the source map, the name does not.
      outfile: join(BUNDLES, 'hash', `code.${EXTENSIONS[role]}`),
      absWorkingDir: root,
      bundle: true,
      write: false,
      metafile: true,
      format: role === 'worker' ? 'cjs' : 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      ...(role === 'worker' ? WITH_PACKED : {}),
      // Comments and formatting vanish; names stay, for readable stack traces.
      minifyWhitespace: true,
      minifySyntax: true,
      legalComments: 'none',
      charset: 'utf8',
      sourcemap: 'linked',
      sourcesContent: false,
      // No settings from files that the hash does not see.
      tsconfigRaw: '{}',
      logLevel: 'silent',
    });
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const wrong = error.errors.flatMap(({ location }) => (location === null ? [] : join(root, location.file)));
    throw new CodeError(describe(error, root), wrong);
  }
}

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors);

function describe({ errors }: BuildFailure, root: string): string {
  const shown = errors.map(({ text, location }) => {
    if (location === null) return text;
    const at = { line: location.line, column: location.column + 1 };
    const source = readFileSync(join(root, location.file), 'utf8');
    return formatDiagnostic({ file: location.file, at, message: text, remedy: '' }, source).trimEnd();
  });
  return shown.join('\n');
}

function packagesOf(metafile: Metafile, role: Role): Record<string, string> {
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const outside = imports.filter(({ external, path }) => external === true && !isBuiltin(path));
  const names = new Set(outside.map(({ path }) => packageOf(path)));
  if (Object.keys(metafile.inputs).some((path) => isPacked(path, role))) names.add(PACKED);
  if (names.size === 0) return {};
  return lockedVersions(readLock(LOCK), existsSync(INSTALLED) ? readLock(INSTALLED) : null, names);
}

const readLock = (path: string): LockFile => JSON.parse(readFileSync(path, 'utf8')) as LockFile;

function replace(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, path);
}
