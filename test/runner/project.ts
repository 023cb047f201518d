import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import type { RunEvent } from '../../runner/events.ts';
import { sha256 } from '../../runner/hash.ts';
import { readPipelineFile } from '../../runner/pipeline-file.ts';
import type { Budget } from '../../runner/room.ts';
import { runPipeline, type Outcome } from '../../runner/run.ts';
import type { SharedStore } from '../../runner/shared-store.ts';
import { survey, type Standing } from '../../runner/survey.ts';
import { why } from '../../runner/why.ts';
import { openWorkshop, type Workshop } from '../../runner/workshop.ts';

export interface Ran {
  readonly outcome: Outcome;
  /** Names of the stages that were executed, in order. */
  readonly executed: readonly string[];
  readonly events: readonly RunEvent[];
  /** What a failed stage said; empty if none failed. */
  readonly message: string;
  readonly remedy: string | null;
}

interface Setting {
  readonly targets: readonly string[];
  /** By default one stage after the other, so that the order of events is that of the file. */
  readonly budget: Budget;
  readonly shared: SharedStore | null;
  /** Folder of the cache, in the project. */
  readonly cache: string;
  /** The pipeline file, in the project. */
  readonly file: string;
}

/** A small pipeline in a folder of its own. */
export interface Project {
  readonly folder: string;
  path(file: string): string;
  write(files: Readonly<Record<string, string>>): void;
  read(file: string): string;
  /** Replaces a text that is there exactly once. */
  edit(file: string, from: string, to: string): void;
  run(...targets: string[]): Promise<Ran>;
  runWith(setting: Partial<Setting>): Promise<Ran>;
  workshop(): Promise<Workshop>;
  status(): Promise<Standing[]>;
  why(stage: string): Promise<string>;
  /** The folder that data-out links to. */
  edition(): string;
}

/** Makes a project of some files; it is gone after the test. */
export function project(files: Readonly<Record<string, string>>): Project {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const path = (file: string) => join(folder, file);
  const write = (given: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(given)) {
      mkdirSync(dirname(path(file)), { recursive: true });
      writeFileSync(path(file), text);
    }
  };
  const read = (file: string) => readFileSync(path(file), 'utf8');
  const workshop = (cache = '.cache', shared: SharedStore | null = null, file = 'pipeline.yaml'): Promise<Workshop> =>
    openWorkshop(readPipelineFile(path(file)), path(cache), undefined, undefined, shared);
  const runWith = async ({
    targets = [],
    budget = { slots: 1, memoryBytes: Infinity },
    shared = null,
    cache = '.cache',
    file,
  }: Partial<Setting>): Promise<Ran> => {
    const events: RunEvent[] = [];
    const listen = (event: RunEvent) => void events.push(event);
    const outcome = await runPipeline(await workshop(cache, shared, file), targets, listen, budget);
    const failures = events.find((event) => event.kind === 'failed')?.failures ?? [];
    const executed = events.filter((event) => event.kind === 'finished').map(({ stage }) => stage);
    return {
      outcome,
      executed,
      events,
      message: failures.map(({ message }) => message).join('\n'),
      remedy: failures.at(-1)?.remedy ?? null,
    };
  };
  write(files);
  // The runner's own code is the same for all.
  mkdirSync(path('.cache'), { recursive: true });
  copyFileSync(join(inject('sharedFolder'), 'memo.json'), path('.cache/memo.json'));
  return {
    folder,
    path,
    write,
    read,
    edit(file, from, to) {
      const parts = read(file).split(from);
      if (parts.length !== 2) throw new Error(`${file} has \`${from}\` ${parts.length - 1} times`);
      write({ [file]: parts.join(to) });
    },
    run: (...targets) => runWith({ targets }),
    runWith,
    workshop: () => workshop(),
    status: async () => survey(await workshop()),
    why: async (stage) => (await why(await workshop(), stage)).lines.join('\n'),
    edition: () => readlinkSync(path('data-out')),
  };
}

/** Such a project after a run of everything. Test files that ask for the same one get copies of one run. */
export async function projectThatRan(files: Readonly<Record<string, string>>): Promise<Project> {
  const made = join(inject('sharedFolder'), sha256(JSON.stringify(files)));
  if (!existsSync(made)) {
    if (!underWay.has(made)) underWay.set(made, runAside(files, made));
    await underWay.get(made);
  }
  const copy = project({});
  copyFolder(made, copy.folder);
  return copy;
}

const underWay = new Map<string, Promise<void>>();

async function runAside(files: Readonly<Record<string, string>>, made: string): Promise<void> {
  const first = project(files);
  const { outcome, message } = await first.run();
  if (!outcome.ok) throw new Error(message);
  const temporary = mkdtempSync(`${made}.`);
  copyFolder(first.folder, temporary);
  // Another test file may have been as fast.
  if (!existsSync(made)) renameSync(temporary, made);
}

const copyFolder = (from: string, to: string): void => {
  cpSync(from, to, { recursive: true, force: true, verbatimSymlinks: true, preserveTimestamps: true });
};

/** Three stages in a row and one beside them: made -> doubled -> total, and other. */
export const CHAIN: Readonly<Record<string, string>> = {
  'pipeline.yaml': `pipeline: chain
sources:
  region:
    file: data-raw/regions.csv
    evidence: published fact
    description: Three regions
    columns: { code: { type: VARCHAR, description: Short code }, people: { type: INTEGER, min: 0 } }
    key: [code]
stages:
  made:
    run: stages/made.ts
    inputs: [region]
    parameters: { factor: 2, shift: 0 }
    outputs:
      amount:
        description: An amount by region
        evidence: stand-in
        columns: { code: { type: VARCHAR, references: region.code }, value: { type: DOUBLE, unit: t } }
        key: [code]
  doubled:
    run: stages/doubled.sql
    inputs: [amount]
    parameters: { times: 2 }
    outputs:
      double_amount: { columns: { code: VARCHAR, value: DOUBLE }, key: [code] }
  total:
    run: stages/total.ts
    inputs: [double_amount]
    outputs:
      report: { file: report.txt, publish_as: report.txt }
  other:
    run: stages/other.sql
    inputs: [region]
    outputs:
      people: { columns: { people: BIGINT } }
`,
  'data-raw/regions.csv': 'code,people\nA,1\nB,2\nC,3\n',
  'stages/made.ts': `import { scale } from './helpers/scale.ts';
export default async (context) => {
  const { factor, shift } = context.parameters;
  const { code, people } = await context.query('SELECT code, people FROM region ORDER BY code');
  await context.writeTable('amount', { code, value: people.map((count) => scale(count, factor) + 0 * shift) });
};
`,
  'stages/helpers/scale.ts': `export const scale = (count, factor) => count * factor;
`,
  'stages/doubled.sql': `CREATE TABLE double_amount AS SELECT code, value * getvariable('times') AS value FROM amount;
`,
  'stages/total.ts': `import { writeFileSync } from 'node:fs';
export default async (context) => {
  const { total } = await context.query('SELECT sum(value ORDER BY code) AS total FROM double_amount');
  writeFileSync(context.outputs.report, \`total \${total[0]}\\n\`);
};
`,
  'stages/other.sql': `CREATE VIEW people AS SELECT sum(people)::BIGINT AS people FROM region;
`,
};
