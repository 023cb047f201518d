import { DONE, type Answer, type Call } from '../command.ts';
import { mermaid, pictureOf, svg } from '../graph-picture.ts';
import { survey } from '../survey.ts';
import { planOf } from '../workshop.ts';

export const answer = ({ inWorkshop, options }: Call): Promise<Answer> =>
  inWorkshop(async (workshop) => {
    const picture = pictureOf(planOf(workshop, []), await survey(workshop));
    return { exitCode: DONE, lines: options.svg === true ? svg(picture) : mermaid(picture), json: picture };
  });
