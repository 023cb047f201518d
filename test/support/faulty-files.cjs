// @ts-check
/**
 * Makes one file operation of a process go wrong: `node --require` this, as SQLite is tested with a file system that fails
 * at the Nth call. Operations are numbered from 1; only those in FAULT_FOLDER count, and none that another one makes.
 *
 *   FAULT_LIST  a file that gets a line for each operation
 *   FAULT_AT    the number of the operation that goes wrong
 *   FAULT_MODE  fail         it does nothing and is refused with FAULT_CODE
 *               short        it does half of its work, then is refused
 *               full         so, and from then on nothing can be written: the disk stays full
 *               locked       from then on nothing can be changed at all, not even removed
 *               kill-before  the process is killed
 *               kill-within  the process is killed when half of the work is done
 *               kill         the process is killed when the work is done
 *   CLOCK_SHIFT milliseconds by which the clock of the process is ahead
 */
const { Buffer } = require('node:buffer');
const fs = require('node:fs');
const { dirname, join, relative, resolve, sep } = require('node:path');
const { syncBuiltinESMExports } = require('node:module');

const { FAULT_FOLDER, FAULT_LIST, FAULT_AT, FAULT_MODE = '', FAULT_CODE = 'EIO', CLOCK_SHIFT } = process.env;

const TEXTS = /** @type {Record<string, string>} */ ({
  EIO: 'i/o error',
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
});

/** Which argument, or arguments, say where an operation works. */
const PLACES = /** @type {Record<string, number[]>} */ ({
  ...{ writeFileSync: [0], appendFileSync: [0], copyFileSync: [1], mkdirSync: [0], chmodSync: [0], utimesSync: [0] },
  ...{ openSync: [0], writeSync: [0], fsyncSync: [0], closeSync: [0] },
  ...{ renameSync: [0, 1], linkSync: [1], symlinkSync: [1] },
  ...{ unlinkSync: [0], rmSync: [0], rmdirSync: [0] },
});
/** What needs room on the disk. */
const WRITING = [
  'writeFileSync',
  'appendFileSync',
  'copyFileSync',
  'mkdirSync',
  'writeSync',
  'linkSync',
  'symlinkSync',
];
/** What only looks. */
const LOOKING = ['fsyncSync', 'closeSync'];

const original = /** @type {Record<string, Function>} */ ({ ...fs });
/** Paths of open files, by descriptor. */
const open = /** @type {Map<unknown, string>} */ (new Map());
let count = 0;
/** Whether an operation is under way, whose own operations do not count. */
let within = false;

/** @param {string} name @param {any[]} args @returns {string[]} absolute paths */
const placesOf = (name, args) =>
  (PLACES[name] ?? []).flatMap((at) => {
    const place = typeof args[at] === 'number' ? open.get(args[at]) : String(args[at]);
    return place === undefined ? [] : [resolve(place)];
  });

/** @param {string} path */
const isInside = (path) => path === FAULT_FOLDER || path.startsWith(`${FAULT_FOLDER}${sep}`);

/** The same in every run: without hashes, random names and ids. @param {string} name @param {any[]} args */
function describe(name, args) {
  const how = name === 'openSync' ? ` ${String(args[1] ?? 'r')}` : '';
  const places = placesOf(name, args).map((path) =>
    (relative(FAULT_FOLDER ?? '', path) || '.')
      .replace(/claim-[^/]*?@[^/]*?(?=\.tmp|\/|$)/g, 'CLAIM')
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UUID')
      .replace(/\d{8}T\d{6}Z-[0-9a-f]{6}/g, 'RUN')
      .replace(/[0-9a-f]{64}/g, 'HASH')
      .replace(/[0-9a-f]{16}(-\d+)?/g, 'EDITION'),
  );
  return `${name}${how} ${places.join(' ')}`;
}

/** @param {string} code @param {string} name @param {any[]} args */
function refusal(code, name, args) {
  const syscall = name.replace(/Sync$|FileSync$/, '').toLowerCase();
  const message = `${code}: ${TEXTS[code] ?? 'refused'}, ${syscall} '${placesOf(name, args).join("' -> '")}'`;
  return Object.assign(new Error(message), { code, syscall, path: placesOf(name, args)[0] });
}

/** @param {any} data */
const half = (data) => {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  return bytes.subarray(0, bytes.length >> 1);
};

/** Does half of what an operation does, if that can be. @param {string} name @param {any[]} args */
function doHalf(name, args) {
  const [first, second, ...rest] = args;
  if (name === 'writeFileSync' || name === 'appendFileSync') original[name]?.(first, half(second), ...rest);
  else if (name === 'copyFileSync') original['writeFileSync']?.(second, half(fs.readFileSync(first)));
  else if (name === 'writeSync') original['writeSync']?.(first, half(second));
  else if (name === 'mkdirSync' && second?.recursive) original['mkdirSync']?.(dirname(String(first)), second);
  else if (name === 'rmSync' && fs.lstatSync(first, { throwIfNoEntry: false })?.isDirectory()) {
    const entries = fs.readdirSync(first).sort();
    for (const entry of entries.slice(0, Math.ceil(entries.length / 2)))
      original['rmSync']?.(join(String(first), entry), { recursive: true, force: true });
  }
}

function endAtOnce() {
  process.kill(process.pid, 'SIGKILL');
  // It takes a moment to arrive.
  for (;;);
}

/** @param {string} name @param {any[]} args @param {() => unknown} work */
function disturbed(name, args, work) {
  const isFirst = count === Number(FAULT_AT);
  const writes = WRITING.includes(name) || (name === 'openSync' && /[wa+]/.test(String(args[1] ?? 'r')));
  const changes = !LOOKING.includes(name) && (writes || name !== 'openSync');
  if (FAULT_MODE === 'full' && writes) {
    if (isFirst) doHalf(name, args);
    throw refusal('ENOSPC', name, args);
  }
  if (FAULT_MODE === 'locked' && changes) throw refusal('EROFS', name, args);
  if (!isFirst) return work();
  if (FAULT_MODE === 'fail') throw refusal(FAULT_CODE, name, args);
  if (FAULT_MODE === 'short') {
    doHalf(name, args);
    throw refusal(FAULT_CODE, name, args);
  }
  if (FAULT_MODE === 'kill-before') endAtOnce();
  if (FAULT_MODE === 'kill-within') {
    doHalf(name, args);
    endAtOnce();
  }
  const result = work();
  if (FAULT_MODE === 'kill') endAtOnce();
  return result;
}

/** @param {string} name @param {any[]} args */
function operate(name, args) {
  const work = () => original[name]?.apply(fs, args);
  if (within || !placesOf(name, args).some(isInside)) return work();
  within = true;
  try {
    count += 1;
    if (FAULT_LIST !== undefined) original['appendFileSync']?.(FAULT_LIST, `${describe(name, args)}\n`);
    return FAULT_AT === undefined || count < Number(FAULT_AT) ? work() : disturbed(name, args, work);
  } finally {
    within = false;
  }
}

for (const name of FAULT_FOLDER === undefined ? [] : Object.keys(PLACES)) {
  Object.assign(fs, {
    /** @param {any[]} args */
    [name]: (...args) => {
      const result = operate(name, args);
      if (name === 'openSync') open.set(result, String(args[0]));
      if (name === 'closeSync') open.delete(args[0]);
      return result;
    },
  });
}
if (CLOCK_SHIFT !== undefined) {
  const now = Date.now.bind(Date);
  const Clock = Date;
  const shift = Number(CLOCK_SHIFT);
  Clock.now = () => now() + shift;
  globalThis.Date = new Proxy(Clock, {
    construct: (target, args) => (args.length === 0 ? new target(Clock.now()) : Reflect.construct(target, args)),
  });
}
syncBuiltinESMExports();
