import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ask } from '../study/identities.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** What a run of an example left behind. */
export interface ExampleRun {
  /** The folder of the example. */
  readonly folder: string;
  readonly dataOut: string;
  /** Path of the results database. */
  readonly results: string;
  /** What was said in the run. */
  readonly said: string;
  ask(sql: string): Promise<Record<string, unknown>[]>;
  /** One column of a query as numbers. */
  numbers(sql: string): Promise<number[]>;
}

/** Runs an example as its users do, from the folder of the project. */
export async function runExample(name: string): Promise<ExampleRun> {
  const folder = join(ROOT, 'examples', name);
  const args = ['runner/start.cjs', '--file', `examples/${name}/pipeline.yaml`];
  const { stdout, stderr } = await promisify(execFile)('node', args, { cwd: ROOT, maxBuffer: 1e8 });
  const results = join(folder, 'data-out/results.duckdb');
  return {
    ...{ folder, dataOut: join(folder, 'data-out'), results, said: stdout + stderr },
    ask: (sql) => ask(results, sql),
    numbers: async (sql) => (await ask(results, sql)).map((row) => Number(Object.values(row)[0])),
  };
}

/** |actual - expected| at the worst, relative to the largest expected. */
export function worst(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} numbers, ${expected.length} expected`);
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...actual.map((value, k) => Math.abs(value - expected[k]!))) / scale;
}
