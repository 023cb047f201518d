import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { readPipelineFile } from '../../runner/pipeline-file.ts';
import table from '../../stages/table.ts';
import { testContext, type Row, type TestOutputs } from '../support/stage-context.ts';

const { stages } = readPipelineFile(join(import.meta.dirname, '../../examples/one-table.yaml'));
const outputsOf = (stage: string) => stages.get(stage)!.outputs;

const region: Row[] = [
  { id: 1, code: 'N', name: 'North', name_zh: null, gb2260: null, province: null },
  { id: 2, code: 'S', name: 'South', name_zh: null, gb2260: null, province: 'S' },
];
const sector: Row[] = [{ id: 1, name: 'Farming', name_zh: null }];
const category: Row[] = [
  { category: 'intermediate', block: 'intermediate' },
  { category: 'urban', block: 'final_demand' },
  { category: 'export', block: 'final_demand' },
  { category: 'surplus', block: 'primary_input' },
];

/** Rows 1 + 2 + (7 - 3) + 3 = 10 and 4 + 5 + 11 = 20; columns 1 + 4 + 5 and 2 + 5 + 13. */
const CELLS = [
  ['North', 'Farming', 'North', 'Farming', 'intermediate', 1],
  ['North', 'Farming', 'South', 'Farming', 'intermediate', 2],
  ['South', 'Farming', 'North', 'Farming', 'intermediate', 4],
  ['South', 'Farming', 'South', 'Farming', 'intermediate', 5],
  ['North', 'Farming', 'North', '', 'households', 7],
  ['North', 'Farming', 'South', '', 'inventories', -3],
  ['South', 'Farming', 'South', '', 'households', 11],
  ['North', 'Farming', 'North', '', 'export', 3],
  ['', '', 'North', 'Farming', 'surplus', 5],
  ['', '', 'South', 'Farming', 'surplus', 13],
] as const;

function run(cells: readonly (readonly (string | number)[])[], value = 'value'): Promise<TestOutputs> {
  const folder = `${mkdtempSync(join(inject('sharedFolder'), 'table-'))}/`;
  const header = `from_region,from_sector,to_region,to_sector,category,${value}`;
  writeFileSync(join(folder, 'cells.csv'), `${[header, ...cells.map((cell) => cell.join(','))].join('\n')}\n`);
  return testContext({
    inputs: {
      ...{ region, sector, category, given_mrio: folder },
      ...{ region_name: { absent: 'region_name' }, place: { absent: 'place' }, sector_list: { absent: 'sector_list' } },
    },
    parameters: { unit: 'million EUR', balance_tolerance: 1e-9, stated_tolerance: 1e-9, sector_list: null },
    outputs: outputsOf('table'),
  }).run(table);
}

describe('a table that is taken as it is', () => {
  it('is written as the model reads it, with stocks that are drawn on', async () => {
    const outputs = await run(CELLS);
    expect((await outputs.rows('mrio')).map(({ value }) => value)).toEqual([1, 2, 4, 5]);
    expect(await outputs.rows('final_demand')).toEqual([
      { from_region: 'N', from_sector: 1, to_region: 'N', value: 7 },
      { from_region: 'N', from_sector: 1, to_region: 'S', value: -3 },
      { from_region: 'N', from_sector: 1, to_region: 'export', value: 3 },
      { from_region: 'S', from_sector: 1, to_region: 'N', value: 0 },
      { from_region: 'S', from_sector: 1, to_region: 'S', value: 11 },
      { from_region: 'S', from_sector: 1, to_region: 'export', value: 0 },
    ]);
    expect(await outputs.rows('gross_output')).toEqual([
      { region: 'N', sector: 1, value: 10 },
      { region: 'S', sector: 1, value: 20 },
    ]);
    expect((await outputs.rows('table_balance')).map(({ relative_difference }) => relative_difference)).toEqual([0, 0]);
    expect(await outputs.rows('stressor')).toEqual([]);
    expect(await outputs.rows('final_demand_stressor')).toEqual([]);
    outputs.close();
  });

  it('is brought to the unit of the study', async () => {
    const outputs = await run(CELLS, 'value_eur');
    expect((await outputs.rows('gross_output')).map(({ value }) => Number(value))).toEqual(
      [1e-5, 2e-5].map((value) => expect.closeTo(value, 15) as number),
    );
    outputs.close();
    await expect(run(CELLS, 'value_million_usd')).rejects.toThrow('is in "million usd", the study in "million EUR"');
  });

  it('may not have negative deliveries', async () => {
    const cells = [['South', 'Farming', 'South', 'Farming', 'intermediate', -5], ['South', 'Farming', 'South', '', 'households', 21], ['', '', 'South', 'Farming', 'surplus', 23]]; // prettier-ignore
    const kept = CELLS.filter((cell) => !cells.some((other) => other.slice(0, 5).join() === cell.slice(0, 5).join()));
    await expect(run([...kept, ...cells])).rejects.toThrow('delivery from S.1 to S.1 is -5');
  });

  it('has to balance', async () => {
    await expect(run(CELLS.slice(0, -1))).rejects.toThrow('S.1: row 20.0, column 7.0'.replaceAll('.0', ''));
  });
});

describe('emissions from stressors', () => {
  const stressor: Row[] = [
    { stressor: 'NO (air)', unit: 'kg', region: 'N', sector: 1, amount: 10 },
    { stressor: 'NO2 (air)', unit: 'g', region: 'N', sector: 1, amount: 5000 },
    { stressor: 'NO (air)', unit: 'kg', region: 'S', sector: 1, amount: 0 },
    { stressor: 'NO2 (air)', unit: 'g', region: 'S', sector: 1, amount: 7000 },
    { stressor: 'heat', unit: 'TJ', region: 'N', sector: 1, amount: 3 },
    { stressor: 'heat', unit: 'TJ', region: 'S', sector: 1, amount: 4 },
  ];
  const emissions = (pollutants: { name: string; stressors: string[]; t_per_unit: number | null }[]) =>
    testContext({
      inputs: { stressor, region, sector },
      parameters: { pollutants },
      outputs: outputsOf('stressor-emissions'),
    }).run('stages/stressor-emissions.sql');

  it('are sums of those that a pollutant names, in t', async () => {
    const outputs = await emissions([
      { name: 'NOx', stressors: ['NO (air)', 'NO2 (air)'], t_per_unit: null },
      { name: 'heat', stressors: ['heat'], t_per_unit: 2 },
    ]);
    const rows = await outputs.rows('emission');
    expect(rows.map(({ pollutant, region, emission_t }) => [pollutant, region, emission_t])).toEqual([
      ['NOx', 'N', 10 * 1e-3 + 5000 * 1e-6],
      ['NOx', 'S', 7000 * 1e-6],
      ['heat', 'N', 6],
      ['heat', 'S', 8],
    ]);
    outputs.close();
  });

  it('name those that there are where one is not', async () => {
    await expect(emissions([{ name: 'CO2', stressors: ['CO2'], t_per_unit: 1 }])).rejects.toMatchObject({
      message: 'pollutant CO2 is to be of the stressor "CO2", which the table does not have',
      remedy: 'name one of its stressors in the parameter pollutants: NO (air), NO2 (air), heat',
    });
  });

  it.each([
    [['heat'], null, 'the stressor "heat" of pollutant X is in TJ'],
    [['NO (air)'], 1, 'one kg of the stressor "NO (air)" is 0.001 t, but t_per_unit is 1.0'],
    [['NO (air)', 'NO (air)'], null, 'pollutant X names the stressor "NO (air)" twice'],
  ])('of %j, %j t a unit, are refused', async (stressors, t_per_unit, message) => {
    await expect(emissions([{ name: 'X', stressors, t_per_unit }])).rejects.toThrow(message);
  });
});
