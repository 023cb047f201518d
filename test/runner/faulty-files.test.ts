import { expect, it } from 'vitest';
import { causeFaults } from '../support/faults.ts';

it('a file operation that goes wrong is told or survived, and the next run mends the rest', async () => {
  // One of each scenario; faulty-files.long.test.ts causes all.
  const { counts, wrong } = await causeFaults((faults) => [faults[Math.floor(faults.length / 2)]!]);
  expect(wrong).toEqual([]);
  for (const [, caused] of Object.values(counts)) expect(caused).toBeGreaterThanOrEqual(1);
}, 600_000);
