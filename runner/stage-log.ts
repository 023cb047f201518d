import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from './folder.ts';
import type { Listener, RunEvent } from './events.ts';
import { formatSeconds } from './quantity.ts';

/** Stages of several pipelines may have one name. */
const folderOf = (cache: string, pipeline: string, stage: string): string =>
  join(cache, 'logs', `${pipeline}.${stage}`);

/** Writes what each stage says, as it says it, to `logs/PIPELINE.STAGE/RUN.log`. */
export function stageLogs(cache: string, pipeline: string, run: string): Listener {
  const started = new Map<string, number>();
  /** Why a line of a stage could not be written. */
  const refused = new Map<string, unknown>();
  return (event) => {
    if (!('stage' in event)) return;
    const atAnyTime = event.kind === 'output' || event.kind === 'progress';
    if (!atAnyTime && refused.has(event.stage)) throw refused.get(event.stage);
    if (event.kind === 'started') {
      started.set(event.stage, performance.now());
      mkdirSync(folderOf(cache, pipeline, event.stage), { recursive: true });
    }
    const since = started.get(event.stage);
    if (since === undefined) return;
    const elapsed = formatSeconds((performance.now() - since) / 1000);
    const lines = linesOf(event).map((line) => `${elapsed.padStart(8)}  ${line}\n`);
    if (lines.length === 0) return;
    try {
      appendFileSync(join(folderOf(cache, pipeline, event.stage), `${run}.log`), lines.join(''));
    } catch (error) {
      // What a stage prints or reports comes at any time, when nobody catches: it is thrown with what comes in the course of the run.
      if (!atAnyTime) throw error;
      refused.set(event.stage, error);
    }
  };
}

function linesOf(event: RunEvent): string[] {
  switch (event.kind) {
    case 'started':
      return [`runs: ${event.reason}`];
    case 'output':
      return [event.line];
    case 'finished':
      return [`done: ${Object.keys(event.outputs).join(', ')}${event.unchanged ? ', same as before' : ''}`];
    case 'failed':
    case 'retrying':
      return [
        event.kind,
        ...event.failures.flatMap(({ message, remedy, stack }) => [
          ...(stack ?? message).split('\n'),
          ...(remedy ?? '').split('\n'),
        ]),
      ];
    default:
      return [];
  }
}

/** The last log of a stage of a pipeline, and the run that it is of; null: it has not run since logs were removed. */
export function lastLog(
  cache: string,
  pipeline: string,
  stage: string,
): { readonly run: string; readonly lines: readonly string[] } | null {
  const logs = entriesOf(folderOf(cache, pipeline, stage)).filter((entry) => entry.endsWith('.log'));
  const file = logs.toSorted().at(-1);
  if (file === undefined) return null;
  const text = readFileSync(join(folderOf(cache, pipeline, stage), file), 'utf8');
  return { run: file.slice(0, -'.log'.length), lines: text.trimEnd().split('\n') };
}
