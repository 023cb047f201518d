import { expect, it } from 'vitest';
import { causeFaults } from '../support/faults.ts';

it('each file operation that goes wrong, in each way, is told or survived, and the next run mends the rest', async () => {
  const { counts, wrong } = await causeFaults((faults) => faults);
  expect(wrong).toEqual([]);
  // They were caused at all.
  for (const [operations, faults] of Object.values(counts)) expect(faults).toBeGreaterThan(operations);
}, 7_200_000);
