import { describe, expect, it } from 'vitest';
import { declaredOutputs, testContext, type Row } from '../support/stage-context.ts';

const region: Row[] = [
  { code: 'TS', name: 'Tangshan' },
  { code: 'BJ', name: 'Beijing' },
];
const sector: Row[] = [
  { id: 14, name: 'Metals', emissions_from: 'enterprises' },
  { id: 22, name: 'Electricity', emissions_from: 'enterprises' },
  { id: 25, name: 'Transportation', emissions_from: 'energy use' },
];
const enterprise: Row[] = [
  { region: 'TS', sector: 14, nox_kg: 0.1 },
  { region: 'TS', sector: 14, nox_kg: 0.2 },
  { region: 'TS', sector: 14, nox_kg: 1000 },
  { region: 'BJ', sector: 22, nox_kg: 2500 },
];
const energyUse: Row[] = [
  { region: 'TS', sector: 25, energy_tce: 400 },
  { region: 'BJ', sector: 25, energy_tce: 0 },
];
const emissionFactor: Row[] = [{ sector: 25, nox_kg_per_tce: 12.5 }];

const given = { region, sector, enterprise, energy_use: energyUse, emission_factor: emissionFactor };

async function emissions(inputs: Partial<typeof given>) {
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
      { region: 'BJ', sector: 14, source: 'enterprises', nox_t: 0 },
      { region: 'BJ', sector: 22, source: 'enterprises', nox_t: 2.5 },
      { region: 'BJ', sector: 25, source: 'energy use', nox_t: 0 },
      { region: 'TS', sector: 14, source: 'enterprises', nox_t: 1.0003 },
      { region: 'TS', sector: 22, source: 'enterprises', nox_t: 0 },
      { region: 'TS', sector: 25, source: 'energy use', nox_t: 5 },
    ]);
  });

  it('refuses energy use of sectors with enterprise records, which would count twice or not at all', async () => {
    const withRow = (energy_tce: number) =>
      emissions({ energy_use: [...energyUse, { region: 'BJ', sector: 22, energy_tce }] });
    await expect(withRow(1e6)).rejects.toMatchObject({
      message:
        'artifact energy_use of stage test has 1000000 tce of BJ (Beijing) in sector 22 (Electricity), whose emissions come from enterprises',
      remedy: 'remove the row, or write energy use into emissions_from of data-raw/sectors.csv',
    });
    expect(await withRow(0)).toHaveLength(6);
  });

  it('names the file, region and sector without energy use', async () => {
    await expect(emissions({ energy_use: energyUse.slice(0, 1) })).rejects.toMatchObject({
      message: 'artifact energy_use of stage test has no energy use of BJ (Beijing) in sector 25 (Transportation)',
      remedy: 'add the row, with 0 if it uses none',
    });
  });

  it('names the sector without an emission factor', async () => {
    await expect(emissions({ emission_factor: [{ sector: 24, nox_kg_per_tce: 1 }] })).rejects.toThrow(
      'artifact emission_factor of stage test has no emission factor of sector 25 (Transportation)',
    );
  });

  it('names the sector whose emissions come from nowhere', async () => {
    const unclear = sector.map((row) => (row['id'] === 22 ? { ...row, emissions_from: 'enterprise' } : row));
    await expect(emissions({ sector: unclear })).rejects.toThrow(
      'takes emissions of sector 22 (Electricity) from "enterprise"',
    );
  });
});
