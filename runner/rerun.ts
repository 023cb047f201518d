import { availableParallelism } from 'node:os';
import type { Shelf } from './available.ts';
import { DIFFERS, DONE, STAGE_FAILED, type Answer } from './command.ts';
import { MistakeError } from './diagnostic.ts';
import { compareArtifacts, type ArtifactDifference } from './difference.ts';
import { differenceLines } from './difference-lines.ts';
import { describeFailure } from './event-lines.ts';
import { DamagedObject, executeAside } from './execute-stage.ts';
import { sha256OfFile } from './hash.ts';
import type { Failure, JobOutput } from './job.ts';
import { JobFailure } from './run-job.ts';
import type { StoredOutput } from './store.ts';
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

/** A stage that did not make its outputs once more. */
export interface NotRemade {
  readonly stage: string;
  readonly threads: number;
  readonly failures: readonly Failure[];
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
  const failed: NotRemade[] = [];
  const chosen = found.filter(({ stage }) => targets.length === 0 || targets.includes(stage.id));
  for (const one of chosen) {
    for (const threads of [1, availableParallelism() + 1]) {
      try {
        remade.push(...(await remake(one, threads, shelf, workshop)));
      } catch (error) {
        if (!(error instanceof JobFailure)) throw refusal(error);
        failed.push({ stage: one.stage.id, threads, failures: error.failures });
      }
    }
  }
  const differs = remade.some(({ difference }) => difference !== null);
  return {
    exitCode: failed.length > 0 ? STAGE_FAILED : differs ? DIFFERS : DONE,
    lines: chosen.flatMap(({ stage: { id } }) => [...stageLines(id, remade), ...failureLines(id, failed)]),
    json: { artifacts: remade, failed },
  };
}

const refusal = (error: unknown): unknown =>
  error instanceof DamagedObject
    ? new MistakeError(`${error.message}, and was put aside.\n  \`npm run pipeline\` makes it again.`)
    : error;

function stageLines(stage: string, remade: readonly Remade[]): string[] {
  const own = remade.filter((one) => one.stage === stage);
  const different = own.filter(({ difference }) => difference !== null);
  const threads = [...new Set(own.map((one) => one.threads))].join(' and ');
  if (own.length > 0 && different.length === 0) return [`= ${stage}: the same bytes with ${threads} threads`];
  return different.flatMap(({ artifact, threads, difference }) => [
    `x ${stage}: ${artifact} differs with ${threads} threads`,
    ...differenceLines(difference!).map((line) => `  ${line}`),
  ]);
}

const failureLines = (stage: string, failed: readonly NotRemade[]): string[] =>
  failed
    .filter((one) => one.stage === stage)
    .flatMap(({ threads, failures }) => [
      `x ${stage}: failed with ${threads} threads`,
      ...failures.flatMap((failure) => describeFailure(failure)),
    ]);

function remake(assessed: StageUpToDate, threads: number, shelf: Shelf, workshop: Workshop): Promise<Remade[]> {
  const { stage, receipt } = assessed;
  const { store } = workshop;
  const differenceOf = async ({ name, path, ...output }: JobOutput, before: StoredOutput) => {
    const sha256 = sha256OfFile(path);
    if (sha256 === before.sha256) return null;
    if (!store.verify(before.sha256)) throw new DamagedObject(name, before.sha256);
    const common = { kind: output.kind, key: output.kind === 'table' ? output.key : [] };
    const stored = { ...common, path: store.objectPath(before.sha256), sha256: before.sha256 };
    return compareArtifacts(stored, { ...common, path, sha256 });
  };
  return executeAside(assessed, shelf, workshop, () => undefined, {
    threads,
    use: async (outputs) => {
      const compared: Remade[] = [];
      for (const output of outputs) {
        const difference = await differenceOf(output, receipt.outputs[output.name]!);
        compared.push({ stage: stage.id, artifact: output.name, threads, difference });
      }
      return compared;
    },
  });
}
