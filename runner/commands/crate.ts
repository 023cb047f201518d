import { DONE, type Answer, type Call } from '../command.ts';
import { countOf } from '../count.ts';
import { writeCrate } from '../crate.ts';
import { formatBytes } from '../quantity.ts';
import { usingStore } from '../store-use.ts';

export const answer = ({ inWorkshop, words: [folder = ''] }: Call): Promise<Answer> =>
  inWorkshop((workshop) =>
    usingStore(workshop.store.folder, workshop.interruption, async () => {
      const crate = await writeCrate(workshop, folder);
      const { files, bytes, run } = crate;
      const of = run === null ? '' : `, of the run ${run}`;
      return {
        exitCode: DONE,
        lines: [`wrote ${folder}: ${countOf(files, 'file')}, ${formatBytes(bytes)}${of}`],
        json: crate,
      };
    }),
  );
