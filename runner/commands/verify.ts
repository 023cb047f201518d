import { DIFFERS, DONE, type Answer, type Call } from '../command.ts';
import { countOf } from '../count.ts';
import { MistakeError } from '../diagnostic.ts';
import { usingStore } from '../store-use.ts';
import { verifyPublished, verifyStored } from '../verify.ts';

export const answer = ({ inWorkshop, words, options }: Call): Promise<Answer> => {
  if (words.length > 0 && options.rerun !== true)
    throw new MistakeError(
      'verify takes stages with --rerun only.\n  Without, it reads all that is stored and published.',
    );
  return inWorkshop((workshop) =>
    usingStore(workshop.store.folder, workshop.interruption, async () => {
      if (options.rerun === true) {
        const { rerunAnswer } = await import('../rerun.ts');
        return rerunAnswer(workshop, words);
      }
      const stored = verifyStored(workshop.store);
      const published = verifyPublished(workshop.pipeline.folder);
      const wrong = [...stored.wrong, ...(published?.wrong ?? [])];
      const lines = [
        ...wrong.map(({ what, problem, remedy }) => `x ${what}: ${problem}\n    ${remedy}`),
        `${countOf(stored.objects, 'object')} of ${countOf(stored.receipts, 'receipt')} read, ${published === null ? 'nothing is published' : `${countOf(published.files, 'published file')} read`}: ${wrong.length === 0 ? 'all are as they were made' : `${wrong.length} are not`}`,
      ];
      const { receipts, objects } = stored;
      const json = { receipts, objects, published_files: published?.files ?? 0, wrong };
      return { exitCode: wrong.length === 0 ? DONE : DIFFERS, lines, json };
    }),
  );
};
