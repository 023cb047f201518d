import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  consumptionBased,
  directIntensity,
  embodiedFlows,
  finalDemandFlows,
  footprintByProduct,
  leontiefInverse,
  multipliers,
  technicalCoefficients,
} from '../../mrio/leontief.ts';
import { accountLabels, demandByConsumer, dimensions, grossOutput, rowSums } from '../../mrio/table.ts';
import { createRandom } from '../../stages/stand-in/random.ts';
import { randomTable } from '../support/random-division.ts';

const labels = ['A.1', 'A.2'];

// Miller and Blair (2009), tables 2.3 and 2.4.
const deliveries = Float64Array.from([150, 500, 200, 100]);
const output = Float64Array.from([1000, 2000]);

const expectClose = (actual: Float64Array, expected: readonly number[], digits: number): void => {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, k) => {
    expect(actual[k]).toBeCloseTo(value, digits);
  });
};

describe('the two-sector economy of Miller and Blair', () => {
  const a = technicalCoefficients(deliveries, output, labels);
  const l = leontiefInverse(a, labels);

  it('A = X W^-1', () => {
    expectClose(a, [0.15, 0.25, 0.2, 0.05], 15);
  });

  it('L = (I - A)^-1', () => {
    expectClose(l, [1.25412541, 0.330033, 0.2640264, 1.12211221], 8);
  });

  it('L y meets the new final demand (600, 1500)', () => {
    expectClose(Float64Array.from([l[0]! * 600 + l[1]! * 1500, l[2]! * 600 + l[3]! * 1500]), [1247.52, 1841.58], 2);
  });

  it('(14), by hand: e = (1, 0), demand of two consumers', () => {
    // C = diag(e) L Y: only the first account emits, so its row is L's first row times Y.
    const c = consumptionBased(Float64Array.from([1, 0]), l, Float64Array.from([350, 0, 0, 1700]), 2);
    expectClose(c, [l[0]! * 350, l[1]! * 1700, 0, 0], 9);
    expect(c[0]! + c[1]!).toBeCloseTo(1000, 9);
  });

  it('(15), by hand: F = diag(e) L X', () => {
    const e = Float64Array.from([0.5, 2]);
    const product = [0, 1].flatMap((i) =>
      [0, 1].map((j) => e[i]! * (l[2 * i]! * deliveries[j]! + l[2 * i + 1]! * deliveries[2 + j]!)),
    );
    expectClose(embodiedFlows(e, l, output), product, 9);
  });
});

describe('identities of any table in balance', () => {
  const study = fc.record({
    seed: fc.integer({ min: 0, max: 1e9 }),
    regions: fc.integer({ min: 1, max: 5 }),
    sectors: fc.integer({ min: 1, max: 6 }),
  });

  it('production = consumption = footprints = final demand flows; F = diag(e) L X', () => {
    fc.assert(
      fc.property(study, ({ seed, regions, sectors }) => {
        const random = createRandom(seed, 'table').uniform;
        const table = randomTable(
          Array.from({ length: regions }, (_, r) => `R${r}`),
          sectors,
          random,
        );
        const names = accountLabels(table);
        const { n, finalDemandCount } = dimensions(table);
        const w = grossOutput(table);
        const emissions = w.map((x) => (x === 0 || random() < 0.2 ? 0 : 1e4 * random()));
        const e = directIntensity(emissions, w, names);
        const l = leontiefInverse(technicalCoefficients(table.intermediate, w, names), names);
        const total = emissions.reduce((sum, value) => sum + value, 0);
        for (const treatment of ['with-region', 'separate'] as const) {
          const { consumers, values } = demandByConsumer(table, treatment);
          const c = consumptionBased(e, l, values, consumers.length);
          rowSums(c, n, consumers.length).forEach((sum, k) => {
            expect(Math.abs(sum - emissions[k]!)).toBeLessThan(1e-9 * total + 1e-12);
          });
          const product = footprintByProduct(multipliers(e, l), values, consumers.length, sectors);
          consumers.forEach((_, consumer) => {
            const byProduct = product.subarray(consumer * sectors, (consumer + 1) * sectors).reduce((s, v) => s + v, 0);
            const byProducer = c.reduce((s, v, k) => (k % consumers.length === consumer ? s + v : s), 0);
            expect(Math.abs(byProduct - byProducer)).toBeLessThan(1e-9 * total + 1e-12);
          });
        }
        const flows = finalDemandFlows(e, l, rowSums(table.finalDemand, n, finalDemandCount));
        expect(Math.abs(flows.reduce((s, v) => s + v, 0) - total)).toBeLessThan(1e-9 * total + 1e-12);
        const f = embodiedFlows(e, l, w);
        for (let k = 0; k < n; k++) {
          for (let j = 0; j < n; j++) {
            let product = 0;
            for (let m = 0; m < n; m++) product += e[k]! * l[k * n + m]! * table.intermediate[m * n + j]!;
            expect(Math.abs(f[k * n + j]! - product)).toBeLessThan(1e-9 * total + 1e-12);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('accounts without output', () => {
  it('have zero coefficients and zero intensity, never NaN', () => {
    const a = technicalCoefficients(Float64Array.from([10, 0, 0, 0]), Float64Array.from([40, 0]), labels);
    expect(Array.from(a)).toEqual([0.25, 0, 0, 0]);
    expect(Array.from(leontiefInverse(a, labels))).toEqual([4 / 3, 0, 0, 1]);
    expect(Array.from(directIntensity(Float64Array.from([8, 0]), Float64Array.from([40, 0]), labels))).toEqual([
      0.2, 0,
    ]);
  });

  it('are named where they have inputs or emissions all the same', () => {
    expect(() => technicalCoefficients(Float64Array.from([0, 3, 0, 0]), Float64Array.from([40, 0]), labels)).toThrow(
      'A.2 has inputs (3 from A.1) but a gross output of 0',
    );
    expect(() => directIntensity(Float64Array.from([0, 5]), Float64Array.from([40, 0]), labels)).toThrow(
      'A.2 emits 5 t but has a gross output of 0',
    );
    const many = Array.from({ length: 12 }, (_, k) => `B.${k + 1}`);
    const emissions = Float64Array.from(many, (_, k) => k + 1);
    expect(() =>
      directIntensity(
        emissions,
        Float64Array.from(many, (_, k) => (k === 0 ? 1 : 0)),
        many,
      ),
    ).toThrow(
      /^B\.12 emits 12 t but has a gross output of 0 in the table; so have 10 more: B\.11 \(11 t\), .*, B\.3 \(3 t\), \.\.\.$/,
    );
  });
});

describe('a system that cannot be inverted', () => {
  it('names the account at which I - A is singular', () => {
    expect(() => leontiefInverse(Float64Array.from([0, 1, 1, 0]), labels)).toThrow('I - A is singular at A.2');
  });

  it('names an economy that uses more than it produces', () => {
    expect(() => leontiefInverse(Float64Array.from([0.5, 0.9, 0.9, 0.5]), labels)).toThrow(
      /negative entry .* uses more than it produces/,
    );
  });
});
