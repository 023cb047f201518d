import { expect, it } from 'vitest';
import { causeFaults } from '../support/faults.ts';
import { SCENARIOS } from '../support/trials.ts';

/** A sample; faulty-files.long.test.ts causes all. */
it('a file operation that goes wrong is told or survived, and the next run mends the rest', async () => {
  const { counts, wrong } = await causeFaults(
    (faults) => [0.3, 0.7].map((part) => faults[Math.floor(part * faults.length)]!),
    SCENARIOS.slice(1, 2),
  );
  expect(wrong).toEqual([]);
  for (const [, caused] of Object.values(counts)) expect(caused).toBeGreaterThanOrEqual(1);
}, 600_000);
