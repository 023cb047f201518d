import { mkdtempSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, inject, it } from 'vitest';
import { knownNames } from '../../tools/known-names.ts';

const ROOT = resolve(import.meta.dirname, '../..');

it('names of a study are those of its own files', async () => {
  const { regions, lists, unit } = await knownNames(join(ROOT, 'examples/hand/pipeline.yaml'));
  expect(unit).toBe('million EUR');
  expect(regions).toEqual([
    { name: 'N', region: 'N' },
    { name: 'North', region: 'N' },
    { name: 'S', region: 'S' },
    { name: 'South', region: 'S' },
  ]);
  expect(lists).toEqual([
    { list: 'the study', code: '1', names: ['Farming'], sector: 1 },
    { list: 'the study', code: '2', names: ['Industry'], sector: 2 },
    { list: 'the study', code: '3', names: ['Services'], sector: 3 },
  ]);
});

it('names of the main study are those of regions, then of provinces, and of all lists of sectors', async () => {
  const { regions, lists } = await knownNames(join(ROOT, 'pipeline.yaml'));
  const regionOf = (name: string) => regions.filter((one) => one.name === name).map(({ region }) => region);
  // A city, its code in GB/T 2260; a province that is no region; another name of one.
  expect(['Tangshan', '唐山市', '130200', 'HE', 'Shannxi'].map(regionOf)).toEqual([
    ['TS'],
    ['TS'],
    ['TS'],
    ['HE'],
    ['SN'],
  ]);
  expect(new Set(lists.map(({ list }) => list)).size).toBeGreaterThan(1);
  expect(lists.filter(({ list }) => list === 'the study')).toHaveLength(26);
});

it('a study is told what is wrong with the files that have its names', async () => {
  const folder = mkdtempSync(join(inject('sharedFolder'), 'study-'));
  const file = join(folder, 'pipeline.yaml');
  const names = ['id', 'code', 'name', 'name_zh', 'province', 'gb2260'];
  const regions = (text: string) => {
    writeFileSync(join(folder, 'regions.csv'), text);
  };
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(
    file,
    `pipeline: own
sources: { region: { file: regions.csv, columns: { ${names.map((name) => `${name}: VARCHAR`).join(', ')} } } }
stages: { copy: { sh: 'cat {inputs.region} > {outputs.x}', inputs: [region], outputs: { x: { file: x } } } }
`,
  );
  await expect(knownNames(file)).rejects.toMatchObject({
    message: 'regions.csv does not exist',
    remedy: expect.stringMatching(/^write it, or correct its path in .*pipeline\.yaml$/) as string,
  });
  regions('id,code\n1,N\n');
  await expect(knownNames(file)).rejects.toThrow('regions.csv, line 1: column `name` is missing');
  regions(`${names.join(',')}\n1,N,North,x,N,1\n`);
  await expect(knownNames(file)).rejects.toThrow('pipeline.yaml has no source sector with columns');
});
