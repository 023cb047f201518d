import { DONE, type Answer, type Call } from '../command.ts';
import { countOf } from '../count.ts';
import { writeDataPackage } from '../data-package.ts';
import { USERS_DATA } from '../pipeline.ts';
import { formatBytes } from '../quantity.ts';
import { usingStore } from '../store-use.ts';

export const answer = ({ inWorkshop, words: [folder = '', ...names], options }: Call): Promise<Answer> =>
  inWorkshop((workshop) =>
    usingStore(workshop.store.folder, workshop.interruption, async () => {
      const written = await writeDataPackage(workshop, folder, names, options.gzip === true);
      const { tables, rows, bytes, left_out: others, held_back: heldBack } = written;
      const leftOut = others.map(({ artifact, kind }) => `${artifact} (${kind})`).join(', ');
      return {
        exitCode: DONE,
        lines: [
          `wrote ${folder}: ${countOf(tables.length, 'table')}, ${countOf(rows, 'row')}, ${formatBytes(bytes)}`,
          ...(others.length === 0 ? [] : [`left out, since they are no tables: ${leftOut}`]),
          ...(heldBack.length === 0
            ? []
            : [`left out, since they are ${USERS_DATA} and packed only if named: ${heldBack.join(', ')}`]),
        ],
        json: written,
      };
    }),
  );
