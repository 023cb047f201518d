import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parquet } from '../formats/records/fixtures.ts';
import { declaredOutputs, testContext, type Row, type TestInput } from '../support/stage-context.ts';

const folder = mkdtempSync(join(tmpdir(), 'emissions-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const region: Row[] = [
  { code: 'TS', name: 'Tangshan' },
  { code: 'BJ', name: 'Beijing' },
];
const sector: Row[] = [
  { id: 14, name: 'Metals', emissions_from: 'enterprises' },
  { id: 22, name: 'Electricity', emissions_from: 'enterprises' },
  { id: 25, name: 'Transportation', emissions_from: 'energy use' },
];
/** Line 2 is in two files. */
const enterprise: Row[] = [
  { file: 'a.csv', line: 2, region: 'TS', sector: 14 },
  { file: 'a.csv', line: 3, region: 'TS', sector: 14 },
  { file: 'b.csv', line: 2, region: 'TS', sector: 14 },
  { file: 'b.csv', line: 4, region: 'BJ', sector: 22 },
];
const emitted: Row[] = [
  { file: 'a.csv', line: 2, pollutant: 'NOx', emission_kg: 0.1 },
  { file: 'a.csv', line: 3, pollutant: 'NOx', emission_kg: 0.2 },
  { file: 'b.csv', line: 2, pollutant: 'NOx', emission_kg: 1000 },
  { file: 'b.csv', line: 4, pollutant: 'NOx', emission_kg: 2500 },
];
/** Of another pollutant the same records have more. */
const emittedOfBoth: Row[] = [
  ...emitted,
  ...emitted.map((row) => ({ ...row, pollutant: 'SO2', emission_kg: row['line'] === 4 ? 100 : 0 })),
];
const energyUse: Row[] = [
  { region: 'TS', sector: 25, energy_tce: 400 },
  { region: 'BJ', sector: 25, energy_tce: 0 },
];
const emissionFactor: Row[] = [
  { pollutant: 'NOx', sector: 25, kg_per_tce: 12.5 },
  { pollutant: 'SO2', sector: 25, kg_per_tce: 5 },
];

const given = {
  ...{ region, sector, enterprise, enterprise_emission: emitted },
  ...{ energy_use: energyUse, emission_factor: emissionFactor },
};

async function emissions(inputs: Partial<Record<keyof typeof given, TestInput>>) {
  const outputs = await testContext({
    inputs: { ...given, ...inputs },
    outputs: declaredOutputs('emissions'),
  }).run('stages/emissions.sql');
  try {
    return await outputs.rows('emission');
  } finally {
    outputs.close();
  }
}

describe('emissions', () => {
  it('sums enterprises and multiplies energy use, with a row for every region and sector', async () => {
    expect(await emissions({})).toEqual([
      { pollutant: 'NOx', region: 'BJ', sector: 14, source: 'enterprises', emission_t: 0 },
      { pollutant: 'NOx', region: 'BJ', sector: 22, source: 'enterprises', emission_t: 2.5 },
      { pollutant: 'NOx', region: 'BJ', sector: 25, source: 'energy use', emission_t: 0 },
      { pollutant: 'NOx', region: 'TS', sector: 14, source: 'enterprises', emission_t: 1.0003 },
      { pollutant: 'NOx', region: 'TS', sector: 22, source: 'enterprises', emission_t: 0 },
      { pollutant: 'NOx', region: 'TS', sector: 25, source: 'energy use', emission_t: 5 },
    ]);
  });

  it('keeps pollutants apart', async () => {
    const rows = await emissions({ enterprise_emission: emittedOfBoth });
    expect(rows).toHaveLength(12);
    expect(rows.filter(({ pollutant, emission_t }) => pollutant === 'SO2' && emission_t !== 0)).toEqual([
      { pollutant: 'SO2', region: 'BJ', sector: 22, source: 'enterprises', emission_t: 0.1 },
      { pollutant: 'SO2', region: 'TS', sector: 25, source: 'energy use', emission_t: 2 },
    ]);
    const nox = rows.filter(({ pollutant }) => pollutant === 'NOx');
    expect(nox).toEqual(await emissions({}));
  });

  it('refuses energy use of sectors with enterprise records, which would count twice or not at all', async () => {
    const withRow = (energy_tce: number) =>
      emissions({ energy_use: [...energyUse, { region: 'BJ', sector: 22, energy_tce }] });
    await expect(withRow(1e6)).rejects.toMatchObject({
      message:
        'artifact energy_use of stage test has 1000000 tce of BJ (Beijing) in sector 22 (Electricity), whose emissions come from enterprises',
      remedy: 'remove the row, or write energy use into emissions_from of artifact sector of stage test',
    });
    expect(await withRow(0)).toHaveLength(6);
  });

  it('refuses emission factors of sectors with enterprise records, which would not be used', async () => {
    const withRow = (kg_per_tce: number) =>
      emissions({ emission_factor: [...emissionFactor, { pollutant: 'NOx', sector: 22, kg_per_tce }] });
    await expect(withRow(3.5)).rejects.toMatchObject({
      message:
        'artifact emission_factor of stage test has a factor of NOx for sector 22 (Electricity), whose emissions come from enterprises',
      remedy: 'remove the row, or write energy use into emissions_from of artifact sector of stage test',
    });
    expect(await withRow(0)).toHaveLength(6);
  });

  it('names the file, region and sector without energy use', async () => {
    await expect(emissions({ energy_use: energyUse.slice(0, 1) })).rejects.toMatchObject({
      message: 'artifact energy_use of stage test has no energy use of BJ (Beijing) in sector 25 (Transportation)',
      remedy: expect.stringMatching(
        /^it is generated; .* energy_tce is 0 where none is used\): the source energy_use /,
      ) as string,
    });
  });

  it('names ten of many missing rows, and how many there are', async () => {
    const many = Array.from({ length: 12 }, (_, i) => ({ id: 30 + i, name: `S${i}`, emissions_from: 'energy use' }));
    const withMany = { sector: [...sector, ...many] };
    await expect(emissions(withMany)).rejects.toMatchObject({
      message: expect.stringMatching(
        /has no energy use of BJ \(Beijing\) in sector 30 \(S0\), of BJ .* in sector 39 \(S9\), \.\.\. \(24 in all\)$/,
      ) as string,
    });
    const used = many.flatMap(({ id }) => region.map(({ code }) => ({ region: code!, sector: id, energy_tce: 1 })));
    await expect(emissions({ ...withMany, energy_use: [...energyUse, ...used] })).rejects.toMatchObject({
      message: expect.stringMatching(
        /has no emission factor of NOx for sector 30 \(S0\), .* sector 39 \(S9\), \.\.\. \(12 in all\); it has NOx, SO2$/,
      ) as string,
    });
  });

  it('names the pollutant and the sector without an emission factor', async () => {
    const other = [{ pollutant: 'NOx', sector: 24, kg_per_tce: 1 }];
    await expect(emissions({ emission_factor: other })).rejects.toThrow(
      'artifact emission_factor of stage test has no emission factor of NOx for sector 25 (Transportation)',
    );
    const ofOne = { enterprise_emission: emittedOfBoth, emission_factor: emissionFactor.slice(0, 1) };
    await expect(emissions(ofOne)).rejects.toMatchObject({
      message:
        'artifact emission_factor of stage test has no emission factor of SO2 for sector 25 (Transportation); it has NOx',
      remedy:
        'it is generated; give a file of your own with all rows (pollutant, sector, kg_per_tce): the source emission_factor of the pipeline file says where it belongs',
    });
  });

  it('says that the factors have the pollutant by another name', async () => {
    const other = emissionFactor.map((row) => (row['pollutant'] === 'SO2' ? { ...row, pollutant: 'so2' } : row));
    await expect(emissions({ enterprise_emission: emittedOfBoth, emission_factor: other })).rejects.toMatchObject({
      message: expect.stringMatching(/of SO2 for sector 25 \(Transportation\); it has NOx, so2$/) as string,
      remedy: 'it has so2, and the study says SO2: write it in the same way',
    });
  });

  it('asks for rows where the factors are a file', async () => {
    const path = join(folder, 'factors.parquet');
    writeFileSync(path, await parquet(`SELECT 'NOx' AS pollutant, 24 AS sector, 1.0 AS kg_per_tce`));
    await expect(emissions({ emission_factor: path })).rejects.toMatchObject({
      message: `${path} has no emission factor of NOx for sector 25 (Transportation); it has NOx`,
      remedy: 'add the rows (pollutant, sector, kg_per_tce)',
    });
  });

  it('names the sector whose emissions come from nowhere', async () => {
    const unclear = sector.map((row) => (row['id'] === 22 ? { ...row, emissions_from: 'enterprise' } : row));
    await expect(emissions({ sector: unclear })).rejects.toThrow(
      'takes emissions of sector 22 (Electricity) from "enterprise"',
    );
  });
});
