import fc from 'fast-check';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { holds, modelFindings, tableFindings, type Finding } from '../../../mrio/certificate.ts';
import { ModelError } from '../../../mrio/error.ts';
import {
  consumptionBased,
  directIntensity,
  leontiefInverse,
  multipliers,
  technicalCoefficients,
} from '../../../mrio/leontief.ts';
import { accountLabels, columnSums, demandByConsumer, grossOutput } from '../../../mrio/table.ts';
import { expectAgreement } from './agreement.ts';
import { exactAccounts } from './exact-accounts.ts';
import { THREE_CITIES, readCities, writeCities } from './three-cities.ts';

const folder = (): string => mkdtempSync(join(inject('sharedFolder'), 'productivity-'));
const finding = (findings: readonly Finding[], measure: string): Finding =>
  findings.find((found) => found.measure === measure)!;
const accounts = (n: number): string[] => Array.from({ length: n }, (_, k) => `R.${k + 1}`);

describe('a column of A that adds up to more than 1', () => {
  /** Steel of the North takes in 84 for an output of 64: it is subsidised by 20. */
  const subsidised = {
    ...THREE_CITIES,
    intermediate: THREE_CITIES.intermediate.map((value, cell) => (cell === 7 ? 48 : value)),
    finalDemand: THREE_CITIES.finalDemand.map((value, cell) => (cell === 6 ? -4 : value)),
    extensions: THREE_CITIES.extensions.map((extension) => ({
      ...extension,
      flows: extension.flows.map((value, k) => (extension.name === 'factor_inputs' && k === 1 ? value - 32 : value)),
    })),
  };

  it('is told by the certificate, and results are right while the spectral radius is below 1', async () => {
    const { table, stressors } = await readCities(await writeCities(folder(), {}, subsidised));
    const findings = tableFindings(table, 1e-9);
    expect(finding(findings, 'accounts whose inputs exceed their output')).toMatchObject({
      value: 1,
      limit: null,
      where: ['North.2'],
    });
    expect(finding(findings, 'negative cells of primary inputs')).toMatchObject({ value: 1, where: ['North.2: -20'] });
    expect(findings.filter((found) => !holds(found))).toEqual([]);

    const labels = accountLabels(table);
    const output = grossOutput(table);
    const coefficients = technicalCoefficients(table.intermediate, output, labels);
    const leontief = leontiefInverse(coefficients, labels);
    const model = modelFindings(coefficients, leontief, 6);
    expect(finding(model, 'largest sum of a column of A').value).toBe(84 / 64);
    const radius = finding(model, 'spectral radius of A');
    expect(radius.value).toBeGreaterThan(0.75);
    expect(radius.value).toBeLessThan(1);
    expect(model.every(holds)).toBe(true);

    const { values: demand } = demandByConsumer(table, 'with-region');
    const emissions = stressors.get('NOx')!.accounts;
    const exact = exactAccounts(
      {
        ...{ regions: 3, sectors: 2 },
        deliveries: rowsOf(table.intermediate, 6),
        demand: rowsOf(demand, 3),
      },
      [...emissions],
    );
    expectAgreement(coefficients, exact.coefficients);
    expectAgreement(leontief, exact.leontief);
    const intensity = directIntensity(emissions, output, labels);
    expectAgreement(multipliers(intensity, leontief), exact.multipliers);
    expectAgreement(consumptionBased(intensity, leontief, demand, 3), exact.byConsumer);
  });

  it('is an error with its accounts where the spectral radius is above 1', async () => {
    // Wheat and steel of the North take in more of each other than they make; stocks make up for it.
    const intermediate = THREE_CITIES.intermediate.slice();
    [intermediate[0], intermediate[1], intermediate[6], intermediate[7]] = [40, 64, 48, 32];
    const finalDemand = THREE_CITIES.finalDemand.slice();
    finalDemand[1] = -78;
    finalDemand[7] = -60;
    const { table } = await readCities(await writeCities(folder(), {}, { ...THREE_CITIES, intermediate, finalDemand }));
    const labels = accountLabels(table);
    expect([...grossOutput(table)]).toEqual([64, 64, 64, 64, 64, 32]);
    const coefficients = technicalCoefficients(table.intermediate, grossOutput(table), labels);
    // Columns of the North: 90 and 116 of 64.
    expect(() => leontiefInverse(coefficients, labels)).toThrow(
      /^the Leontief inverse has a negative entry .*: the economy uses more than it produces; inputs per unit of output are 1\.8125 of North\.2, 1\.40625 of North\.1$/,
    );
    expect(holds(finding(modelFindings(coefficients, new Float64Array(36), 6), 'spectral radius of A'))).toBe(false);
  });
});

const rowsOf = (values: Float64Array, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, k) => [...values.subarray(k * width, (k + 1) * width)]);

/** A whose columns add up to 1, but for the last bits: nothing but each other's products goes into the accounts. */
const closed = (shares: readonly (readonly number[])[]): Float64Array => {
  const n = shares.length;
  const sums = columnSums(Float64Array.from(shares.flat()), n, n);
  return Float64Array.from(shares.flat(), (share, cell) => share / sums[cell % n]!);
};

describe('a singular I - A', () => {
  const failure = (coefficients: Float64Array, labels: readonly string[]): ModelError => {
    try {
      leontiefInverse(coefficients, labels);
    } catch (error) {
      if (error instanceof ModelError) return error;
      throw error;
    }
    throw new Error('it was inverted');
  };

  it('is an error that names the accounts which leave nothing, and says what to look at', () => {
    // R.2 and R.3 are made of each other alone; R.1 and R.4 are not.
    // prettier-ignore
    const coefficients = Float64Array.of(
      0.25, 0, 0, 0.25,
      0.25, 0.5, 0.25, 0,
      0, 0.5, 0.75, 0.25,
      0.25, 0, 0, 0.25,
    );
    const { message, remedy } = failure(coefficients, accounts(4));
    expect(message).toMatch(/^I - A is singular at R\.3; inputs per unit of output are 1 of R\.2, 1 of R\.3$/);
    expect(remedy).toBe('look at these columns of the table: inputs that add up to the whole output, with no primary input, make it singular'); // prettier-ignore
  });

  it('is one in any closed economy, whatever the last bits of its numbers', () => {
    const economy = fc.integer({ min: 2, max: 9 }).chain((n) =>
      fc.array(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: n, maxLength: n }), {
        minLength: n,
        maxLength: n,
      }),
    );
    fc.assert(
      fc.property(economy, (shares) => {
        const { message } = failure(closed(shares), accounts(shares.length));
        expect(message).toMatch(/^I - A is singular .*R\.\d+.*; inputs per unit of output are 1 of R\./);
      }),
      { numRuns: 300 },
    );
  });

  it('is one where a closed economy is a part of an open one', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 }), (shares) => {
        const part = closed([shares.slice(0, 3), shares.slice(3, 6), shares.slice(6)]);
        // The others have half of their output from everybody, a tenth of it from each.
        const coefficients = Float64Array.from({ length: 25 }, (_, cell) => {
          const [i, j] = [Math.floor(cell / 5), cell % 5];
          if (j >= 3) return 0.1;
          return i < 3 ? part[i * 3 + j]! : 0;
        });
        const { message } = failure(coefficients, accounts(5));
        expect(message).toMatch(/1 of R\.[123], 1 of R\.[123], 1 of R\.[123]$/);
      }),
      { numRuns: 100 },
    );
  });

  it('names five of many accounts', () => {
    const { message } = failure(new Float64Array(64).fill(1 / 8), accounts(8));
    expect(message).toMatch(
      /; inputs per unit of output are (1 of R\.\d, ){4}1 of R\.\d and of 3 others no less than 1$/,
    );
  });

  it('is none where little is left, and the result is right to 1e-9', () => {
    // A millionth of the output of each is value added.
    const deliveries = [
      [400_000, 599_999],
      [599_999, 400_000],
    ];
    const coefficients = technicalCoefficients(Float64Array.from(deliveries.flat()), Float64Array.of(1e6, 1e6), accounts(2)); // prettier-ignore
    const exact = exactAccounts({ regions: 1, sectors: 2, deliveries, demand: [[1], [1]] });
    expectAgreement(leontiefInverse(coefficients, accounts(2)), exact.leontief);
  });

  it('does not depend on the unit of an account', () => {
    // The same economy with its first product in grams, and its second in megatonnes.
    const units = [1e6, 1e-12];
    const coefficients = Float64Array.of(0.5, 0.25, 0.25, 0.5).map((value, cell) => (value * units[cell >> 1]!) / units[cell & 1]!); // prettier-ignore
    const expected = [8 / 3, 4 / 3, 4 / 3, 8 / 3].map((value, cell) => (value * units[cell >> 1]!) / units[cell & 1]!);
    expect([...leontiefInverse(coefficients, accounts(2))].map((value, k) => value / expected[k]!)).toEqual(
      expected.map(() => expect.closeTo(1, 12) as number),
    );
  });

  it('of a folder of pymrio with A in the place of Z is an error with its account, also but for the last bits', async () => {
    const shares = Array.from({ length: 6 }, (_, i) => Array.from({ length: 6 }, (_, j) => 1 / (2 + ((i * 5 + j * 7) % 11)))); // prettier-ignore
    const path = await writeCities(
      folder(),
      { 'file_parameters.json': (text) => text.replace('"Z"', '"A"') },
      { ...THREE_CITIES, intermediate: closed(shares) },
    );
    await expect(readCities(path)).rejects.toThrow(/I - A is singular at (North|East|South) (wheat|steel)$/);
  });
});
