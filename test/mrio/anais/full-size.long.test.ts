import { beforeAll, describe, expect, it } from 'vitest';
import { anais, type AnaisOptions, type AnaisResult } from '../../../mrio/anais/anais.ts';
import type { Division } from '../../../mrio/anais/disaggregation.ts';
import { balance } from '../../../mrio/table.ts';
import { fullSizeDivision } from '../../support/stand-in-tables.ts';

const SEEDS = [1, 2, 3, 4, 5];
const PRESETS = {
  'as-described': { bound: 'relative', objective: 'relative' },
  'as-printed': { bound: 'absolute', objective: 'absolute' },
} as const;
const CASES = (['as-described', 'as-printed'] as const).flatMap((preset) =>
  (['totals', 'blocks'] as const).flatMap((consistency) =>
    [0.01, 0.0001].map((slack) => ({ preset, consistency, slack })),
  ),
);
const MINUTES = 60_000;

describe.each(SEEDS)('ANAIS at 41 x 26, seed %i', (seed) => {
  let known: Division;
  beforeAll(async () => {
    known = await fullSizeDivision(seed);
  }, 5 * MINUTES);

  const estimate = (
    preset: keyof typeof PRESETS,
    options: Pick<AnaisOptions, 'consistency' | 'slack' | 'largestGap'>,
  ) =>
    anais(
      known,
      { ...PRESETS[preset], ...options, reference: 'shares', bandWidening: 0, solver: 'structured' },
      () => undefined,
    );

  const requireExact = ({ table, certificates }: AnaisResult): void => {
    for (const { residuals } of certificates) {
      for (const { maxRelativeResidual } of residuals) expect(maxRelativeResidual).toBeLessThan(1e-8);
    }
    expect(Math.max(...balance(table).relativeDifference)).toBeLessThan(1e-12);
  };

  it.each(CASES)(
    'is proven to 1e-9 in both steps: $preset, $consistency, slack $slack',
    async ({ preset, consistency, slack }) => {
      const result = await estimate(preset, { consistency, slack, largestGap: 1e-9 });
      for (const { relativeGap } of result.certificates) expect(Math.abs(relativeGap)).toBeLessThanOrEqual(1e-9);
      requireExact(result);
    },
    30 * MINUTES,
  );
});
