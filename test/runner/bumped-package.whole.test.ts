import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { project, type Project } from './project.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** A checkout of the runner, with packages that can be taken for others. */
function checkout(): Project {
  const copy = project({
    'pipeline.yaml': `pipeline: packages
stages:
  parsed: { run: stages/parsed.ts, outputs: { parsed: { file: parsed.txt } } }
  plain: { run: stages/plain.ts, outputs: { plain: { file: plain.txt } } }
`,
    'stages/parsed.ts': `import { writeFileSync } from 'node:fs';
import { parse } from 'yaml';
export default async ({ outputs }) => writeFileSync(outputs.parsed, String(parse('1')));
`,
    'stages/plain.ts': `import { writeFileSync } from 'node:fs';
export default async ({ outputs }) => writeFileSync(outputs.plain, 'plain');
`,
  });
  for (const file of ['runner', 'package.json', 'package-lock.json'])
    cpSync(join(ROOT, file), copy.path(file), { recursive: true });
  mkdirSync(copy.path('node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (!name.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', name), copy.path(`node_modules/${name}`));
  const installed = 'node_modules/.package-lock.json';
  if (existsSync(join(ROOT, installed))) cpSync(join(ROOT, installed), copy.path(installed));
  return copy;
}

function run(of: Project, ...args: string[]) {
  const { stderr, stdout } = spawnSync(process.execPath, ['runner/start.cjs', ...args], {
    cwd: of.folder,
    encoding: 'utf8',
  });
  const executed = Array.from(stderr.matchAll(/^\+ (\w+): /gm), ([, stage]) => stage);
  return { text: stdout + stderr, executed };
}

/** What npm leaves after `npm install PACKAGE@VERSION`. */
function bump(of: Project, name: string, version: string): void {
  for (const file of ['package-lock.json', 'node_modules/.package-lock.json']) {
    const lock = JSON.parse(of.read(file)) as { packages: Record<string, { version: string; integrity: string }> };
    lock.packages[`node_modules/${name}`] = { ...lock.packages[`node_modules/${name}`]!, version, integrity: 'other' };
    of.write({ [file]: JSON.stringify(lock) });
  }
}

it('a bumped package runs the stages that import it, and no other', () => {
  const copy = checkout();
  expect(run(copy, '--jobs', '1').executed).toEqual(['parsed', 'plain']);
  bump(copy, 'chokidar', '99.0.0');
  expect(run(copy).executed).toEqual([]);
  bump(copy, 'yaml', '99.0.0');
  expect(run(copy, 'why', 'parsed').text).toMatch(/package yaml: .* -> 99\.0\.0/);
  expect(run(copy).executed).toEqual(['parsed']);
  bump(copy, '@duckdb/node-api', '99.0.0');
  expect(run(copy, '--jobs', '1').executed).toEqual(['parsed', 'plain']);
});

it('a missing package is no stack trace', () => {
  const copy = checkout();
  rmSync(copy.path('node_modules/esbuild'));
  const said = "Cannot find package 'esbuild' imported from .*\\n {2}Packages are missing: npm ci\\n$";
  expect(run(copy).text).toMatch(new RegExp(`^${said}`));
});
