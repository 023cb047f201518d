import { describe, expect, it } from 'vitest';
import type { StageContext } from '../../runner/stage.ts';
import { readAxes, readProvinceAxes, readTable } from '../../stages/accounts.ts';
import { readEmissions } from '../../stages/pollutants.ts';
import { RESULT_TABLE } from '../../stages/result-table.ts';
import { testContext, type Row, type TestInput } from '../support/stage-context.ts';

const region: Row[] = [
  { id: 1, code: 'N', province: null },
  { id: 2, code: 'S', province: 'N' },
];
const sector: Row[] = [{ id: 1 }, { id: 2 }];
const axes = { regions: ['N', 'S'], sectors: [1, 2] };

async function read<T>(
  inputs: Readonly<Record<string, TestInput>>,
  use: (context: StageContext) => Promise<T>,
): Promise<T> {
  let found: { value: T } | undefined;
  const outputs = await testContext({ inputs: { region, sector, ...inputs }, outputs: [] }).run(async (context) => {
    found = { value: await use(context) };
  });
  outputs.close();
  return found!.value;
}

describe('the regions of a study', () => {
  it('are in the order of their numbers, and so are the provinces that they lie in', async () => {
    expect(await read({}, readAxes)).toEqual(axes);
    expect((await read({}, readProvinceAxes)).axes.regions).toEqual(['N']);
  });

  it.each([
    ['code', readAxes, { id: 3, code: 'export', province: null }],
    ['province', readProvinceAxes, { id: 3, code: 'E', province: 'export' }],
  ] as const)('do not have the %s that exports have', async (column, of, wrong) => {
    await expect(read<unknown>({ region: [...region, wrong] }, of)).rejects.toMatchObject({
      name: 'StageError',
      message: `region (artifact region of stage test) has the ${column} "export", which is reserved: in final demand it stands for exports`,
      remedy: 'give that region another code in artifact region of stage test, and in the files that refer to it',
    });
  });
});

describe('emissions by account', () => {
  const row = (pollutant: string, place: string, of: number): Row => ({ pollutant, region: place, sector: of, emission_t: 1.5 }); // prettier-ignore
  const whole = ['CO2', "S'x"].flatMap((pollutant) =>
    axes.regions.flatMap((place) => axes.sectors.map((of) => row(pollutant, place, of))),
  );

  it('are read by pollutant', async () => {
    const found = await read({ emission: whole }, (context) => readEmissions(context, axes));
    expect(found.map(({ pollutant, values }) => [pollutant, [...values]])).toEqual([
      ['CO2', [1.5, 1.5, 1.5, 1.5]],
      ["S'x", [1.5, 1.5, 1.5, 1.5]],
    ]);
  });

  it.each([
    ['is missing', whole.slice(0, -1), 'it has 3, and the first fault is at S.2'],
    ['is there twice', [...whole, row("S'x", 'N', 2)], 'it has 5, and the first fault is at S.1'],
  ])('name the pollutant and the files of the study where a row %s', async (_, emission, fault) => {
    await expect(read({ emission }, (context) => readEmissions(context, axes))).rejects.toMatchObject({
      message: `S'x in emission (artifact emission of stage test) should have one row for each region and sector, 4 in all; ${fault}`,
      remedy:
        'give each region of artifact region of stage test one row for each sector of artifact sector of stage test',
    });
  });
});

describe('a row that no cell of the table is meant by', () => {
  const deliveries = (from_region: string): Row[] => [
    { from_region: 'N', from_sector: 1, to_region: 'S', to_sector: 2, value: 20 },
    { from_region, from_sector: 1, to_region: 'S', to_sector: 2, value: 7 },
  ];
  const remedy =
    'give every row a block, and the regions of artifact region of stage test and sectors of artifact sector of stage test that the block needs';

  it('is shown with its input', async () => {
    const given = deliveries('X').map((row) => ({ block: 'intermediate', ...row }));
    await expect(read({ given }, (context) => readTable(context, 'given', axes))).rejects.toMatchObject({
      message: 'given (artifact given of stage test) has a row of no cell: intermediate from X.1 to S.2: 7',
      remedy,
    });
  });

  it('is shown without the query that it comes from', async () => {
    const inputs = {
      mrio: deliveries('N').slice(1),
      final_demand: [{ from_region: 'N', from_sector: 1, to_region: 'X', value: 3 }],
      primary_input: [{ region: 'N', sector: 1, value: 2 }],
    };
    await expect(read(inputs, (context) => readTable(context, RESULT_TABLE, axes))).rejects.toMatchObject({
      message: 'the table has a row of no cell: final_demand from N.1 to X.?: 3',
      remedy,
    });
  });
});
