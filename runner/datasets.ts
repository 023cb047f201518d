import { nameIn, qualified, type Plan, type PlannedStage } from './graph.ts';
import type { Output, Source } from './pipeline.ts';

/** What a stage reads or makes, under the name that it has outside of the stage. */
export type Dataset = SourceDataset | ArtifactDataset;

interface SourceDataset {
  readonly kind: 'source';
  /** Its file. */
  readonly name: string;
  readonly source: Source;
}

interface ArtifactDataset {
  readonly kind: 'artifact';
  /** `NAME`, or `NAME@SCENARIO`. */
  readonly name: string;
  readonly output: Output;
  /** Id of the stage that makes it. */
  readonly stage: string;
}

interface ReadDataset {
  /** The name that the stage has for it. */
  readonly input: string;
  readonly dataset: Dataset;
}

/** What the stages of a plan make, and what each of them reads of that and of the files from outside. */
export interface Datasets {
  readonly sources: readonly SourceDataset[];
  /** In the order of the stages that make them. */
  readonly artifacts: readonly ArtifactDataset[];
  /** Without its optional inputs that are not there. */
  readBy(stage: PlannedStage): ReadDataset[];
  madeBy(stage: PlannedStage): ArtifactDataset[];
}

export function datasetsOf({ stages, sources, replaced }: Plan): Datasets {
  const sourceDatasets = sources.map((source): SourceDataset => ({ kind: 'source', name: source.file, source }));
  const bySource = new Map(sourceDatasets.map((dataset) => [dataset.source.name, dataset]));
  const madeBy = (stage: PlannedStage) =>
    stage.outputs.map((output): ArtifactDataset => {
      return { kind: 'artifact', name: qualified(output.name, stage.scenario), output, stage: stage.id };
    });
  const artifacts = stages.flatMap(madeBy);
  const byArtifact = new Map(artifacts.map((dataset) => [dataset.name, dataset]));
  const seen = (input: string, { scenario }: PlannedStage): Dataset => {
    const dataset = bySource.get(input) ?? byArtifact.get(nameIn(scenario, replaced.get(input) ?? input));
    if (dataset === undefined) throw new Error(`Nothing is known of the input ${input}.`);
    return dataset;
  };
  return {
    sources: sourceDatasets,
    artifacts,
    readBy: (stage) => stage.inputs.map((input) => ({ input, dataset: seen(input, stage) })),
    madeBy,
  };
}
