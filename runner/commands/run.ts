import { DONE, STAGE_FAILED, type Answer, type Call } from '../command.ts';
import type { Listener } from '../events.ts';

export async function answer(call: Call): Promise<Answer> {
  const { options, words } = call;
  if (options['dry-run'] === true) {
    const { statusAnswer } = await import('./status.ts');
    return call.inWorkshop((workshop) => statusAnswer(workshop, words));
  }
  const { listen, stop } = await openLog(options.json === true);
  try {
    const [{ runPipeline }, { budgetOf }] = await Promise.all([import('../run.ts'), import('../machine.ts')]);
    const budget = budgetOf(options);
    const outcome = await call.inWorkshop((workshop) => runPipeline(workshop, words, listen, budget));
    return quiet(outcome.ok ? DONE : STAGE_FAILED);
  } finally {
    stop();
  }
}

/** What is to be said has been said while it ran. */
const quiet = (exitCode: number): Answer => ({ exitCode, lines: [] });

/** For people on stderr, so that stdout is free; for machines one event a line on stdout. */
async function openLog(json: boolean): Promise<{ listen: Listener; stop: () => void }> {
  if (json) {
    return { listen: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`), stop: () => undefined };
  }
  const [{ progressLog }, { openScreen }] = await Promise.all([import('../progress-log.ts'), import('../screen.ts')]);
  return progressLog(await openScreen(), () => performance.now());
}
