import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accountFindings,
  holds,
  modelFindings,
  tableFindings,
  type Finding,
  type TracedEmissions,
} from '../../mrio/certificate.ts';
import {
  consumptionBased,
  directIntensity,
  footprintByProduct,
  leontiefInverse,
  multipliers,
  technicalCoefficients,
} from '../../mrio/leontief.ts';
import { accountLabels, demandByConsumer, dimensions, grossOutput, type MrioTable } from '../../mrio/table.ts';
import { tradeAccounts } from '../../mrio/trade-accounts.ts';
import { createRandom } from '../../stages/stand-in/random.ts';
import { randomTable } from '../support/random-division.ts';

/** Two regions of one sector: rows 10 + 20 + 30 + 35 + 5 = 100 and 40 + 5 + 0 + 150 + 5 = 200, columns 10 + 40 + 50 and 20 + 5 + 175. */
const TABLE: MrioTable = {
  regions: ['A', 'B'],
  sectors: [1],
  intermediate: Float64Array.of(10, 20, 40, 5),
  finalDemand: Float64Array.of(30, 35, 5, 0, 150, 5),
  primaryInput: Float64Array.of(50, 175),
};

const of = (findings: readonly Finding[], measure: string): Finding => {
  const found = findings.find((finding) => finding.measure === measure);
  if (found === undefined) throw new Error(`there is no ${measure}`);
  return found;
};

describe('findings of a table', () => {
  it('are all right for one that balances', () => {
    const findings = tableFindings(TABLE, 1e-9);
    expect(findings.every(holds)).toBe(true);
    expect(of(findings, 'accounts').value).toBe(2);
    expect(of(findings, 'largest residual of an account').value).toBe(0);
    expect(of(findings, 'zero cells of final demand').value).toBe(1);
  });

  it('name the accounts that do not balance, the worst first', () => {
    const findings = tableFindings({ ...TABLE, primaryInput: Float64Array.of(49, 100) }, 1e-9);
    expect(of(findings, 'accounts out of balance')).toMatchObject({ value: 2, limit: 0, where: ['B.1', 'A.1'] });
    expect(of(findings, 'largest residual of an account')).toMatchObject({
      value: 0.375,
      where: ['B.1: row 200, column 125', 'A.1: row 100, column 99'],
    });
    expect(tableFindings({ ...TABLE, primaryInput: Float64Array.of(49, 175) }, 0.01).every(holds)).toBe(true);
  });

  it('count negative final demand, and refuse negative deliveries and what is no number', () => {
    const stocks = tableFindings({ ...TABLE, finalDemand: Float64Array.of(30, 35, 5, -20, 170, 5) }, 1e-9);
    expect(of(stocks, 'negative cells of final demand')).toMatchObject({
      value: 1,
      limit: null,
      where: ['B.1 by A: -20'],
    });
    expect(stocks.every(holds)).toBe(true);
    const deliveries = tableFindings({ ...TABLE, intermediate: Float64Array.of(10, 20, -40, NaN) }, 1e-9);
    expect(of(deliveries, 'largest residual of an account').value).toBeNaN();
    const first = tableFindings({ ...TABLE, primaryInput: Float64Array.of(NaN, 175) }, 1e-9);
    expect(of(first, 'largest residual of an account').value).toBeNaN();
    expect(deliveries.filter((finding) => !holds(finding)).map(({ measure, where }) => [measure, where])).toEqual([
      ['largest residual of an account', ['B.1: row NaN, column NaN', 'A.1: row 100, column 20']],
      ['accounts out of balance', ['B.1', 'A.1']],
      ['negative cells of intermediate deliveries', ['B.1 to A.1: -40']],
      ['cells of intermediate deliveries that are no number', ['B.1 to B.1: NaN']],
    ]);
  });

  it('take -0 for zero, and name accounts without output and those that use more than they make', () => {
    const empty = tableFindings(
      { ...TABLE, intermediate: Float64Array.of(10, -0, 300, -0), finalDemand: Float64Array.of(30, 35, 5, -0, -0, -0) },
      1e-9,
    );
    expect(of(empty, 'zero cells of intermediate deliveries').value).toBe(2);
    expect(of(empty, 'negative cells of final demand').value).toBe(0);
    expect(of(empty, 'accounts whose inputs exceed their output').where).toEqual(['A.1']);
    const none = {
      ...TABLE,
      intermediate: Float64Array.of(10, 0, 0, 0),
      finalDemand: Float64Array.of(30, 35, 5, 0, 0, 0),
    };
    expect(of(tableFindings(none, 1e-9), 'accounts without output').where).toEqual(['B.1']);
  });
});

describe('findings of the model', () => {
  // Miller and Blair (2009), table 2.4: eigenvalues 0.1 +- sqrt(0.0525); columns of I - A add up to 1.05 and 1.2.
  const a = Float64Array.of(0.15, 0.25, 0.2, 0.05);

  it('are those of two sectors that can be worked out by hand', () => {
    const findings = modelFindings(a, leontiefInverse(a, ['1', '2']), 2);
    expect(of(findings, 'spectral radius of A').value).toBeCloseTo(0.1 + Math.sqrt(0.0525), 11);
    expect(of(findings, 'largest sum of a column of A').value).toBeCloseTo(0.35, 15);
    expect(of(findings, 'condition of I - A in the 1-norm').value).toBeCloseTo((1.2 * 1.15) / 0.7575, 11);
    expect(findings.every(holds)).toBe(true);
  });

  it('are not those of a productive economy from a spectral radius of 1', () => {
    const holdsFor = (coefficients: Float64Array, n: number): boolean =>
      holds(of(modelFindings(coefficients, null, n), 'spectral radius of A'));
    expect(holdsFor(Float64Array.of(0, 1, 1, 0), 2)).toBe(false);
    expect(holdsFor(Float64Array.of(1.00005, 0, 0, 0.9999), 2)).toBe(false);
    expect(holdsFor(Float64Array.of(NaN), 1)).toBe(false);
    expect(holdsFor(Float64Array.of(0.9999, 1, 0, 0.9999), 2)).toBe(true);
    expect(of(modelFindings(Float64Array.of(1), null, 1), 'condition of I - A in the 1-norm').value).toBeNaN();
  });

  it('say how far the spectral radius is known where it is not to the last', () => {
    // Eigenvalue 0.5 + 1e-20, of which the eigenvector spans more than numbers have.
    const finding = of(modelFindings(Float64Array.of(0.5, 1e300, 1e-300, 0.5), null, 2), 'spectral radius of A');
    expect(finding.where).toEqual([expect.stringMatching(/^it is no less than 0\.5/)]);
    expect(holds(finding)).toBe(false);
  });
});

/** Emissions traced through a table in every way, each from the table itself. */
function tracedThrough(table: MrioTable, emissions: Float64Array, treatment: 'with-region' | 'separate') {
  const labels = accountLabels(table);
  const output = grossOutput(table);
  const leontief = leontiefInverse(technicalCoefficients(table.intermediate, output, labels), labels);
  const { consumers, values } = demandByConsumer(table, treatment);
  const [C, R, S] = [consumers.length, table.regions.length, table.sectors.length];
  const intensity = directIntensity(emissions, output, labels);
  const traced: TracedEmissions = {
    emissions,
    caused: consumptionBased(intensity, leontief, values, C),
    footprint: footprintByProduct(multipliers(intensity, leontief), values, C, S),
    trade: tradeAccounts(intensity, leontief, values, R, C),
  };
  return { traced, consumers };
}

const TOTALS = [
  'production-based less direct emissions',
  'consumption-based less direct emissions',
  'embodied imports less embodied exports',
];
const ACCOUNTS = 'largest residual of production-based emissions of an account';
const CONSUMERS = 'largest residual of consumption-based emissions of a consumer';
const PRODUCTS = 'largest residual of footprint of a consumer by product';
const IMPORTS = 'largest residual of embodied imports of a consumer';
const EXPORTS = 'largest residual of embodied exports of a region';

describe('findings of accounts', () => {
  const emissions = Float64Array.of(3, 4);
  const { traced, consumers } = tracedThrough(TABLE, emissions, 'with-region');
  const wrong = (changed: Partial<TracedEmissions>): string[] =>
    accountFindings({ ...traced, ...changed }, consumers, TABLE)
      .filter((finding) => !holds(finding))
      .map(({ measure }) => measure);

  it('hold for any table that is in balance, and not if a single value is another', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('with-region' as const, 'separate' as const), (seed, treatment) => {
        const random = createRandom(seed, 'certificate');
        const table = randomTable(['A', 'B', 'C'], 2, () => random.uniform());
        const values = Float64Array.from({ length: dimensions(table).n }, () => random.uniform());
        const { traced: ways, consumers: names } = tracedThrough(table, values, treatment);
        const findings = accountFindings(ways, names, table);
        expect(findings.filter((finding) => !holds(finding))).toEqual([]);
        const faults: TracedEmissions[] = (['emissions', 'caused', 'footprint'] as const).flatMap((way) =>
          Array.from(ways[way].keys(), (k) => ({ ...ways, [way]: ways[way].with(k, ways[way][k]! + 1) })),
        );
        for (const kind of ['production', 'consumption', 'imports', 'exports'] as const) {
          for (const k of ways.trade[kind].keys()) {
            const changed = ways.trade[kind].with(k, ways.trade[kind][k]! + 1);
            faults.push({ ...ways, trade: { ...ways.trade, [kind]: changed } });
          }
        }
        for (const fault of faults) expect(accountFindings(fault, names, table).every(holds)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('do not hold for flows of which the total alone is right', () => {
    // The emissions of A and B swapped; then flows that are none.
    expect(wrong({ caused: traced.caused.map((_, k) => traced.caused[(k + 2) % 4]!) })).toContain(ACCOUNTS);
    expect(wrong({ caused: Float64Array.of(100, 7, -50, -50) })).toEqual([ACCOUNTS, CONSUMERS, IMPORTS, EXPORTS]);
    // Row sums are right, column sums are not.
    const shifted = Float64Array.of(1, -1, 1, -1).map((value, k) => value + traced.caused[k]!);
    expect(wrong({ caused: shifted })).toEqual([CONSUMERS, IMPORTS, EXPORTS]);
  });

  it('name the worst first, with what each way comes to', () => {
    const found = accountFindings({ ...traced, caused: Float64Array.of(100, 7, 1, 4) }, consumers, TABLE);
    expect(of(found, ACCOUNTS)).toMatchObject({ value: expect.closeTo(104 / 107, 12) as number, limit: 1e-9 });
    expect(of(found, ACCOUNTS).where).toEqual([
      expect.stringMatching(/^A\.1: direct 3, over consumers 107, over products (3|2\.9999)/),
      expect.stringMatching(/^B\.1: direct 4, over consumers 5, over products (4|3\.9999)/),
    ]);
    expect(of(found, TOTALS[0]!)).toMatchObject({ value: expect.closeTo(105 / 7, 12) as number });
    expect(of(found, TOTALS[0]!).where).toEqual(of(found, ACCOUNTS).where);
    expect(of(found, CONSUMERS).where[0]).toMatch(/^A: footprint \d\.\d+, over accounts 101$/);
    expect(of(found, EXPORTS).where[0]).toMatch(/^A: direct 3, at home and exported 10\d\./);
  });

  it('do not take imports for exports where a footprint is another', () => {
    const found = accountFindings({ ...traced, footprint: traced.footprint.with(1, 0.5) }, consumers, TABLE);
    const { value, where } = of(found, 'embodied imports less embodied exports');
    expect(value).toBeCloseTo((traced.footprint[1]! - 0.5) / 7, 12);
    expect(where).toEqual([expect.stringMatching(/^imports of B: footprint 0\.5, at home and imported \d\./)]);
    expect(found.filter((finding) => !holds(finding)).map(({ measure }) => measure)).toEqual([
      ...TOTALS.slice(1),
      ...[CONSUMERS, PRODUCTS, IMPORTS],
    ]);
  });

  it('are relative to emissions whatever their sign', () => {
    const negative = tracedThrough(TABLE, Float64Array.of(-3, -4), 'with-region').traced;
    expect(accountFindings(negative, consumers, TABLE).every(holds)).toBe(true);
    const none = tracedThrough(TABLE, Float64Array.of(0, 0), 'with-region').traced;
    expect(accountFindings(none, consumers, TABLE).every(holds)).toBe(true);
    const nothing = tracedThrough(TABLE, Float64Array.of(7, -7), 'with-region').traced;
    expect(accountFindings(nothing, consumers, TABLE).every(holds)).toBe(true);
    for (const ways of [negative, none, nothing]) {
      const garbage = accountFindings(
        { ...ways, caused: Float64Array.of(9, 9, 9, 9), footprint: Float64Array.of(9, 9) },
        consumers,
        TABLE,
      );
      for (const measure of TOTALS) expect([measure, holds(of(garbage, measure))]).toEqual([measure, false]);
    }
  });

  it('of no number do not hold', () => {
    for (const k of [0, 1, 2, 3]) {
      const found = accountFindings({ ...traced, caused: traced.caused.with(k, NaN) }, consumers, TABLE);
      for (const measure of [ACCOUNTS, CONSUMERS]) expect(of(found, measure).value).toBeNaN();
    }
  });
});
