import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accountFindings,
  holds,
  modelFindings,
  spectralRadius,
  tableFindings,
  type Finding,
} from '../../mrio/certificate.ts';
import { consumptionBased, directIntensity, leontiefInverse, technicalCoefficients } from '../../mrio/leontief.ts';
import { accountLabels, demandByConsumer, dimensions, grossOutput, type MrioTable } from '../../mrio/table.ts';
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

  it('find the spectral radius of matrices that the power method alone does not converge for', () => {
    // A permutation, and a matrix with two blocks.
    expect(spectralRadius(Float64Array.of(0, 1, 1, 0), 2)).toBeCloseTo(1, 11);
    expect(spectralRadius(Float64Array.of(0.5, 0, 0, 0.9), 2)).toBeCloseTo(0.9, 9);
    expect(spectralRadius(new Float64Array(4), 2)).toBeCloseTo(0, 11);
    expect(holds(of(modelFindings(Float64Array.of(1.5), Float64Array.of(-2), 1), 'spectral radius of A'))).toBe(false);
  });
});

describe('findings of accounts', () => {
  it('hold for any table that is in balance', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = createRandom(seed, 'certificate');
        const table = randomTable(['A', 'B', 'C'], 2, () => random.uniform());
        const { n } = dimensions(table);
        const labels = accountLabels(table);
        const output = grossOutput(table);
        const emissions = Float64Array.from({ length: n }, () => random.uniform());
        const leontief = leontiefInverse(technicalCoefficients(table.intermediate, output, labels), labels);
        const { consumers, values } = demandByConsumer(table, 'separate');
        const caused = consumptionBased(directIntensity(emissions, output, labels), leontief, values, consumers.length);
        const findings = accountFindings(emissions, caused, consumers.length, table);
        expect(findings.filter((finding) => !holds(finding))).toEqual([]);
        caused[0]! += 1;
        expect(accountFindings(emissions, caused, consumers.length, table).every(holds)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});
