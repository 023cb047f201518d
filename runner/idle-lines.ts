import type { RunEvent } from './events.ts';

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

/** What is said of a run that has nothing to do. */
export type IdleEvent = Extract<RunEvent, { kind: 'planned' | 'cached' | 'already-published' }>;

export const isIdle = (event: RunEvent): event is IdleEvent =>
  event.kind === 'planned' || event.kind === 'cached' || event.kind === 'already-published';

export function idleLines(event: IdleEvent, style: Style): string[] {
  switch (event.kind) {
    case 'planned':
      return Object.entries(event.replaced).map(([source, artifact]) =>
        style.quiet(`  ${source}: no file, ${artifact} stands in`),
      );
    case 'cached':
      return [style.quiet(`= ${event.stage}: up to date`)];
    case 'already-published':
      return [style.quiet(`= ${event.folder} is up to date`)];
  }
}
