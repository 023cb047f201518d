import type { Available } from './available.ts';
import { countOf } from './count.ts';
import type { RunEvent } from './events.ts';
import type { Failure } from './job.ts';
import { formatSeconds } from './quantity.ts';
import { text } from './sql.ts';

export interface Style {
  good(text: string): string;
  bad(text: string): string;
  active(text: string): string;
  quiet(text: string): string;
}

export function styles(colours: boolean): Style {
  const paint = (code: number) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { good: paint(32), bad: paint(31), active: paint(36), quiet: paint(2) };
}

/** What stays on the screen of an event; with `live` not what is drawn over anyway. */
export function linesOf(event: RunEvent, style: Style, live: boolean): string[] {
  switch (event.kind) {
    case 'planned':
      return Object.entries(event.replaced).map(([source, artifact]) =>
        style.quiet(`  ${source}: no file, ${artifact} stands in`),
      );
    case 'cached':
      return [style.quiet(`= ${event.stage}: up to date`)];
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
    case 'already-published':
      return [style.quiet(`= ${event.folder} is up to date`)];
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

function describeFailure({ message, remedy, stack }: Failure): string[] {
  const lines = (stack ?? message).split('\n');
  return [...lines, ...(remedy === null ? [] : remedy.split('\n').map((line) => `  ${line}`))].map(
    (line) => `  ${line}`,
  );
}
