import { DONE, type Answer, type Call } from '../command.ts';
import { formatSeconds } from '../quantity.ts';
import { survey, type Standing } from '../survey.ts';
import type { Workshop } from '../workshop.ts';

export const answer = (call: Call): Promise<Answer> => call.inWorkshop((workshop) => statusAnswer(workshop, []));

/** What a run of `targets` would do. */
export async function statusAnswer(workshop: Workshop, targets: readonly string[]): Promise<Answer> {
  const stages = await survey(workshop, targets);
  return { exitCode: DONE, lines: describe(stages), json: { stages } };
}

const SIGNS = { cached: '=', runs: '>', waits: '?' } as const;

function describe(stages: readonly Standing[]): string[] {
  const width = Math.max(...stages.map(({ stage }) => stage.length));
  const lines = stages.map(({ stage, state, reason, seconds }) => {
    const took = state === 'cached' || seconds === null ? '' : ` (${formatSeconds(seconds)} the last time)`;
    return `${SIGNS[state]} ${stage.padEnd(width)}  ${state === 'runs' ? 'will run: ' : ''}${reason}${took}`;
  });
  const open = stages.filter(({ state }) => state !== 'cached');
  const known = open.flatMap(({ seconds }) => seconds ?? []);
  if (known.length === 0) return lines;
  const sum = known.reduce((all, one) => all + one, 0);
  const unknown = open.length > known.length ? `, without ${open.length - known.length} that never ran here` : '';
  return [...lines, `  one after the other they took ${formatSeconds(sum)} the last time${unknown}`];
}
