// @ts-check
/**
 * Starts the command line (cli.ts) from a bundle of it, so that a run with nothing to do compiles nothing. The bundle is made
 * again when a file of it has been touched. This file is JavaScript because it is what Node runs first, and CommonJS because
 * that starts sooner; up-to-date.ts, which answers where there is nothing to do, is bundled as such too.
 */
const { Buffer } = require('node:buffer');
const {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { dirname, join } = require('node:path');

const ROOT = dirname(__dirname);
// Below node_modules, so that the packages a bundle imports are found from there.
const FOLDER = join(ROOT, 'node_modules', '.cache', 'bth-mrio', 'runner');
// Checkouts may share their node_modules: each has a record of its own.
const RECORD = join(FOLDER, `current.${Buffer.from(ROOT).toString('base64url').slice(-120)}.json`);

/** @typedef {{ folder: string, stamps: Record<string, string> }} Current the bundle, and the files that it was made of */

/** @param {string} file relative to ROOT */
function stampOf(file) {
  const state = statSync(join(ROOT, file), { throwIfNoEntry: false });
  return state === undefined ? 'gone' : `${state.size} ${state.mtimeMs} ${state.ctimeMs} ${state.ino}`;
}

/** @returns {string | null} the bundle's folder; null if there is none, or it is out of date */
function currentBundle() {
  try {
    const { folder, stamps } = /** @type {Current} */ (JSON.parse(readFileSync(RECORD, 'utf8')));
    for (const file in stamps) if (stampOf(file) !== stamps[file]) return null;
    return statSync(join(folder, 'cli.mjs')).isFile() ? folder : null;
  } catch {
    // Never made, or made by a process that was killed.
    return null;
  }
}

/** @returns {Promise<string>} the bundle's folder */
async function makeBundle() {
  const [{ build }, { createHash }] = await Promise.all([import('esbuild'), import('node:crypto')]);
  const common = {
    outdir: join(FOLDER, 'hash'),
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    minifyWhitespace: true,
    minifySyntax: true,
    tsconfigRaw: '{}',
    logLevel: 'error',
    platform: 'node',
    target: 'node20',
  };
  const before = Date.now();
  const builds = await Promise.all(
    [
      // What a command alone needs is a file of its own, loaded when it is asked for.
      { ...entry('cli.ts', '.mjs'), format: 'esm', splitting: true, sourcemap: 'linked', sourcesContent: false },
      { ...entry('up-to-date.ts', '.cjs'), format: 'cjs' },
    ].map((options) =>
      build(
        /** @type {import('esbuild').BuildOptions & { write: false, metafile: true }} */ ({ ...common, ...options }),
      ),
    ),
  );
  const outputs = builds.flatMap(({ outputFiles }) => outputFiles);
  const hash = createHash('sha256');
  for (const { path, contents } of outputs) if (!path.endsWith('.map')) hash.update(contents);
  clearOut();
  const folder = join(FOLDER, hash.digest('hex').slice(0, 16));
  mkdirSync(folder, { recursive: true });
  for (const { path, contents } of outputs) replace(join(folder, path.slice(join(FOLDER, 'hash').length)), contents);
  const files = ['runner/start.cjs', ...builds.flatMap(({ metafile }) => Object.keys(metafile.inputs))];
  // A file that was touched while it was read may not be what was bundled: then the next start looks again.
  if (files.every((file) => before - statSync(join(ROOT, file)).mtimeMs > 100)) {
    const stamps = Object.fromEntries(files.map((file) => [file, stampOf(file)]));
    replace(RECORD, JSON.stringify({ folder, stamps }));
  }
  return folder;
}

/** Removes what earlier versions of the runner were bundled to, unless it may be in use. */
function clearOut() {
  const monthAgo = Date.now() - 30 * 24 * 3600 * 1000;
  for (const name of existsSync(FOLDER) ? readdirSync(FOLDER) : []) {
    const state = statSync(join(FOLDER, name), { throwIfNoEntry: false });
    if (state !== undefined && state.mtimeMs < monthAgo) rmSync(join(FOLDER, name), { recursive: true, force: true });
  }
}

/** @param {string} file @param {string} extension */
const entry = (file, extension) => ({
  entryPoints: [join(ROOT, 'runner', file)],
  outExtension: { '.js': extension },
});

/** @param {string} path @param {string | Uint8Array} bytes */
function replace(path, bytes) {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, path);
}

/** @param {readonly string[]} args */
async function start(args) {
  const known = currentBundle();
  /** @type {typeof import('./up-to-date.ts') | null} */
  const { saysUpToDate = null } = known === null ? {} : require(join(known, 'up-to-date.cjs'));
  if (saysUpToDate?.(args, /** @type {string} */ (known)) === true) return;
  process.setSourceMapsEnabled(true);
  // Who reads the first lines only, as `head` does, closes the pipe.
  process.stdout.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const { pathToFileURL } = require('node:url');
  /** @type {typeof import('./cli.ts')} */
  const { main } = await import(pathToFileURL(join(known ?? (await makeBundle()), 'cli.mjs')).href);
  process.exitCode = await main(args);
  // What was left behind does not keep the process alive.
  if (process.exitCode > 128) process.exit();
}

start(process.argv.slice(2)).catch((/** @type {NodeJS.ErrnoException} */ error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write(`${error.message}\n  Packages are missing: npm ci\n`);
  process.exitCode = 2;
});
