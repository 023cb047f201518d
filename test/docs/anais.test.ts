import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finding, opposition, suggestion } from '../../mrio/anais/conflict-words.ts';
import type { Relaxation } from '../../mrio/anais/conflicts.ts';
import { FAMILIES, type Family, type Place } from '../../mrio/anais/rows.ts';
import { readPipelineFile } from '../../runner/pipeline-file.ts';
import { smallStudy, type SmallStudy } from '../study/small-study.ts';
import { shownQueries, tableCells } from './shown-queries.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(`${ROOT}/docs/anais.md`, 'utf8');
const method = readFileSync(`${ROOT}/docs/method.md`, 'utf8');

/** What stands under a heading, up to the next one. */
const section = (heading: string): string => page.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`))!;

/** The first column of the table of a section, without the backquotes. */
const firstColumn = (heading: string): string[] => {
  const [table] = /(?:^\|.*\n)+/m.exec(section(heading))!;
  return tableCells(table)
    .slice(1)
    .map(([cell]) => cell!.replaceAll('`', ''));
};

describe('docs/anais.md', () => {
  it('names every family of constraints', () => {
    expect(firstColumn('The problem').sort()).toEqual([...FAMILIES, 'deviation bound', 'non-negativity'].sort());
  });

  it('gives the parameters of the stage anais and their defaults', () => {
    const { parameters } = readPipelineFile(`${ROOT}/pipeline.yaml`).stages.get('anais')!;
    const [table] = /(?:^\|.*\n)+/m.exec(section('The switches'))!;
    const rows = tableCells(table).slice(1);
    // These three are not said in pipeline.yaml.
    const declared = rows.filter(([name]) => !['`bound`', '`objective`', '`target_known`'].includes(name!));
    const defaults = declared.map(([name, value]) => [name!.replaceAll('`', ''), value!.replaceAll('`', '')]);
    const asText = (value: unknown): unknown => (typeof value === 'number' ? value : String(value));
    expect(
      Object.fromEntries(defaults.map(([name, value]) => [name, Number.isNaN(Number(value)) ? value : Number(value)])),
    ).toEqual(Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, asText(value)])));
  });

  it('names files that are there', () => {
    for (const text of [page, method]) {
      for (const [, path] of text.matchAll(/`((?:mrio|stages|data-raw)\/[\w./-]+\.\w+)`/g))
        expect(existsSync(`${ROOT}/${path!}`), path).toBe(true);
      for (const [, target] of text.matchAll(/\]\((?!http|#)([^)#]+)(?:#[^)]*)?\)/g))
        expect(existsSync(join(ROOT, 'docs', target!)), target).toBe(true);
    }
    const anchors = (text: string): string[] =>
      Array.from(text.matchAll(/^##+ (.*)$/gm), ([, heading]) => heading!.toLowerCase().replace(/[^\w]+/g, '-'));
    for (const [, target] of [...page.matchAll(/\]\(#([^)]+)\)/g), ...method.matchAll(/\]\(anais\.md#([^)]+)\)/g)])
      expect(anchors(page)).toContain(target);
    const home = 'mrio/anais';
    const alone = Array.from(page.matchAll(/`([\w-]+\.ts)`/g), ([, file]) => file!);
    expect(alone.length).toBeGreaterThan(5);
    for (const file of alone)
      expect(
        [home, `${home}/interior-point`].some((folder) => existsSync(`${ROOT}/${folder}/${file}`)),
        file,
      ).toBe(true);
  });

  it('shows a conflict in the words of the code', () => {
    const [, shown] = /```text\n(.*?)```/s.exec(section('Where there is no solution'))!;
    const account = (sector: number) => ({ region: 'HE', sector });
    const industry = (sector: number): Place => ({ from: account(sector), to: null });
    const metals = (at: number): Place => ({
      from: { region: null, sector: 14 },
      to: { region: at % 2 === 0 ? 'TS' : 'HD', sector: at },
    });
    const supplier = (region: string): Place => ({ from: { region, sector: 14 }, to: { region: 'HE', sector: null } });
    const one = (family: Family, place: Place): Relaxation => ({
      family,
      place,
      row: 0,
      give: 'raise',
      measure: 'money',
      given: 29_730_000,
      needed: 60_695_570,
    });
    const relaxation = one('total output', industry(16));
    const against = [
      ...Array.from({ length: 22 }, (_, at) => one('coherence cap', metals(at))),
      one('total output', industry(1)),
      ...['BJ', 'TJ', 'SX', 'SD'].map((region) => one('known supplier', supplier(region))),
    ];
    const conflict = { relaxation, against, irreducible: true };
    const words = [finding(relaxation), ...opposition(conflict).map((line) => `  ${line}`), suggestion(relaxation)];
    expect(shown!.trimEnd().split('\n')).toEqual(words);
  });
});

describe('the example of docs/anais.md', () => {
  const example = section('An example');
  const pipeline = readFileSync(`${ROOT}/pipeline.yaml`, 'utf8');
  let study: SmallStudy;

  beforeAll(async () => {
    study = await smallStudy();
  }, 120_000);

  afterAll(() => {
    study.remove();
  });

  it('runs the variant that it tells of, and its queries show it', { timeout: 240_000 }, async () => {
    const [, changes] = /```yaml\n(.*?)```/s.exec(example)!;
    for (const line of changes!.trim().split('\n')) {
      const [name] = line.split(':');
      const present = pipeline.match(new RegExp(`^ +${name!}: (?![{&*]).*$`, 'gm'))!;
      expect(present, 'a line that a reader finds at once').toHaveLength(1);
      study.edit(present[0].trim(), line);
    }
    const commands = Array.from(example.matchAll(/^ {4}(npm .*)$/gm), ([, command]) => command!);
    expect(commands).toEqual(['npm run pipeline -- run anais']);
    const { status, stderr } = spawnSync('bash', ['-c', commands[0]!], { cwd: study.folder, encoding: 'utf8' });
    expect(status, stderr).toBe(0);

    const place = (table: string): string =>
      new RegExp(`^ +${table}: (read_parquet\\('.*'\\))$`, 'm').exec(stderr)![1]!;
    const [certificate, residual] = await Promise.all(
      shownQueries(example).map(async ({ sql, rows }) => {
        const reading = sql.replace(/\b(anais_certificate|anais_residual)\b/, (table) => place(table));
        const connection = await (await DuckDBInstance.create(':memory:')).connect();
        const reader = await connection.runAndReadAll(reading);
        connection.closeSync();
        expect(reader.columnNames()).toEqual(rows[0]);
        return reader.getRowObjectsJson();
      }),
    );
    expect(certificate!.map(({ objective, proven }) => [objective, proven])).toEqual([
      ['largest relative deviation', true],
      ['sum of relative deviations', true],
    ]);
    expect(residual!.map(({ family }) => family)).toContain('block within');
    for (const { met } of residual!) expect(met).toBe(true);
  });
});
