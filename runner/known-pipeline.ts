import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Memo } from './memo.ts';
import { hasFile, type PipelinePlace } from './pipeline-place.ts';
import type { Pipeline, ScenarioDeclaration, Source, StageDeclaration, TableDeclaration } from './pipeline.ts';
import { filesOf } from './shell-command.ts';

/** A pipeline as JSON keeps it. */
interface Kept extends Omit<Pipeline, 'sources' | 'stages' | 'scenarios' | 'absentTables' | 'file'> {
  readonly sources: readonly (readonly [string, Source])[];
  readonly stages: readonly (readonly [string, StageDeclaration])[];
  readonly scenarios: readonly (readonly [string, ScenarioDeclaration])[];
  readonly absentTables: readonly (readonly [string, TableDeclaration])[];
  /** The runner that has read and checked it. */
  readonly runner: string;
  /** Whether JSON gives back just what was put into it: it makes 0 of -0. */
  readonly exact: boolean;
}

/** The runner runs from a bundle whose folder is named by its content: another runner reads the file anew. */
const RUNNER = import.meta.url;
const IS_BUNDLE = RUNNER.endsWith('.mjs');

/**
 * The pipeline of a file; read and checked again only if the file, one that it is based on, the runner, or what there is of
 * code files has changed.
 */
export async function knownPipeline(place: PipelinePlace, memo: Memo): Promise<Pipeline> {
  memo.consult(place.absolute);
  const read = async (): Promise<Pipeline> => (await import('./pipeline-file.ts')).readPipelineFile(place);
  if (!IS_BUNDLE || !existsSync(place.absolute)) {
    const pipeline = await read();
    for (const base of pipeline.bases) memo.consult(base);
    return pipeline;
  }
  const kept = await memo.derive(
    `pipeline ${place.absolute}`,
    async () => {
      const value = keep(await read());
      return { value, files: [place.absolute, ...value.bases] };
    },
    ({ runner, exact, root, stages }) =>
      runner === RUNNER &&
      exact &&
      root === place.root &&
      stages.every(([, stage]) => codeFiles(stage).every((file) => hasFile(place, file))),
  );
  const { sources, stages, scenarios, absentTables } = kept;
  return {
    ...kept,
    file: place.file,
    sources: new Map(sources),
    stages: new Map(stages),
    scenarios: new Map(scenarios),
    absentTables: new Map(absentTables),
  };
}

const codeFiles = (stage: Kept['stages'][number][1]): readonly string[] =>
  stage.language === 'shell' ? filesOf(stage.command) : [stage.run];

function keep({ file: _, ...pipeline }: Pipeline): Kept {
  const lists = {
    sources: [...pipeline.sources],
    stages: [...pipeline.stages],
    scenarios: [...pipeline.scenarios],
    absentTables: [...pipeline.absentTables],
  };
  const exact = isDeepStrictEqual(JSON.parse(JSON.stringify(lists)), lists);
  return { ...pipeline, ...lists, runner: RUNNER, exact };
}
