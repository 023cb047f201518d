import { describe, expect, it } from 'vitest';
import { balance, grossOutput, rowSums, sum, type MrioTable } from '../../../mrio/table.ts';
import { perturbTotals, perturbToSum, type Totals } from '../../../mrio/updating/perturbation.ts';
import { perturbedTarget } from '../../../mrio/updating/perturbed-target.ts';
import { createRandom } from '../../../stages/stand-in/random.ts';
import { randomDivision } from '../../support/random-division.ts';

const normalOf = (seed: number) => createRandom(seed, 'perturbation').normal;

/** An open economy of three sectors; the last is drawn from stocks. */
const TOTALS: Totals = {
  intermediateSales: Float64Array.of(60, 80, 25),
  finalDemand: Float64Array.of(40, 70, -5),
  intermediateInputs: Float64Array.of(55, 90, 10),
  primaryInput: Float64Array.of(45, 60, 10),
  knownUsers: Float64Array.of(30, 15),
  knownSuppliers: Float64Array.of(20, 15),
};

const all = (totals: Totals): number[] => Object.values(totals).flatMap((values: Float64Array) => Array.from(values));

describe('totals with errors of measurement', () => {
  it('are the totals themselves without noise', () => {
    expect(perturbTotals(TOTALS, 0, normalOf(1))).toBe(TOTALS);
  });

  it.each([0.01, 0.05, 0.1])('hold both equations that bind them, at %d', (noise) => {
    const totals = perturbTotals(TOTALS, noise, normalOf(2));
    for (let i = 0; i < 3; i++) {
      const sold = totals.intermediateSales[i]! + totals.finalDemand[i]!;
      expect(sold).toBeCloseTo(totals.intermediateInputs[i]! + totals.primaryInput[i]!, 10);
    }
    expect(sum(totals.intermediateSales) - sum(totals.knownUsers)).toBeCloseTo(
      sum(totals.intermediateInputs) - sum(totals.knownSuppliers),
      10,
    );
    all(totals).forEach((value, k) => {
      expect(Math.sign(value)).toBe(Math.sign(all(TOTALS)[k]!));
    });
  });

  it('are as far off as the noise says: over many draws, the mean size of an error is within a fifth of it', () => {
    const errors = Array.from({ length: 200 }, (_, draw) => {
      const totals = perturbTotals(TOTALS, 0.05, normalOf(draw));
      const square = all(totals).map((value, k) => Math.log(value / all(TOTALS)[k]!) ** 2);
      return square.reduce((total, value) => total + value / square.length, 0);
    });
    const deviation = Math.sqrt(errors.reduce((total, value) => total + value / errors.length, 0));
    // Four equations bind the sixteen totals: making them hold takes a little of the errors away.
    expect(deviation).toBeGreaterThan(0.04);
    expect(deviation).toBeLessThan(0.06);
  });

  it('of categories add up to their sum, signs kept', () => {
    const values = perturbToSum(Float64Array.of(50, -5, 30), 80, 0.1, normalOf(3));
    expect(sum(values)).toBeCloseTo(80, 10);
    expect(Array.from(values, Math.sign)).toEqual([1, -1, 1]);
  });
});

describe('a target table with errors in the totals of a divided region', () => {
  const { known } = randomDivision(7, { cities: 3, provinces: 3, sectors: 3 });
  const target = perturbedTarget(known, 0.05, normalOf(4));
  const divided = known.target.regions.indexOf('H');
  const accounts = [0, 1, 2].map((i) => divided * 3 + i);

  it('balances in the divided region, and has other totals there', () => {
    const { relativeDifference } = balance(target);
    const [before, after] = [grossOutput(known.target), grossOutput(target)];
    for (const k of accounts) {
      expect(relativeDifference[k]).toBeLessThan(1e-8);
      const change = Math.abs(after[k]! / before[k]! - 1);
      expect(change).toBeGreaterThan(1e-4);
      expect(change).toBeLessThan(0.25);
    }
  });

  it('is unchanged between known regions', () => {
    const n = known.target.primaryInput.length;
    const isDivided = (k: number): boolean => accounts.includes(k);
    target.intermediate.forEach((value, cell) => {
      if (isDivided(Math.floor(cell / n)) || isDivided(cell % n)) return;
      expect(value).toBe(known.target.intermediate[cell]);
    });
  });

  it('is the same for the same seed, another for another, and the target itself without noise', () => {
    const again = perturbedTarget(known, 0.05, normalOf(4));
    expect(again.intermediate).toEqual(target.intermediate);
    const other = perturbedTarget(known, 0.05, normalOf(5));
    expect(other.intermediate).not.toEqual(target.intermediate);
    expect(perturbedTarget(known, 0, normalOf(4))).toBe(known.target);
  });

  it('has final demand and trade with known regions off by about the noise', () => {
    const demand = (table: MrioTable): Float64Array => rowSums(table.finalDemand, table.primaryInput.length, 5);
    const off = accounts.map((k) => Math.abs(Math.log(demand(target)[k]! / demand(known.target)[k]!)));
    expect(Math.max(...off)).toBeGreaterThan(1e-3);
    expect(Math.max(...off)).toBeLessThan(0.25);
  });
});
