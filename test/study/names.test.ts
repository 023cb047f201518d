import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseCsvObjects } from 'hucre/csv';
import { describe, expect, it } from 'vitest';
import { readPipelineFile } from '../../runner/pipeline-file.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Code that is to serve any study. */
const FOLDERS = ['stages', 'mrio', 'runner'];

const facts = (file: string): Record<string, unknown>[] =>
  parseCsvObjects(readFileSync(join(ROOT, 'data-raw', file), 'utf8')).data;

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|sql|cjs|wat)$/.test(name))
    .map((name) => join(ROOT, folder, name)),
);

/** Where a name stands as a word, or a Chinese one anywhere. */
function placesOf(names: readonly string[]): string[] {
  const word = names.map((name) =>
    /^[\x20-\x7e]+$/.test(name)
      ? String.raw`(?<!\w)${name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?!\w)`
      : name,
  );
  const any = new RegExp(word.join('|'), 'gu');
  return sources.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, i) => [...line.matchAll(any)].map(([name]) => `${relative(ROOT, file)}:${i + 1}: ${name}`)),
  );
}

describe('code that serves any study', () => {
  it('is looked at whole', () => {
    expect(sources.length).toBeGreaterThan(200);
  });

  it('names no region', () => {
    const names = facts('regions.csv').flatMap(({ name, name_zh }) => [String(name), String(name_zh)]);
    expect(names).toHaveLength(82);
    expect(placesOf([...names, 'Hebei', '河北', 'BTH', 'Jing-Jin-Ji', '京津冀'])).toEqual([]);
  });

  it('has no code of a region as a text', () => {
    const codes = facts('regions.csv').flatMap(({ code, province }) => [String(code), String(province)]);
    expect(placesOf([...new Set(codes)].map((code) => `'${code}'`))).toEqual([]);
  });

  it('names no sector', () => {
    const names = facts('sectors.csv').flatMap(({ name, name_zh }) => [String(name), String(name_zh)]);
    expect(names).toHaveLength(52);
    expect(placesOf(names)).toEqual([]);
  });

  it('inherits no sector, unit, year or group from the study of this project', () => {
    const { stages } = readPipelineFile(join(ROOT, 'examples/one-table.yaml'));
    const parameters = [...stages.values()].flatMap(({ name, parameters: given }) =>
      Object.entries(given).map(([parameter, value]) => `${name}.${parameter}: ${JSON.stringify(value)}`),
    );
    expect(parameters.length).toBeGreaterThan(5);
    expect(parameters.filter((said) => /"sectors?":\[?\d|20\d\d|Beijing|cities|province|NOx/.test(said))).toEqual([]);
    expect(parameters).toContain('networks.networks: []');
    expect(parameters).toContain('intensity.bases: [{"name":"average","sector":null}]');
  });
});
