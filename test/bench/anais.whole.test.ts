import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const bench = (...args: string[]): string =>
  execFileSync('npm', ['run', '--silent', 'bench', '--', ...args], { cwd: ROOT, encoding: 'utf8' });

/** The rows of the Markdown table in a text, by column. */
function tableRows(text: string): Record<string, string>[] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const [titles, , ...rows] = lines.map((line) => line.slice(1, -1).split('|'));
  return rows.map((row) => Object.fromEntries(titles!.map((title, k) => [title.trim(), row[k]!.trim()])));
}

describe('npm run bench -- anais --quick', () => {
  const tolerance = 1e-6;
  let rows: Record<string, string>[];
  beforeAll(() => {
    rows = tableRows(bench('anais', '--quick'));
  }, 240_000);

  /** Values of a column in the rows whose gap is within the tolerance. */
  const proven = (column: string, gap: string): number[] =>
    rows.filter((row) => row[gap] !== '' && Number(row[gap]) <= tolerance).map((row) => Number(row[column]));

  it('has a row for each solver, and what it ended with', () => {
    expect(rows.map(({ solver }) => solver!.replace(/ \(scipy .*\)/, ''))).toEqual([
      'structured interior point',
      'HiGHS interior point (WebAssembly)',
      'HiGHS interior point (WebAssembly), plain formulation',
      'HiGHS interior point and crossover, native',
    ]);
    for (const { status, size } of rows) {
      expect(status).not.toBe('');
      expect(size).toBe('11 x 6');
    }
  });

  it.each([
    ['rmax', 'gap 1'],
    ['objective', 'gap 2'],
  ])('every solver that proves %s agrees with the others', (column, gap) => {
    const values = proven(column, gap);
    expect(values.length).toBeGreaterThanOrEqual(3);
    for (const value of values) expect(Math.abs(value / values[0]! - 1)).toBeLessThan(tolerance);
  });

  it('proves native HiGHS too where it is installed, and says how to install it where it is not', () => {
    const { status, 'gap 1': gap } = rows.at(-1)!;
    if (gap === '') expect(status).toBe('python3-scipy is not installed (apt-get install python3-scipy)');
    else expect(Number(gap)).toBeLessThan(tolerance);
  });

  it('violates no constraint', () => {
    for (const { residual } of rows) expect(Number(residual)).toBeLessThan(tolerance);
  });
});

describe('npm run bench', () => {
  it.each([[[]], [['nothing']]])('lists the benches (%j)', (args) => {
    const { status, stderr } = spawnSync('npm', ['run', '--silent', 'bench', '--', ...args], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(stderr).toContain('npm run bench -- NAME, where NAME is one of: anais');
  });
});
