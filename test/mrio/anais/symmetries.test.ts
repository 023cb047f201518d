import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anais, type AnaisOptions } from '../../../mrio/anais/anais.ts';
import { largestDeviation, totalDeviation } from '../../../mrio/anais/bounds.ts';
import { coefficientBand, division, shareReference } from '../../../mrio/anais/disaggregation.ts';
import { anaisProblem, type AnaisProblem } from '../../../mrio/anais/problem.ts';
import type { MrioTable } from '../../../mrio/table.ts';
import { ANAIS_OPTIONS } from '../../support/anais-options.ts';
import { inUnit, permuteRegions } from '../../support/permute.ts';
import { aggregate, randomDivision } from '../../support/random-division.ts';

const quiet = (): void => undefined;
const parentOf = (region: string): string => (region.startsWith('C') ? 'H' : region);

const OPTIONS: AnaisOptions = { ...ANAIS_OPTIONS, slack: 0.05, bandWidening: 1, largestGap: 1e-7 };

/** Values of the variable cells of a table. */
function cellsOf({ cells }: AnaisProblem, table: MrioTable): Float64Array {
  const blocks = [table.intermediate, table.finalDemand, table.primaryInput];
  return cells.value.map((_, k) => blocks[cells.block[k]!]![cells.position[k]!]!);
}

const settings = fc.record({
  seed: fc.integer({ min: 1, max: 10_000 }),
  cities: fc.integer({ min: 2, max: 3 }),
  provinces: fc.integer({ min: 1, max: 3 }),
  sectors: fc.integer({ min: 2, max: 3 }),
  consistency: fc.constantFrom('totals' as const, 'blocks' as const),
  bound: fc.constantFrom('relative' as const, 'absolute' as const),
});

describe('ANAIS on any small economy', () => {
  it('deviates no more than the hidden truth, in either step', async () => {
    await fc.assert(
      fc.asyncProperty(settings, async ({ seed, consistency, bound, ...sizes }) => {
        const { truth, known } = randomDivision(seed, sizes);
        const options = { ...OPTIONS, consistency, bound, objective: bound };
        const problem = anaisProblem(known, shareReference(known), coefficientBand(known.target, 1), options);
        const hidden = cellsOf(problem, truth);
        const truthDeviation = largestDeviation(problem, hidden);
        const [first] = (await anais(known, options, quiet)).certificates;
        expect(first.primal).toBeLessThanOrEqual(truthDeviation * (1 + 1e-7));
        // With rmax as large as the truth needs, step 2 may be no worse than the truth either.
        const slack = Math.max(0.01, truthDeviation / first.primal - 1);
        const [, second] = (await anais(known, { ...options, slack: slack * (1 + 1e-9) }, quiet)).certificates;
        expect(second.primal).toBeLessThanOrEqual(totalDeviation(problem, hidden) * (1 + 1e-7));
      }),
      { numRuns: 12, seed: 5 },
    );
  });

  it('does not depend on the order of regions, nor on the unit of money', async () => {
    await fc.assert(
      fc.asyncProperty(settings, fc.integer({ min: 1, max: 5 }), async ({ seed, consistency, bound, ...sizes }, by) => {
        const { truth, known } = randomDivision(seed, sizes);
        const options = { ...OPTIONS, consistency, bound, objective: bound };
        const count = truth.regions.length;
        const order = Array.from({ length: count }, (_, r) => (r + by) % count).toReversed();
        const reference = permuteRegions(known.reference, order);
        const permuted = division(reference, aggregate(permuteRegions(truth, order), parentOf), parentOf);
        const money = { ...known, reference: inUnit(known.reference, 1e3), target: inUnit(known.target, 1e3) };
        const [own, other, thousands] = [
          await anais(known, options, quiet),
          await anais(permuted, options, quiet),
          await anais(money, options, quiet),
        ];
        // Absolute deviations are money themselves.
        const unit = bound === 'absolute' ? 1e3 : 1;
        own.certificates.forEach(({ primal }, step) => {
          expect(Math.abs(other.certificates[step]!.primal / primal - 1)).toBeLessThan(1e-6);
          expect(Math.abs(thousands.certificates[step]!.primal / primal / unit - 1)).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 10, seed: 6 },
    );
  });
});
