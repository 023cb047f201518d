import { expect, it } from 'vitest';
import balance from '../../stages/balance.ts';
import { consumptionBased, directIntensity, leontiefInverse, technicalCoefficients } from '../../mrio/leontief.ts';
import { ofTwoPollutants } from '../support/pollutants.ts';
import { declaredOutputs, testContext, type Row } from '../support/stage-context.ts';

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
const caused = consumptionBased(directIntensity(EMISSIONS, OUTPUT, LABELS), leontief, Float64Array.from(DEMAND), 3);
const square = (values: Float64Array) => ({ rowLabels: LABELS, columnLabels: LABELS, values });

async function certificate(reference: readonly number[], consumption = caused): Promise<Map<string, Row>> {
  const outputs = await testContext({
    inputs: {
      ...{ region, sector, reference_table: table(reference), target_table: table(INPUTS), mrio: deliveries },
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
    },
    parameters: { balance_tolerance: 1e-6 },
    outputs: declaredOutputs('balance'),
  }).run(balance);
  const rows = await outputs.rows('balance');
  outputs.close();
  return new Map(rows.map((row) => [`${String(row['table'])} ${String(row['measure'])}`, row]));
}

it('certifies each table, and the emissions that are traced through the result', async () => {
  const found = await certificate(INPUTS);
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
  const found = await certificate([50, 170], caused.with(0, 1));
  const wrong = [...found.entries()].filter(([, { verdict }]) => verdict === 'does not hold');
  expect(wrong.map(([name, { places }]) => [name, places])).toEqual([
    ['mrio NOx: consumption-based less direct emissions', null],
    ['mrio NOx: production-based less direct emissions', null],
    ['mrio SO2: consumption-based less direct emissions', null],
    ['mrio SO2: production-based less direct emissions', null],
    ['reference_table accounts out of balance', 'TJ.1'],
    ['reference_table largest residual of an account', 'TJ.1: row 200, column 195'],
  ]);
});
