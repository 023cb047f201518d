import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../runner/events.ts';
import type { CacheKey, Sha256 } from '../../runner/hash.ts';
import { progressLog, type Screen } from '../../runner/progress-log.ts';

const key = 'k' as CacheKey;
const output = { sha256: 's' as Sha256, bytes: 2048, rows: 1234 };
const EVENTS: readonly RunEvent[] = [
  { kind: 'planned', stages: ['a', 'b'], seconds: {}, replaced: { energy: 'stand_in_energy' } },
  { kind: 'cached', stage: 'a', key },
  { kind: 'started', stage: 'b', reason: 'never ran here' },
  { kind: 'progress', stage: 'b', progress: { done: 1500, total: 2000, unit: 'iterations', note: 'step 2' } },
  { kind: 'output', stage: 'b', line: 'hello' },
  {
    kind: 'finished',
    stage: 'b',
    key,
    seconds: 75.2,
    outputs: { t: output, f: { ...output, rows: null } },
    unchanged: true,
  },
  { kind: 'failed', stage: 'c', failures: [{ message: 'Row 3 is wrong', remedy: 'Correct it.', stack: null }] },
  { kind: 'published', folder: '/x/data-out', files: 2, movedAside: null },
];

function show(screen: Partial<Screen>) {
  const [lines, live]: [string[], string[]] = [[], []];
  const log = progressLog({ line: (text) => lines.push(text), colours: false, ...screen }, () => 0);
  EVENTS.forEach(log.listen);
  log.stop();
  return { lines, live };
}

describe('the progress log', () => {
  it('writes plain lines where there is no terminal', () => {
    expect(show({}).lines).toEqual([
      '  energy: no file, stand_in_energy stands in',
      '= a: up to date',
      '> b: never ran here',
      '  b: hello',
      '+ b: t (1,234 rows), f (2 kB) in 1 min 15 s, same as before',
      'x c failed',
      '  Row 3 is wrong',
      '    Correct it.',
      '+ published 2 files in /x/data-out',
    ]);
  });

  it('draws the running stage on a terminal, and clears it for each line that stays', () => {
    const drawn: string[] = [];
    const { lines } = show({ live: (text) => drawn.push(text.join('|')) });
    expect(drawn).toContain('> b: never ran here, 0.0 s');
    expect(drawn).toContain('> b: [###############.....], step 2, 1,500 of 2,000 iterations, 0.0 s');
    expect(drawn.at(-1)).toBe('');
    expect(lines).not.toContain('> b: never ran here');
  });

  it('says what a run of a part leaves undone, and how to read what it made', () => {
    const lines: string[] = [];
    const { listen } = progressLog({ line: (text) => lines.push(text), colours: false }, () => 0);
    const artifacts = {
      sale: { kind: 'table', path: "/it's/1" },
      flow: { kind: 'matrix', path: '/2' },
      page: { kind: 'file', path: '/3' },
    } as const;
    listen({ kind: 'not-published', waitsFor: ['a', 'b'], artifacts });
    listen({ kind: 'not-published', waitsFor: [], artifacts: {} });
    expect(lines).toEqual([
      '  data-out is left as it is: it waits for a, b; `npm run pipeline` publishes',
      "  sale: read_parquet('/it''s/1')",
      '  flow: /2 (Arrow file)',
      '  page: /3',
      '  data-out is left as it is; `npm run pipeline` publishes',
    ]);
  });

  it('counts one thing as one', () => {
    const lines: string[] = [];
    const { listen } = progressLog({ line: (text) => lines.push(text), colours: false }, () => 0);
    listen({ kind: 'finished', stage: 'b', key, seconds: 1, outputs: { t: { ...output, rows: 1 } }, unchanged: false });
    listen({ kind: 'published', folder: '/x/data-out', files: 1, movedAside: null });
    expect(lines).toEqual(['+ b: t (1 row) in 1.0 s', '+ published 1 file in /x/data-out']);
  });

  it('colours only when told to', () => {
    expect(show({}).lines.join('')).not.toContain('\u001b');
    expect(show({ colours: true }).lines.join('')).toContain('\u001b[32m+\u001b[0m');
  });
});
