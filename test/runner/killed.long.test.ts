import { expect, it } from 'vitest';
import { killAtRandom } from '../support/kills.ts';

it('commands that are killed 200 times leave whole results, and the next run mends the rest', async () => {
  const { killed, wrong } = await killAtRandom(200, 7);
  expect(wrong).toEqual([]);
  expect(killed).toBe(200);
}, 7_200_000);
