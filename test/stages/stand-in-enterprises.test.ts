import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import standIn from '../../stages/stand-in-enterprises.ts';
import { declaredOutputs, testContext, type Row } from '../support/stage-context.ts';
import { runEnterprises } from './enterprises/run-enterprises.ts';

const EMISSION: Row[] = [
  { region: 'TS', sector: 14, emission_g: 1_999_999_999 },
  { region: 'TS', sector: 22, emission_g: 1_234_567_891 },
  { region: 'BJ', sector: 22, emission_g: 1 },
  { region: 'BJ', sector: 8, emission_g: 0 },
  { region: 'NM', sector: 2, emission_g: 700_000_003 },
  { region: 'HN', sector: 13, emission_g: 123_456_789 },
  // Not from enterprises: no line stands for it.
  { region: 'HN', sector: 26, emission_g: 123_456_789 },
];
const PARAMETERS = { seed: 20170102, rows: 4000, faulty_share: 0.05 };

async function enterpriseFile(parameters = PARAMETERS, emission = EMISSION): Promise<string> {
  const source = (name: string) => ({ [name]: { source: name } });
  const outputs = await testContext({
    inputs: {
      ...source('region'),
      ...source('sector'),
      ...source('industry'),
      ...source('industry_class'),
      ...source('place'),
      stand_in_emission: emission,
    },
    outputs: declaredOutputs('stand-in-enterprises'),
    parameters,
  }).run(standIn);
  try {
    return readFileSync(outputs.path('stand_in_enterprise_file'), 'utf8');
  } finally {
    outputs.close();
  }
}

const counted = (values: readonly string[]) =>
  Object.fromEntries([...new Set(values)].sort().map((value) => [value, values.filter((v) => v === value).length]));

describe('the stand-in enterprise file', async () => {
  const file = await enterpriseFile();
  const { clean: records, emissions, rejects } = await runEnterprises(file);
  const clean = records.map((record, i) => ({ ...record, kilograms: emissions[i]!.emission_kg }));

  it('has as many rows as asked for', () => {
    expect(file.split('\n').length).toBe(1 + 4000 + 1);
    expect(file.startsWith('id,name,industry,place,nox_kg\n')).toBe(true);
    expect(clean.length + rejects.length).toBe(4000);
  });

  it('adds up to the industrial cells, to the gram', () => {
    const cells = new Map<string, number>();
    for (const { region, sector, kilograms } of clean) {
      const cell = `${region} ${sector}`;
      cells.set(cell, (cells.get(cell) ?? 0) + Math.round(kilograms * 1000));
    }
    expect(Object.fromEntries(cells)).toEqual({
      'TS 14': 1_999_999_999,
      'TS 22': 1_234_567_891,
      'BJ 22': 1,
      'NM 2': 700_000_003,
      'HN 13': 123_456_789,
    });
  });

  it('has every kind of fault, each about as often', () => {
    const reasons = counted(
      rejects.map(({ reason }) => {
        if (/empty|not a number/.test(reason)) return 'not a number';
        return reason === 'industry is only a section' ? 'unknown industry' : reason;
      }),
    );
    expect(rejects.length).toBe(200);
    expect(Object.keys(reasons)).toEqual([
      'duplicate id',
      'emission is negative',
      'missing columns',
      'not a number',
      'stray quote',
      'unknown industry',
      'unknown place',
    ]);
    for (const count of Object.values(reasons)) expect([28, 29]).toContain(count);
  });

  it('has more enterprises where there is more, and most of the emissions in few of them', () => {
    const metals = clean.filter(({ region, sector }) => region === 'TS' && sector === 14);
    const minerals = clean.filter(({ sector }) => sector === 13);
    // Emissions 16 times as large, enterprises sqrt(16) times as many.
    expect(metals.length / minerals.length).toBeCloseTo(4, 0.5);
    const sizes = metals.map(({ kilograms }) => kilograms).sort((a, b) => b - a);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const largest = sizes.slice(0, sizes.length / 20).reduce((sum, size) => sum + size, 0);
    expect(largest / total).toBeGreaterThan(0.4);
  });

  it('has names with commas and quotes, and lines in no order', () => {
    expect(clean.some(({ name }) => name?.includes(',') === true)).toBe(true);
    expect(clean.some(({ name }) => name?.includes('"') === true)).toBe(true);
    const regions = clean.map(({ region }) => region);
    expect(regions.slice(1).filter((region, i) => region !== regions[i]).length).toBeGreaterThan(1000);
  });

  it('is the same for the same seed, and another for another', async () => {
    expect((await enterpriseFile()) === file).toBe(true);
    expect((await enterpriseFile({ ...PARAMETERS, seed: 1 })) === file).toBe(false);
  });
});

describe('the stand-in enterprise file cannot be made', () => {
  it('with fewer rows than cells', async () => {
    await expect(enterpriseFile({ ...PARAMETERS, rows: 4 })).rejects.toThrow(
      '4 valid enterprises cannot stand for 5 industrial cells',
    );
  });

  it('without industrial emissions', async () => {
    await expect(enterpriseFile(PARAMETERS, EMISSION.slice(-1))).rejects.toThrow('cannot stand for 0 industrial cells');
  });

  it('with parameters that mean nothing', async () => {
    await expect(enterpriseFile({ ...PARAMETERS, faulty_share: 2 })).rejects.toMatchObject({
      name: 'StageError',
      message: expect.stringContaining('faulty_share') as string,
    });
  });
});
