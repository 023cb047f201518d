import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { AnaisCase, Measured } from './anais-case.ts';

/** A case that takes longer is ended; its row says what is known by then. */
const TIME_LIMIT_SECONDS = 300;

const described = { preset: 'as-described', consistency: 'totals', slack: 0.01 } as const;

/** The same programme by every solver; the plain formulation ends only at a size like this. */
const beside = (tables: 'small' | 'tiny'): AnaisCase[] =>
  (['structured', 'highs', 'plain', 'native'] as const).map((solver) => ({ ...described, tables, solver }));

const FULL: readonly AnaisCase[] = [
  ...beside('small'),
  ...(['as-described', 'as-printed'] as const).flatMap((preset) =>
    (['totals', 'blocks'] as const).map((consistency): AnaisCase => ({
      tables: 'study',
      preset,
      consistency,
      slack: 0.01,
      solver: 'structured',
    })),
  ),
  ...(['totals', 'blocks'] as const).flatMap((consistency) =>
    [0.0001, 0].map((slack): AnaisCase => ({
      ...described,
      tables: 'study',
      consistency,
      slack,
      solver: 'structured',
    })),
  ),
  { ...described, tables: 'study', solver: 'highs' },
  { ...described, tables: 'study', solver: 'native' },
];

type Column = readonly [title: string, value: (of: AnaisCase, measured: Measured) => string];

/** JSON has null for what is not a finite number. */
type Value = number | null | undefined;
const shown = (value: Value, format: (value: number) => string): string =>
  value === undefined ? '' : value === null ? 'not finite' : format(value);
const fixed = (value: Value, digits = 1): string => shown(value, (finite) => finite.toFixed(digits));
const precise = (value: Value): string => shown(value, (finite) => finite.toPrecision(10));
const rough = (value: Value): string => shown(value, (finite) => (finite === 0 ? '0' : finite.toExponential(0)));
/** What both steps say, once where it is the same. */
const bothSay = (words: readonly (string | number)[]): string => [...new Set(words)].join(', ').replaceAll('|', '/');

const COLUMNS: readonly Column[] = [
  ['case', ({ tables }) => tables],
  ['preset', ({ preset }) => preset],
  ['consistency', ({ consistency }) => consistency],
  ['slack', ({ slack }) => `${slack}`],
  ['size', (_, { size }) => size],
  ['solver', (_, { solver }) => solver],
  ['step 1, s', (_, { seconds }) => fixed(seconds[0])],
  ['step 2, s', (_, { seconds }) => fixed(seconds[1])],
  ['both, s', (_, { seconds }) => (seconds.length === 2 ? fixed(seconds[0]! + seconds[1]!) : '')],
  ['peak, MiB', (_, { peak }) => (peak > 0 ? fixed(peak, 0) : '')],
  ['rmax', (_, { primal }) => precise(primal[0])],
  ['objective', (_, { primal }) => precise(primal[1])],
  ['gap 1', (_, { gaps }) => rough(gaps[0])],
  ['gap 2', (_, { gaps }) => rough(gaps[1])],
  ['residual', (_, { primal, residual }) => (primal.length === 0 ? '' : rough(residual))],
  ['status', (_, { status }) => bothSay(status)],
  ['iterations', (_, { iterations }) => iterations.join(' + ')],
];

const tableRow = (values: readonly string[]): string => `| ${values.join(' | ')} |`;

/** Runs a case in a process of its own, so that the peak of memory is the case's. */
async function run(of: AnaisCase): Promise<Measured> {
  const script = join(import.meta.dirname, 'anais-case.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(of), `${TIME_LIMIT_SECONDS}`], {
    cwd: resolve(import.meta.dirname, '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: TIME_LIMIT_SECONDS * 1000,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<NodeJS.Signals | number | null>((done) => {
    child.on('close', (code, signal) => {
      done(signal ?? code);
    });
  });
  const nothing = { seconds: [], peak: 0, primal: [], gaps: [], residual: 0, status: [], iterations: [] };
  let measured: Measured = { size: '', solver: of.solver, ...nothing };
  for await (const line of createInterface(child.stdout)) measured = JSON.parse(line) as Measured;
  const how = await ended;
  if (how === 'SIGKILL') measured.status.push(`ended at the limit of ${TIME_LIMIT_SECONDS} s`);
  else if (how !== 0) {
    measured.status.push(`failed (${how ?? 'no exit code'})`);
    process.exitCode = 1;
  }
  return measured;
}

/**
 * ANAIS by its own solver and by HiGHS, one case after the other, as a Markdown table. Seconds are of wall time and leave
 * out reading the tables; gaps are to our own dual bounds, and none of them is the solver's word.
 * @param flags `--quick`: only the comparison of solvers, on a tiny economy
 */
export default async function anaisBench(flags: readonly string[]): Promise<void> {
  const cases = flags.includes('--quick') ? beside('tiny') : FULL;
  console.log(
    `Node ${process.version}, ${cpus().length} x ${cpus()[0]!.model}; at most ${TIME_LIMIT_SECONDS} s a case\n`,
  );
  console.log(tableRow(COLUMNS.map(([title]) => title)));
  console.log(tableRow(COLUMNS.map(() => '---')));
  for (const of of cases) {
    const measured = await run(of);
    console.log(tableRow(COLUMNS.map(([, value]) => value(of, measured))));
  }
}
