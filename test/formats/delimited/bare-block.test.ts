import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openBareBlocks } from '../../../formats/delimited/bare-block.ts';
import type { Files } from '../../../formats/delimited/files.ts';

/** Files of one row of two columns each, of which one comes late. */
const filesWith = (late: string): Files => ({
  ...{ place: 'table', names: [], path: () => null },
  async *open(name) {
    await sleep(name === late ? 20 : 0);
    yield Buffer.from('1\t2\n');
  },
});

it.each(['FD', 'QY'])('of two parts with too few labels the first is named, whichever comes late: %s', async (late) => {
  const part = (name: string) => ({ files: filesWith(late), name, separator: '\t' });
  const parts = {
    ...{ deliveries: part('T'), demand: part('FD'), inputs: part('VA') },
    ...{ satellites: part('Q'), demandSatellites: part('QY') },
  };
  const opened = openBareBlocks(parts, { accounts: 2, demand: 1, inputs: 1, satellites: 1 });
  await expect(opened).rejects.toThrow(/FD has 2 columns, there are labels for 1/);
});
