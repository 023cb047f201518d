import { DIFFERS, DONE, STAGE_FAILED, type Answer, type Call } from '../command.ts';
import type { Listener } from '../events.ts';
import { budgetOf } from '../machine.ts';
import type { Workshop } from '../workshop.ts';

export async function answer(call: Call): Promise<Answer> {
  if (call.options['dry-run'] === true) {
    const { statusAnswer } = await import('./status.ts');
    return call.inWorkshop((workshop) => statusAnswer(workshop, call.words));
  }
  // What is to be said is said while it runs.
  return { exitCode: await call.inWorkshop((workshop) => runLogged(workshop, call)), lines: [] };
}

/** Runs and tells of it; returns the exit code. */
export async function runLogged(workshop: Workshop, { words, options }: Call): Promise<number> {
  const budget = budgetOf(options);
  const { runPipeline } = await import('../run.ts');
  const check = options.locked === true ? (await import('../lock.ts')).lockCheck(workshop.pipeline) : null;
  const lineage = await openLineageOf(workshop, words, options.openlineage);
  const log = await openLog(options.json === true);
  const listen: Listener = (event) => {
    log.listen(event);
    lineage?.listen(event);
  };
  try {
    const outcome = await runPipeline(workshop, words, listen, budget, check);
    return outcome.ok ? DONE : 'differs' in outcome ? DIFFERS : STAGE_FAILED;
  } finally {
    log.stop();
    lineage?.stop();
  }
}

/** What tells of a run to the file of --openlineage; null: there is none. */
async function openLineageOf(workshop: Workshop, targets: readonly string[], file: string | undefined) {
  if (file === undefined) return null;
  const { lineageFile, openLineage } = await import('../open-lineage.ts');
  return openLineage(workshop, targets, lineageFile(file));
}

/** For people on stderr, so that stdout is free; for machines one event a line on stdout. */
async function openLog(json: boolean): Promise<{ listen: Listener; stop: () => void }> {
  if (json) {
    return { listen: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`), stop: () => undefined };
  }
  const [{ progressLog }, { openScreen }] = await Promise.all([import('../progress-log.ts'), import('../screen.ts')]);
  return progressLog(await openScreen(), () => performance.now());
}
