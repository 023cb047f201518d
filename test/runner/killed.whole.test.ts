import { expect, it } from 'vitest';
import { killAtRandom } from '../support/kills.ts';

it('commands that are killed at any moment leave whole results, and the next run mends the rest', async () => {
  const { killed, wrong } = await killAtRandom(3, 20_261_124);
  expect(wrong).toEqual([]);
  expect(killed).toBe(3);
}, 600_000);
