import { DONE, type Answer, type Call } from '../command.ts';
import { why } from '../why.ts';

export const answer = ({ inWorkshop, words: [stage = ''] }: Call): Promise<Answer> =>
  inWorkshop(async (workshop) => {
    const explanation = await why(workshop, stage);
    return { exitCode: DONE, lines: explanation.lines, json: explanation.json };
  });
