import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CHANGED,
  LAYOUT,
  OURS,
  RAN,
  environment,
  peers,
  stages,
  start,
  writeProject,
  type Peer,
} from './runner-peers.ts';

/** What a run with nothing to do may cost. */
const MOST_OVER_NODE_MS = 60;
const MOST_TIMES_NPM = 1.5;

/** GNU time tells the peak of a program and of all that it starts. */
const GNU_TIME = '/usr/bin/time';

/** A line of the table. */
interface Timing {
  readonly what: string;
  readonly how: string;
  readonly folder: string;
  readonly command: readonly string[];
  /** What is done to the project first. */
  readonly prepare: () => void;
  readonly milliseconds: number[];
  /** The stages that ran, in each round. */
  readonly ran: string[];
  /** Of its largest process, in MiB. */
  peak: number | null;
}

interface Project {
  readonly peer: Peer;
  readonly folder: string;
}

function run(folder: string, [program, ...args]: readonly string[]): string {
  const { status, stderr, error } = spawnSync(program!, args, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status === 0) return stderr;
  throw new Error(`${program!} ${args.join(' ')} failed in ${folder}\n${stderr}`, { cause: error });
}

/** The stages that have run since it was last asked. */
function stagesRun(folder: string): string[] {
  const log = join(folder, RAN);
  if (!existsSync(log)) return [];
  const names = readFileSync(log, 'utf8').trimEnd().split('\n');
  rmSync(log);
  return names;
}

const shortly = ({ length, 0: first }: readonly string[]): string =>
  length === 0 ? 'none' : length === 1 ? first! : length === stages.length ? 'all' : `${length}`;

const sealOf = (folder: string): string => join(folder, '.cache', 'seal.json');

/** Has everything made, and found so: what a tool remembers of such a run is known from now on. */
async function settle({ folder, peer }: Project): Promise<void> {
  rmSync(sealOf(folder), { force: true });
  for (let tries = 0; tries < 10; tries++) {
    run(folder, peer.command);
    if (stagesRun(folder).length === 0 && (peer.name !== OURS || existsSync(sealOf(folder)))) return;
    // A file that was written just now may be written again without its times changing.
    await sleep(2100);
  }
  throw new Error(`${peer.name} always finds something to do in ${folder}`);
}

/** Writes a line that was never there, so that no tool can have kept what is made of it. */
function changeLine(folder: string, line: 0 | 1): void {
  const lines = readFileSync(join(folder, CHANGED), 'utf8').split('\n');
  lines[line] = `${line === 0 ? '# ' : ''}${Date.now()}`;
  writeFileSync(join(folder, CHANGED), lines.join('\n'));
}

function timingsOf(projects: readonly Project[]): Timing[] {
  const own = projects[0]!.folder;
  const timing = (
    what: string,
    how: string,
    folder: string,
    command: readonly string[],
    prepare = () => {},
  ): Timing => ({
    ...{ what, how, folder, command, prepare },
    ...{ milliseconds: [], ran: [], peak: null },
  });
  const byAll = (what: string, prepare: (folder: string) => void): Timing[] =>
    projects.map(({ peer, folder }) =>
      timing(what, peer.name, folder, peer.command, () => {
        prepare(folder);
      }),
    );
  return [
    timing('no work at all', 'node -e 0', own, [process.execPath, '-e', '0']),
    timing('no work at all', 'npm run empty', own, ['npm', 'run', 'empty']),
    timing('nothing to do', 'node runner/start.cjs', own, start),
    ...byAll('nothing to do', () => {}),
    timing('nothing to do, found so for the first time', 'node runner/start.cjs', own, start, () => {
      rmSync(sealOf(own));
    }),
    ...byAll('a file touched', (folder) => {
      utimesSync(join(folder, CHANGED), new Date(), new Date());
    }),
    ...byAll('a comment changed', (folder) => {
      changeLine(folder, 0);
    }),
    ...byAll('a value changed', (folder) => {
      changeLine(folder, 1);
    }),
  ];
}

/** Each in turn, so that a slow minute of the machine is one for all. */
async function round(projects: readonly Project[], timings: readonly Timing[], measure: (of: Timing) => void) {
  for (const project of projects) await settle(project);
  for (const timing of timings) {
    timing.prepare();
    measure(timing);
    timing.ran.push(shortly(stagesRun(timing.folder)));
  }
}

function takeTime({ folder, command, milliseconds }: Timing): void {
  const start = performance.now();
  run(folder, command);
  milliseconds.push(performance.now() - start);
}

function takePeak(timing: Timing): void {
  const said = run(timing.folder, [GNU_TIME, '--format=%M', ...timing.command]);
  timing.peak = Number(said.trimEnd().split('\n').at(-1)) / 1024;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}

const tableRow = (values: readonly string[]): string => `| ${values.join(' | ')} |`;

function printTable(timings: readonly Timing[]): void {
  const [node, npm, directly, asAUser] = timings.map(({ milliseconds }) => median(milliseconds));
  const titles = [
    'case',
    'by',
    'median, ms',
    'min',
    'max',
    '- node -e 0, ms',
    '/ npm run empty',
    'stages run',
    'peak, MiB',
  ];
  console.log(tableRow(titles));
  console.log(tableRow(titles.map(() => '---')));
  for (const { what, how, milliseconds, ran, peak } of timings) {
    const middle = median(milliseconds);
    const [least, most] = [Math.min(...milliseconds), Math.max(...milliseconds)];
    const times = [middle, least, most, middle - node!].map((value) => value.toFixed(0));
    const memory = peak === null ? '' : peak.toFixed(0);
    console.log(tableRow([what, how, ...times, (middle / npm!).toFixed(2), [...new Set(ran)].join(' or '), memory]));
  }
  const [over, ratio] = [directly! - node!, asAUser! / npm!];
  const verdict = (held: boolean) => (held ? 'held' : 'missed');
  console.log(`
Nothing to do costs ${over.toFixed(0)} ms more than node -e 0 (aim: at most ${MOST_OVER_NODE_MS}, ${verdict(over <= MOST_OVER_NODE_MS)})
and through npm ${ratio.toFixed(2)} times an empty npm run (aim: under ${MOST_TIMES_NPM}, ${verdict(ratio < MOST_TIMES_NPM)}).`);
}

/**
 * This runner beside make, Snakemake and wireit on the same small pipeline, as a Markdown table: what it costs to find that
 * nothing is to be done, and what is done again after a change. Each peer is run as its users run it.
 * @param flags `--quick`: 3 rounds instead of 9
 */
export default async function runnerBench(flags: readonly string[]): Promise<void> {
  const rounds = flags.includes('--quick') ? 3 : 9;
  const installed = peers().filter(({ name, version, install }) => {
    if (version === null) console.log(`${name} is left out: it is not installed (${install})`);
    return version !== null;
  });
  const folder = mkdtempSync(join(tmpdir(), 'runner-bench-'));
  try {
    const projects = installed.map((peer) => ({ peer, folder: join(folder, peer.name.replaceAll(' ', '-')) }));
    for (const project of projects) writeProject(project.folder, project.peer);
    const versions = installed.map(({ name, version }) => `${name} ${version!}`.trimEnd()).join(', ');
    console.log(`${LAYOUT}; ${versions}; ${rounds} rounds in turn`);
    console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]!.model}, load ${loadavg()[0]!.toFixed(1)}\n`);
    const timings = timingsOf(projects);
    for (let done = 0; done < rounds; done++) {
      await round(projects, timings, takeTime);
      console.error(`${done + 1} of ${rounds} rounds`);
    }
    // What is measured for memory is not timed: it starts a program more.
    if (existsSync(GNU_TIME)) await round(projects, timings, takePeak);
    printTable(timings);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
