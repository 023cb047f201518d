import { expect, it } from 'vitest';
import { causeFaults } from '../support/faults.ts';

/** So many faults of each scenario are caused here; faulty-files.long.test.ts causes all. */
const SAMPLE = 2;

it('a file operation that goes wrong is told or survived, and the next run mends the rest', async () => {
  const { counts, wrong } = await causeFaults((faults) =>
    Array.from({ length: SAMPLE }, (_, at) => faults[Math.floor(((at + 0.5) * faults.length) / SAMPLE)]!),
  );
  expect(wrong).toEqual([]);
  for (const [, caused] of Object.values(counts)) expect(caused).toBeGreaterThanOrEqual(1);
}, 600_000);
