import { describe, expect, it } from 'vitest';
import { anais, type AnaisOptions } from '../../../mrio/anais/anais.ts';
import { coefficientBand, division, regionsByMargins } from '../../../mrio/anais/disaggregation.ts';
import { baseYearAtMargins, tableOfMargins, type Margins } from '../../../mrio/anais/margins.ts';
import { balance, columnSums, dimensions, grossOutput, rowSums, type MrioTable } from '../../../mrio/table.ts';
import { createRandom } from '../../../stages/stand-in/random.ts';
import { randomTable } from '../../support/random-division.ts';

const quiet = (): void => undefined;

const marginsOf = (table: MrioTable): Margins => ({
  grossOutput: grossOutput(table),
  finalDemand: rowSums(table.finalDemand, dimensions(table).n, dimensions(table).finalDemandCount),
  primaryInput: table.primaryInput,
});

/** A base year and a later year of one region, in balance. */
function twoYears(seed: number): { base: MrioTable; later: MrioTable } {
  const random = createRandom(seed, 'one region').uniform;
  const base = randomTable(['N'], 4, random);
  const changed = (values: Float64Array): Float64Array =>
    values.map((value) => value * Math.exp(0.6 * (random() - 0.5)));
  const intermediate = changed(base.intermediate);
  const [sales, inputs] = [rowSums(intermediate, 4, 4), columnSums(intermediate, 4, 4)];
  const output = grossOutput(base).map((w, k) => Math.max(w, 1.1 * Math.max(sales[k]!, inputs[k]!)));
  const finalDemand = base.finalDemand.slice();
  output.forEach((w, k) => {
    finalDemand[2 * k] = 0.7 * (w - sales[k]!);
    finalDemand[2 * k + 1] = 0.3 * (w - sales[k]!);
  });
  return { base, later: { ...base, intermediate, finalDemand, primaryInput: output.map((w, k) => w - inputs[k]!) } };
}

const optionsFor = (base: MrioTable): AnaisOptions => ({
  bound: 'relative',
  objective: 'relative',
  consistency: 'totals',
  reference: 'base-year',
  solver: 'structured',
  slack: 0.01,
  bandWidening: 0,
  band: coefficientBand(base, 0.9),
  largestGap: 1e-8,
});

const oneRegion = (base: MrioTable, later: MrioTable) => {
  const margins = marginsOf(later);
  return division(
    baseYearAtMargins(base, margins),
    tableOfMargins('N', later.sectors, margins),
    (region) => region,
    () => true,
  );
};

describe.each([1, 2, 3])("one region's table, updated to another year's margins (seed %i)", (seed) => {
  const { base, later } = twoYears(seed);

  it('meets the margins, is proven, and agrees with HiGHS', async () => {
    const known = oneRegion(base, later);
    expect(regionsByMargins(known)).toEqual(['N']);
    const { table, certificates } = await anais(known, optionsFor(base), quiet);
    const [found, wanted] = [marginsOf(table), marginsOf(later)];
    for (const name of ['grossOutput', 'finalDemand', 'primaryInput'] as const) {
      wanted[name].forEach((value, k) => {
        expect(Math.abs(found[name][k]! / value - 1)).toBeLessThan(1e-9);
      });
    }
    expect(Math.max(...balance(table).relativeDifference)).toBeLessThan(1e-9);
    expect(certificates[0].primal).toBeGreaterThan(0.01);
    const highs = await anais(known, { ...optionsFor(base), solver: 'highs', largestGap: 1e-4 }, quiet);
    certificates.forEach(({ primal }, step) => {
      expect(Math.abs(highs.certificates[step]!.primal / primal - 1)).toBeLessThan(1e-5);
    });
  });

  it('stays within the bands that are given', async () => {
    const { table } = await anais(oneRegion(base, later), optionsFor(base), quiet);
    const output = grossOutput(table);
    const { low, high } = coefficientBand(base, 0.9);
    table.intermediate.forEach((value, cell) => {
      const a = value / output[cell % 4]!;
      expect(a).toBeGreaterThanOrEqual(low[cell]! - 1e-9);
      expect(a).toBeLessThanOrEqual(high[cell]! + 1e-9);
    });
  });

  it("has only the later year's margins in what it is given", () => {
    const { target } = oneRegion(base, later);
    const shuffled = { ...later, intermediate: later.intermediate.toReversed() };
    const margins = { ...marginsOf(later) };
    expect(tableOfMargins('N', shuffled.sectors, margins)).toEqual(target);
    expect(Math.max(...balance(target).relativeDifference)).toBeLessThan(1e-12);
  });
});

describe("a base year's table at other margins", () => {
  it('has the technical coefficients of the base year and the new totals', () => {
    const { base, later } = twoYears(4);
    const margins = marginsOf(later);
    const start = baseYearAtMargins(base, margins);
    const before = grossOutput(base);
    start.intermediate.forEach((x, cell) => {
      expect(x / margins.grossOutput[cell % 4]!).toBeCloseTo(base.intermediate[cell]! / before[cell % 4]!, 12);
    });
    rowSums(start.finalDemand, 4, 2).forEach((y, k) => {
      expect(y).toBeCloseTo(margins.finalDemand[k]!, 9);
    });
    expect(start.primaryInput).toEqual(margins.primaryInput);
  });
});

describe('what margins alone do not give is an error', () => {
  const { base, later } = twoYears(5);
  const run = (changed: Partial<AnaisOptions>) =>
    anais(oneRegion(base, later), { ...optionsFor(base), ...changed }, quiet);

  it('blocks to spread: reference shares', async () => {
    await expect(run({ reference: 'shares' })).rejects.toMatchObject({
      message: "reference: shares spreads the target's blocks, but only the margins of N are known in the target table",
      remedy: 'set reference to base-year',
    });
  });

  it('blocks to meet: consistency blocks', async () => {
    await expect(run({ consistency: 'blocks' })).rejects.toMatchObject({ remedy: 'set consistency to totals' });
  });

  it('bands of coefficients', async () => {
    const { band: _, ...without } = optionsFor(base);
    await expect(anais(oneRegion(base, later), without, quiet)).rejects.toThrow(
      /the bands of technical coefficients would be those of the target's blocks, but only the margins of N/,
    );
  });

  it('margins that contradict each other', () => {
    const margins = marginsOf(later);
    const more = margins.primaryInput.map((z, k) => (k === 1 ? z + 5 : z));
    expect(() => tableOfMargins('N', [1, 2, 3, 4], { ...margins, primaryInput: more })).toThrow(
      /the sectors of N sell .* to industries and buy .* from them/,
    );
  });

  it('a final demand larger than gross output', () => {
    const margins = marginsOf(later);
    const more = margins.finalDemand.map((y, k) => (k === 2 ? 1e6 : y));
    expect(() => tableOfMargins('N', [1, 2, 3, 4], { ...margins, finalDemand: more })).toThrow(
      /N\.3 has a final demand of 1000000 and a gross output of/,
    );
  });
});
