import { DONE, type Answer, type Call } from '../command.ts';
import { MistakeError } from '../diagnostic.ts';
import { lastLog } from '../stage-log.ts';
import { requireStage } from '../scenarios.ts';

export const answer = ({ inWorkshop, words: [stage = ''] }: Call): Promise<Answer> =>
  inWorkshop(({ pipeline, store }) => {
    requireStage(pipeline, stage);
    const log = lastLog(store.folder, pipeline.name, stage);
    if (log === null)
      throw new MistakeError(
        `${stage} of ${pipeline.name} has left no log in this cache.\n  Run it: npm run pipeline -- run ${stage}`,
      );
    const { run, lines } = log;
    return Promise.resolve({
      exitCode: DONE,
      lines: [`${stage} in run ${run}:`, ...lines],
      json: { stage, run, lines },
    });
  });
