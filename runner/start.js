// @ts-check
/**
 * Starts the command line (cli.ts) from a bundle of it, so that a run with nothing to do compiles nothing. The bundle is made
 * again when a file of it has been touched. This file is JavaScript because it is what Node runs first.
 */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createHash, randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const ROOT = dirname(import.meta.dirname);
// Below node_modules, so that the packages a bundle imports are found from there.
const FOLDER = join(ROOT, 'node_modules', '.cache', 'bth-mrio', 'runner');
const RECORD = join(FOLDER, 'current.json');

/** @typedef {{ entry: string, stamps: Record<string, string> }} Current the bundle, and the files that it was made of */

/** @param {string} file relative to ROOT */
function stampOf(file) {
  const state = statSync(join(ROOT, file), { throwIfNoEntry: false });
  return state === undefined ? 'gone' : `${state.size} ${state.mtimeMs} ${state.ctimeMs} ${state.ino}`;
}

/** @returns {string | null} path of the bundle's entry; null if there is none, or it is out of date */
function currentBundle() {
  try {
    const { entry, stamps } = /** @type {Current} */ (JSON.parse(readFileSync(RECORD, 'utf8')));
    const fresh = Object.entries(stamps).every(([file, stamp]) => stampOf(file) === stamp);
    return fresh && statSync(entry).isFile() ? entry : null;
  } catch {
    // Never made, or made by a process that was killed.
    return null;
  }
}

/** @returns {Promise<string>} path of the bundle's entry */
async function makeBundle() {
  const { build } = await import('esbuild');
  const options = {
    entryPoints: [join(ROOT, 'runner', 'cli.ts')],
    outdir: join(FOLDER, 'hash'),
    absWorkingDir: ROOT,
    bundle: true,
    // What a command alone needs is a file of its own, loaded when it is asked for.
    splitting: true,
    write: false,
    metafile: true,
    packages: 'external',
    minifyWhitespace: true,
    minifySyntax: true,
    outExtension: { '.js': '.mjs' },
    sourcemap: 'linked',
    sourcesContent: false,
    tsconfigRaw: '{}',
    logLevel: 'error',
  };
  const before = Date.now();
  const { outputFiles, metafile } = await build(
    /** @type {import('esbuild').BuildOptions & { write: false, metafile: true }} */ ({
      ...options,
      format: 'esm',
      platform: 'node',
      target: 'node20',
    }),
  );
  const hash = createHash('sha256');
  for (const { path, contents } of outputFiles) if (path.endsWith('.mjs')) hash.update(contents);
  const folder = join(FOLDER, hash.digest('hex').slice(0, 16));
  mkdirSync(folder, { recursive: true });
  for (const { path, contents } of outputFiles)
    replace(join(folder, path.slice(join(FOLDER, 'hash').length)), contents);
  const entry = join(folder, 'cli.mjs');
  const files = Object.keys(metafile.inputs);
  // A file that was touched while it was read may not be what was bundled: then the next start looks again.
  if (files.every((file) => before - statSync(join(ROOT, file)).mtimeMs > 100)) {
    const stamps = Object.fromEntries(files.map((file) => [file, stampOf(file)]));
    replace(RECORD, JSON.stringify({ entry, stamps }));
  }
  return entry;
}

/** @param {string} path @param {string | Uint8Array} bytes */
function replace(path, bytes) {
  const temporary = `${path}.${randomUUID()}.tmp`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, path);
}

process.setSourceMapsEnabled(true);
/** @type {typeof import('./cli.ts')} */
const { main } = await import(pathToFileURL(currentBundle() ?? (await makeBundle())).href);
process.exitCode = await main(process.argv.slice(2));
// What was left behind does not keep the process alive.
if (process.exitCode > 128) process.exit();
