import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const readme = readFileSync(`${ROOT}/README.md`, 'utf8');

describe('the README', () => {
  it('shows commands that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { scripts: Record<string, string> };
    const shown = new Set(Array.from(readme.matchAll(/npm run (\S+)|npm (test)/g), ([, run, test]) => run ?? test));
    expect([...shown].sort()).toEqual(['pipeline', 'tables', 'test']);
    for (const name of shown) expect(scripts).toHaveProperty(name!);
  });

  it('links to files that are there', () => {
    for (const [, target] of readme.matchAll(/\]\((?!http)([^)]+)\)/g))
      expect(existsSync(`${ROOT}/${target!}`), target).toBe(true);
  });

  it('names files of the user as pipeline.yaml does', () => {
    const pipeline = readFileSync(`${ROOT}/pipeline.yaml`, 'utf8');
    const named = Array.from(readme.matchAll(/^\| `([\w.-]+(?:\.csv|\/))`/gm), ([, file]) => file!);
    expect(named).toHaveLength(5);
    for (const file of named) expect(pipeline).toContain(`data-raw/user/${file}`);
  });
});
