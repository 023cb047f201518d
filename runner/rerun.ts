import { availableParallelism } from 'node:os';
import type { Shelf } from './available.ts';
import { DIFFERS, DONE, type Answer } from './command.ts';
import { MistakeError } from './diagnostic.ts';
import { compareArtifacts, type ArtifactDifference } from './difference.ts';
import { differenceLines } from './difference-lines.ts';
import { executeAside } from './execute-stage.ts';
import { sha256OfFile } from './hash.ts';
import { findUpToDate, type StageUpToDate } from './up-to-date-stages.ts';
import type { Workshop } from './workshop.ts';

/** What became of an output that was made once more. */
export interface Remade {
  readonly stage: string;
  readonly artifact: string;
  readonly threads: number;
  /** Null: the same bytes. */
  readonly difference: ArtifactDifference | null;
}

/**
 * Executes stages again, with one thread and with more than there are processors, and compares what they make with what
 * is stored. Nothing is stored or published.
 * @param targets stages; empty: all of them
 */
export async function rerunAnswer(workshop: Workshop, targets: readonly string[]): Promise<Answer> {
  const { shelf, stages: found, open } = await findUpToDate(workshop, targets);
  const [first] = open;
  if (first !== undefined) {
    throw new MistakeError(`${first} is not up to date, so there is nothing to compare with.\n  npm run pipeline`);
  }
  const remade: Remade[] = [];
  for (const one of found) {
    if (targets.length > 0 && !targets.includes(one.stage.id)) continue;
    for (const threads of [1, availableParallelism() + 1])
      remade.push(...(await remake(one, threads, shelf, workshop)));
  }
  const different = remade.filter(({ difference }) => difference !== null);
  const stages = new Set(remade.map(({ stage }) => stage));
  return {
    exitCode: different.length === 0 ? DONE : DIFFERS,
    lines: [...stages].flatMap((stage) => stageLines(stage, remade)),
    json: { artifacts: remade },
  };
}

function stageLines(stage: string, remade: readonly Remade[]): string[] {
  const own = remade.filter((one) => one.stage === stage);
  const different = own.filter(({ difference }) => difference !== null);
  const threads = [...new Set(own.map((one) => one.threads))].join(' and ');
  if (different.length === 0) return [`= ${stage}: the same bytes with ${threads} threads`];
  return different.flatMap(({ artifact, threads, difference }) => [
    `x ${stage}: ${artifact} differs with ${threads} threads`,
    ...differenceLines(difference!).map((line) => `  ${line}`),
  ]);
}

async function remake(assessed: StageUpToDate, threads: number, shelf: Shelf, workshop: Workshop): Promise<Remade[]> {
  const { stage, receipt } = assessed;
  const listen = () => undefined;
  return executeAside(
    assessed,
    shelf,
    workshop,
    listen,
    (outputs) =>
      Promise.all(
        outputs.map(async ({ name, path, ...output }): Promise<Remade> => {
          const before = receipt.outputs[name]!;
          const sha256 = sha256OfFile(path);
          const about = { stage: stage.id, artifact: name, threads };
          if (sha256 === before.sha256) return { ...about, difference: null };
          const { kind } = output;
          const key = output.kind === 'table' ? output.key : [];
          const common = { kind, key };
          const difference = await compareArtifacts(
            { ...common, path: workshop.store.objectPath(before.sha256), sha256: before.sha256 },
            { ...common, path, sha256 },
          );
          return { ...about, difference };
        }),
      ),
    threads,
  );
}
