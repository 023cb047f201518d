import { expect, it } from 'vitest';
import balance from '../../stages/balance.ts';
import {
  consumptionBased,
  directIntensity,
  footprintByProduct,
  leontiefInverse,
  multipliers,
  technicalCoefficients,
} from '../../mrio/leontief.ts';
import { ofTwoPollutants } from '../support/pollutants.ts';
import { stage, type Column } from '../../runner/stage.ts';
import { declaredOutputs, testContext, type Row, type TestSetting } from '../support/stage-context.ts';

const REGIONS = ['BJ', 'TJ'];
const region: Row[] = REGIONS.map((code, r) => ({ code, id: r + 1, province: code }));
const sector: Row[] = [{ id: 1 }];

/** Rows 10 + 20 + 30 + 35 + 5 = 100 and 40 + 5 + 0 + 150 + 5 = 200; columns 10 + 40 + 50 and 20 + 5 + 175. */
const DELIVERIES = [10, 20, 40, 5];
const DEMAND = [30, 35, 5, 0, 150, 5];
const INPUTS = [50, 175];

const deliveries = DELIVERIES.map((value, k) => ({
  ...{ from_region: REGIONS[Math.floor(k / 2)]!, from_sector: 1, to_region: REGIONS[k % 2]!, to_sector: 1 },
  value,
}));
const demand = DEMAND.map((value, k) => ({
  ...{ from_region: REGIONS[Math.floor(k / 3)]!, from_sector: 1, to_region: REGIONS[k % 3] ?? 'export' },
  value,
}));

const table = (inputs: readonly number[]): Row[] => [
  ...deliveries.map((row) => ({ block: 'intermediate', ...row })),
  ...demand.map(({ to_region, ...row }) =>
    to_region === 'export'
      ? { block: 'export', ...row, to_region: null, to_sector: null }
      : { block: 'final_demand', ...row, to_region, to_sector: null },
  ),
  ...inputs.map((value, r) => ({
    ...{ block: 'primary_input', from_region: null, from_sector: null, to_region: REGIONS[r]!, to_sector: 1 },
    value,
  })),
];

const LABELS = ['BJ.1', 'TJ.1'];
const OUTPUT = Float64Array.of(100, 200);
const EMISSIONS = Float64Array.of(3, 4);
const coefficients = technicalCoefficients(Float64Array.from(DELIVERIES), OUTPUT, LABELS);
const leontief = leontiefInverse(coefficients, LABELS);
const intensity = directIntensity(EMISSIONS, OUTPUT, LABELS);
const caused = consumptionBased(intensity, leontief, Float64Array.from(DEMAND), 3);
const footprint = footprintByProduct(multipliers(intensity, leontief), Float64Array.from(DEMAND), 3, 1);
const square = (values: Float64Array) => ({ rowLabels: LABELS, columnLabels: LABELS, values });

const study = (reference: readonly Row[], consumption = caused, footprints = footprint): TestSetting => ({
  inputs: {
    ...{ region, sector, reference_table: reference, target_table: table(INPUTS), mrio: deliveries },
    final_demand: demand,
    primary_input: INPUTS.map((value, r) => ({ region: REGIONS[r]!, sector: 1, value })),
    emission: ofTwoPollutants(
      Array.from(EMISSIONS, (emission_t, r) => ({ region: REGIONS[r]!, sector: 1, emission_t })),
      'emission_t',
    ),
    technical_coefficients: square(coefficients),
    leontief_inverse: square(leontief),
    consumption: ofTwoPollutants(
      Array.from(consumption, (emission_t, k) => ({
        ...{ producer_region: REGIONS[Math.floor(k / 3)]!, producer_sector: 1 },
        ...{ consumer_region: REGIONS[k % 3] ?? 'export', emission_t },
      })),
      'emission_t',
    ).toReversed(),
    footprint: ofTwoPollutants(
      Array.from(footprints, (emission_t, c) => ({
        ...{ consumer_region: REGIONS[c] ?? 'export', product_sector: 1, emission_t },
      })),
      'emission_t',
    ).toReversed(),
  },
  parameters: { balance_tolerance: 1e-6 },
  outputs: declaredOutputs('balance'),
});

async function certificate(...given: Parameters<typeof study>): Promise<Map<string, Row>> {
  const outputs = await testContext(study(...given)).run(balance);
  const rows = await outputs.rows('balance');
  outputs.close();
  return new Map(rows.map((row) => [`${String(row['table'])} ${String(row['measure'])}`, row]));
}

it('certifies each table, and the emissions that are traced through the result', async () => {
  const found = await certificate(table(INPUTS));
  expect([...found.values()].filter(({ verdict }) => verdict === 'does not hold')).toEqual([]);
  const value = (name: string) => found.get(name)!['value'];
  expect(value('mrio accounts')).toBe(2);
  expect(value('target_table largest residual of an account')).toBe(0);
  // A is (0.1, 0.1; 0.4, 0.025).
  const radius = (0.125 + Math.sqrt(0.075 ** 2 + 0.16)) / 2;
  expect(value('reference_table spectral radius of A')).toBeCloseTo(radius, 11);
  expect(value('mrio spectral radius of A')).toBeCloseTo(radius, 11);
  expect(value('mrio NOx: emissions')).toBe(7);
  expect(value('mrio SO2: emissions')).toBe(28);
  expect(value('mrio SO2: embodied imports less embodied exports')).toBeLessThan(1e-12);
});

it('names what does not hold', async () => {
  const found = await certificate(table([50, 170]), caused.with(0, 1));
  const wrong = [...found.entries()].filter(([, { verdict }]) => verdict === 'does not hold');
  const ofAccounts = [
    ['production-based less direct emissions', /^BJ\.1: direct \d+, over consumers [^,]+, over products [^,]+$/],
    ['largest residual of production-based emissions of an account', /^BJ\.1: direct \d+, /],
    ['largest residual of consumption-based emissions of a consumer', /^BJ: footprint [^,]+, over accounts [^,]+$/],
    ['largest residual of embodied imports of a consumer', /^BJ: footprint [^,]+, at home and imported [^,]+$/],
    ['largest residual of embodied exports of a region', /^BJ: direct [^,]+, at home and exported [^,]+$/],
  ] as const;
  const expected = [
    ...['NOx', 'SO2'].flatMap((name) =>
      ofAccounts.map(([measure, places]) => [`mrio ${name}: ${measure}`, expect.stringMatching(places) as string]),
    ),
    ['reference_table accounts out of balance', 'TJ.1'],
    ['reference_table largest residual of an account', 'TJ.1: row 200, column 195'],
  ];
  expect(Object.fromEntries(wrong.map(([name, { places }]) => [name, places]))).toEqual(Object.fromEntries(expected));
});

it('looks at footprints as they are written', async () => {
  const found = await certificate(table(INPUTS), caused, footprint.with(2, 1));
  const { verdict, places } = found.get('mrio NOx: embodied imports less embodied exports')!;
  expect(verdict).toBe('does not hold');
  expect(places).toMatch(/^imports of export: footprint 1, at home and imported 0\.\d+$/);
});

it('is written of a table without a Leontief inverse too, before the stage fails', async () => {
  // Of Beijing 160 + 20 - 17.5 - 17.5 + 5 = 150: it takes in more of its own products than it makes.
  const reference = table(INPUTS).map((row) => {
    if (row['from_region'] !== 'BJ') return row;
    if (row['block'] === 'final_demand') return { ...row, value: -17.5 };
    return row['block'] === 'intermediate' && row['to_region'] === 'BJ' ? { ...row, value: 160 } : row;
  });
  let written: Readonly<Record<string, Column>> | string = {};
  const watched = stage((context) =>
    balance({
      ...context,
      async writeTable(output, rows) {
        await context.writeTable(output, rows);
        written = rows;
      },
    }),
  );
  await expect(testContext(study(reference)).run(watched)).rejects.toThrow(
    /^reference_table \(.*\): the Leontief inverse has a negative entry .*: the economy uses more than it produces/,
  );
  const columns = written as unknown as Record<'table' | 'measure' | 'verdict', string[]> & { value: Float64Array };
  const of = (name: string, measure: string): readonly [number, string] => {
    const k = columns.measure.findIndex((found, row) => found === measure && columns.table[row] === name);
    return [columns.value[k]!, columns.verdict[k]!];
  };
  const [radius, verdict] = of('reference_table', 'spectral radius of A');
  expect(radius).toBeGreaterThan(160 / 150);
  expect(verdict).toBe('does not hold');
  expect(of('reference_table', 'condition of I - A in the 1-norm')).toEqual([NaN, null]);
  expect(of('target_table', 'spectral radius of A')[1]).toBe('holds');
  expect(of('mrio', 'NOx: largest residual of embodied exports of a region')[1]).toBe('holds');
  expect(declaredOutputs('balance')).toMatchObject([{ name: 'balance', diagnosis: true }]);
});
