import type { Available } from './available.ts';
import { countOf } from './count.ts';
import type { Listener, RunEvent } from './events.ts';
import type { Failure } from './job.ts';
import { text } from './sql.ts';
import type { Progress } from './stage.ts';

/** Where lines go. */
export interface Screen {
  /** A line that stays. */
  readonly line: (text: string) => void;
  /** Lines that are drawn over by the next ones; absent where there is no terminal. */
  readonly live?: (lines: readonly string[]) => void;
  readonly colours: boolean;
}

/** Shows a run as it goes: a line per stage, live where there is a terminal. */
export function progressLog(screen: Screen, now: () => number): { listen: Listener; stop(): void } {
  const style = styles(screen.colours);
  let current: Current | null = null;
  const draw = () => {
    if (screen.live === undefined) return;
    screen.live(current === null ? [] : [`${style.active('>')} ${describeCurrent(current, now())}`]);
  };
  const timer = screen.live === undefined ? null : setInterval(draw, 200);
  timer?.unref();

  const listen: Listener = (event) => {
    if (event.kind === 'started') current = { stage: event.stage, reason: event.reason, since: now(), progress: null };
    if (event.kind === 'sources-started')
      current = { stage: 'sources', reason: 'read and checked', since: now(), progress: null };
    if (event.kind === 'progress' && current !== null) current.progress = event.progress;
    if (event.kind === 'finished' || event.kind === 'failed' || event.kind === 'sources-finished') current = null;
    const lines = linesOf(event, style, screen.live !== undefined);
    if (lines.length > 0) screen.live?.([]);
    lines.forEach(screen.line);
    draw();
  };
  return {
    listen,
    stop() {
      if (timer !== null) clearInterval(timer);
      screen.live?.([]);
    },
  };
}

/** What is being run. */
interface Current {
  readonly stage: string;
  readonly reason: string;
  readonly since: number;
  progress: Progress | null;
}

interface Style {
  good(text: string): string;
  bad(text: string): string;
  active(text: string): string;
  quiet(text: string): string;
}

function styles(colours: boolean): Style {
  const paint = (code: number) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { good: paint(32), bad: paint(31), active: paint(36), quiet: paint(2) };
}

function linesOf(event: RunEvent, style: Style, live: boolean): string[] {
  switch (event.kind) {
    case 'planned':
      return [...event.replaced].map(([source, artifact]) =>
        style.quiet(`  ${source}: no file, ${artifact} stands in`),
      );
    case 'cached':
      return [style.quiet(`= ${event.stage}: up to date`)];
    case 'started':
      return live ? [] : [`> ${event.stage}: ${event.reason}`];
    case 'sources-started':
    case 'progress':
      return [];
    case 'sources-finished':
      return [`${style.good('+')} sources: ${event.sources.length} read and checked in ${seconds(event.seconds)}`];
    case 'output':
      return [`  ${style.quiet(`${event.stage}:`)} ${event.line}`];
    case 'finished': {
      const same = event.unchanged ? ', same as before' : '';
      return [`${style.good('+')} ${event.stage}: ${outputsOf(event.outputs)} in ${seconds(event.seconds)}${same}`];
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

/** Why it runs, until it says how far it is. */
function describeCurrent({ stage, reason, since, progress }: Current, now: number): string {
  const parts = progress === null ? [reason] : [progress.note ?? '', counted(progress)].filter((part) => part !== '');
  return `${stage}: ${[...parts, seconds((now - since) / 1000)].join(', ')}`;
}

function counted(progress: Progress): string {
  if (progress.done === undefined) return '';
  const total = progress.total === undefined ? '' : ` of ${progress.total.toLocaleString('en')}`;
  return `${progress.done.toLocaleString('en')}${total} ${progress.unit ?? ''}`.trimEnd();
}

function describeFailure({ message, remedy, stack }: Failure): string[] {
  const lines = (stack ?? message).split('\n');
  return [...lines, ...(remedy === null ? [] : remedy.split('\n').map((line) => `  ${line}`))].map(
    (line) => `  ${line}`,
  );
}

const seconds = (value: number): string =>
  value < 60 ? `${value.toFixed(1)} s` : `${Math.floor(value / 60)} min ${Math.floor(value % 60)} s`;
