import type { Available } from './available.ts';
import { countOf } from './count.ts';
import { runsLines } from './difference-lines.ts';
import type { RunEvent } from './events.ts';
import type { Failure } from './job.ts';
import { formatSeconds } from './quantity.ts';
import { idleLines, type Style } from './idle-lines.ts';
import { text } from './sql.ts';

/** What stays on the screen of an event; with `live` not what is drawn over anyway. */
export function linesOf(event: RunEvent, style: Style, live: boolean): string[] {
  switch (event.kind) {
    case 'planned':
    case 'cached':
    case 'already-published':
      return idleLines(event, style);
    case 'borrowed':
      return [style.quiet(`= ${event.stage}: from the shared store ${event.from}`)];
    case 'not-shared':
      return [style.bad(`! the shared store ${event.store} cannot be used: ${event.problem}`)];
    case 'waiting':
      return [style.quiet(`  ${event.stage}: ${event.holder} is making it; what it makes is used`)];
    case 'retrying':
      return [
        `${style.bad('!')} ${event.stage} failed and is tried again, ${countOf(event.left, 'time')} at most`,
        ...event.failures.flatMap(describeFailure),
      ];
    case 'started':
      return live ? [] : [`> ${event.stage}: ${event.reason}`];
    case 'sources-started':
    case 'progress':
      return [];
    case 'sources-finished':
      return [
        `${style.good('+')} sources: ${event.sources.length} read and checked in ${formatSeconds(event.seconds)}`,
      ];
    case 'output':
      return [`  ${style.quiet(`${event.stage}:`)} ${event.line}`];
    case 'finished': {
      const same = event.unchanged ? ', same as before' : '';
      return [
        `${style.good('+')} ${event.stage}: ${outputsOf(event.outputs)} in ${formatSeconds(event.seconds)}${same}`,
      ];
    }
    case 'failed':
      return [`${style.bad('x')} ${event.stage} failed`, ...event.failures.flatMap(describeFailure)];
    case 'damaged':
      return [style.bad(`! the stored ${event.artifact} was damaged and is put aside; ${event.stage} makes it again`)];
    case 'published':
      return [
        ...(event.movedAside === null
          ? []
          : [`! ${event.folder} was a folder of its own: kept as ${event.movedAside}`]),
        `${style.good('+')} published ${countOf(event.files, 'file')} in ${event.folder}`,
      ];
    case 'differs-from-lock':
      return [
        `${style.bad('x')} nothing is published: results are not as locked`,
        ...runsLines(event.difference).map((line) => `  ${line}`),
        '  If they are meant to differ: npm run pipeline, npm run pipeline -- lock',
      ];
    case 'not-published':
      return [
        style.quiet(
          `  data-out is left as it is${event.waitsFor.length === 0 ? '' : `: it waits for ${event.waitsFor.join(', ')}`}; \`npm run pipeline\` publishes`,
        ),
        ...Object.entries(event.artifacts).map(([name, { kind, path }]) => `  ${name}: ${readable(kind, path)}`),
      ];
  }
}

/** Objects have no ending by which a program could tell what they are: a table as DuckDB reads it. */
function readable(kind: Available['kind'], path: string): string {
  if (kind === 'table') return `read_parquet(${text(path)})`;
  return kind === 'matrix' ? `${path} (Arrow file)` : path;
}

function outputsOf(outputs: Extract<RunEvent, { kind: 'finished' }>['outputs']): string {
  const told = Object.entries(outputs).map(([name, { rows, bytes }]) => {
    const size = rows === null ? `${(bytes / 1024).toFixed(0)} kB` : countOf(rows, 'row');
    return `${name} (${size})`;
  });
  return told.length > 4 ? `${told.slice(0, 3).join(', ')} and ${told.length - 3} more` : told.join(', ');
}

export function describeFailure({ message, remedy, stack }: Failure): string[] {
  const lines = (stack ?? message).split('\n');
  return [...lines, ...(remedy === null ? [] : remedy.split('\n').map((line) => `  ${line}`))].map(
    (line) => `  ${line}`,
  );
}
