import { linesOf } from './event-lines.ts';
import type { Listener, RunEvent } from './events.ts';
import { styles, type Style } from './idle-lines.ts';
import { formatSeconds } from './quantity.ts';
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
export function progressLog(screen: Screen, now: () => number): { listen: Listener; stop: () => void } {
  const style = styles(screen.colours);
  const board = new Board(now);
  const draw = () => screen.live?.(board.lines(style));
  const timer = screen.live === undefined ? null : setInterval(draw, 200);
  timer?.unref();

  const listen: Listener = (event) => {
    board.note(event);
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
  readonly reason: string;
  readonly since: number;
  progress: Progress | null;
}

/** What is under way, and what is left. */
class Board {
  readonly #now: () => number;
  readonly #current = new Map<string, Current>();
  /** Seconds that each stage took before, if it has yet to be done; null: unknown. */
  readonly #left = new Map<string, number | null>();

  constructor(now: () => number) {
    this.#now = now;
  }

  note(event: RunEvent): void {
    switch (event.kind) {
      case 'planned':
        for (const stage of event.stages) this.#left.set(stage, event.seconds[stage] ?? null);
        break;
      case 'sources-started':
        this.#current.set('sources', { reason: 'read and checked', since: this.#now(), progress: null });
        break;
      case 'started':
        this.#current.set(event.stage, { reason: event.reason, since: this.#now(), progress: null });
        break;
      case 'progress': {
        const current = this.#current.get(event.stage);
        if (current !== undefined) current.progress = event.progress;
        break;
      }
      case 'sources-finished':
        this.#current.delete('sources');
        break;
      case 'cached':
      case 'borrowed':
      case 'finished':
      case 'failed':
        this.#current.delete(event.stage);
        this.#left.delete(event.stage);
        break;
    }
  }

  lines(style: Style): string[] {
    const now = this.#now();
    const stages = [...this.#current].map(
      ([stage, current]) => `${style.active('>')} ${describe(stage, current, now)}`,
    );
    const left = this.#timeLeft(now);
    if (left === null || stages.length === 0) return stages;
    return [...stages, style.quiet(`  about ${formatSeconds(left)} left`)];
  }

  /**
   * Seconds until all is done, if stages take as long as before and two things are true at best: nothing waits for a
   * processor, and what is under way goes on side by side. Null: some never ran.
   */
  #timeLeft(now: number): number | null {
    let sum = 0;
    let longest = 0;
    for (const [stage, before] of this.#left) {
      if (before === null) return null;
      const current = this.#current.get(stage);
      const left = current === undefined ? before : Math.max(0, before - (now - current.since) / 1000);
      if (current === undefined) sum += left;
      longest = Math.max(longest, left);
    }
    return this.#left.size === 0 ? null : Math.max(sum, longest);
  }
}

/** Why it runs, until it says how far it is. */
function describe(stage: string, { reason, since, progress }: Current, now: number): string {
  const parts =
    progress === null
      ? [reason]
      : [bar(progress), progress.note ?? '', counted(progress)].filter((part) => part !== '');
  return `${stage}: ${[...parts, formatSeconds((now - since) / 1000)].join(', ')}`;
}

const BAR = 20;

function bar({ done, total }: Progress): string {
  if (done === undefined || total === undefined || total <= 0) return '';
  const filled = Math.round(BAR * Math.min(1, Math.max(0, done / total)));
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}]`;
}

function counted(progress: Progress): string {
  if (progress.done === undefined) return '';
  const total = progress.total === undefined ? '' : ` of ${progress.total.toLocaleString('en')}`;
  return `${progress.done.toLocaleString('en')}${total} ${progress.unit ?? ''}`.trimEnd();
}
