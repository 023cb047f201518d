import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machinery } from './cache-key.ts';
import { bundleCode, type Code } from './code.ts';
import { engineVersions } from './engine.ts';
import type { Plan } from './graph.ts';
import { canonicalJson, sha256 } from './hash.ts';
import { openMemo, type Memo } from './memo.ts';
import type { Pipeline, StageDeclaration } from './pipeline.ts';
import { planWithScenarios } from './scenarios.ts';
import { filesOf, type Command } from './shell-command.ts';
import { isPresent } from './source-files.ts';
import { withoutComments } from './sql-text.ts';
import type { SharedStore } from './shared-store.ts';
import { TOOL_ROOT } from './tool-root.ts';
import { openStore, type Store } from './store.ts';

/** What every step of a run needs. */
export interface Workshop {
  readonly pipeline: Pipeline;
  readonly store: Store;
  readonly memo: Memo;
  /** The bundled worker. */
  readonly worker: Code;
  readonly machinery: Machinery;
  /** A store that others use too; null: there is none. */
  readonly shared: SharedStore | null;
  /** Aborted when the run is to end. */
  readonly interruption: AbortSignal;
}

/** A stage's code as it will be executed. */
export type StageCode = Pick<Code, 'hash' | 'packages' | 'files'> &
  ({ readonly bundle: string } | { readonly sql: string; readonly file: string } | { readonly command: Command });

/** What is known of files that a cache was used with. */
export const openMemoOf = (cache: string, paranoid = false): Memo => openMemo(join(cache, 'memo.json'), paranoid);

/** The code of the processes that run jobs. */
export const bundleWorker = (memo: Memo): Promise<Code> =>
  bundleCode(join(TOOL_ROOT, 'runner', 'worker.ts'), TOOL_ROOT, memo, 'worker');

/** @param cache absolute path of the folder for stored outputs and receipts */
export async function openWorkshop(
  pipeline: Pipeline,
  cache: string,
  interruption: AbortSignal = new AbortController().signal,
  memo: Memo = openMemoOf(cache),
  shared: SharedStore | null = null,
): Promise<Workshop> {
  const worker = await bundleWorker(memo);
  const node = engineVersions(process.versions);
  return {
    pipeline,
    store: openStore(cache, memo, pipeline.name),
    memo,
    worker,
    machinery: { worker, node },
    shared,
    interruption,
  };
}

export async function codeOf(stage: StageDeclaration, { pipeline, memo }: Workshop): Promise<StageCode> {
  if (stage.language === 'shell') return commandCode(stage.command, pipeline, memo);
  const { run, language } = stage;
  const path = join(pipeline.root, run);
  if (language === 'typescript') return bundleCode(path, pipeline.root, memo, 'stage');
  memo.consult(path);
  const sql = readFileSync(path, 'utf8');
  return { hash: sha256(withoutComments(sql)), packages: {}, files: { [run]: sha256(sql) }, sql, file: run };
}

/** The command and every file of the project that it names, by content. */
function commandCode(command: Command, { root }: Pipeline, memo: Memo): StageCode {
  const named = filesOf(command).map((file) => [file, memo.hashOf(join(root, file))] as const);
  const files = { 'the command': sha256(command.text), ...Object.fromEntries(named) };
  return { hash: sha256(canonicalJson(files)), packages: {}, files, command };
}

/** What `targets` need, with the files that are there now. */
export const planOf = ({ pipeline, memo }: Pick<Workshop, 'pipeline' | 'memo'>, targets: readonly string[]): Plan =>
  planWithScenarios(pipeline, targets, (file) => isPresent(pipeline.root, file, memo));
