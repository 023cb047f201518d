import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { datasetsOf, type Datasets } from './datasets.ts';
import { MistakeError } from './diagnostic.ts';
import type { Listener, RunEvent } from './events.ts';
import type { PlannedStage } from './graph.ts';
import type { Sha256 } from './hash.ts';
import type { Failure } from './job.ts';
import {
  EVENT_SCHEMA,
  facetMaker,
  languageOf,
  type EventType,
  type FacetMaker,
  type LineageDataset,
  type LineageEvent,
} from './open-lineage-event.ts';
import { hashOfSource } from './source-files.ts';
import type { StoredOutput } from './store.ts';
import { toolPackage, type ToolPackage } from './tool-package.ts';
import { TOOL_ROOT } from './tool-root.ts';
import { withoutFolders } from './without-folders.ts';
import { planOf, type Workshop } from './workshop.ts';

/** Name under which the reading of sources is reported. */
const SOURCES = 'sources';

/** Appends events to a file, one a line; throws a MistakeError at once if it cannot be written. */
export function lineageFile(file: string): (event: LineageEvent) => void {
  const path = resolve(file);
  try {
    appendFileSync(path, '');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MistakeError(
      `The file of --openlineage cannot be written: ${why}\n  Name a file in a folder that is there and that you may write to.`,
    );
  }
  return (event) => {
    appendFileSync(path, `${JSON.stringify(event)}\n`);
  };
}

/**
 * Tells a run as OpenLineage does: the run as a whole, and below it every stage that is executed, each attempt as a run
 * of its own. Of stages that are reused nothing is told: that was done when they were executed.
 */
export function openLineage(
  workshop: Workshop,
  targets: readonly string[],
  emit: (event: LineageEvent) => void,
  now: () => Date = () => new Date(),
): { listen: Listener; stop: () => void } {
  const lineage = new Lineage(workshop, targets, emit, now);
  return {
    listen: (event) => {
      lineage.note(event);
    },
    stop: () => {
      lineage.stop();
    },
  };
}

class Lineage {
  readonly #workshop: Workshop;
  readonly #emit: (event: LineageEvent) => void;
  readonly #now: () => Date;
  readonly #tool: ToolPackage = toolPackage();
  readonly #facets: FacetMaker = facetMaker(this.#tool.uri);
  readonly #datasets: Datasets;
  readonly #stages: ReadonlyMap<string, PlannedStage>;
  readonly #withoutFolders: (text: string) => string;
  /** Id of the run as a whole. */
  readonly #whole = randomUUID();
  /** Ids of the attempts that are under way, by stage. */
  readonly #open = new Map<string, string>();
  /** What has been made or reused so far, by artifact. */
  readonly #made = new Map<string, StoredOutput>();
  readonly #sourceVersions = new Map<string, Sha256 | null>();
  #sourcesRead: readonly string[] = [];
  #began = false;
  #done = false;
  readonly #failures: Failure[] = [];

  constructor(workshop: Workshop, targets: readonly string[], emit: (event: LineageEvent) => void, now: () => Date) {
    const steps = planOf(workshop, targets);
    this.#workshop = workshop;
    this.#emit = emit;
    this.#now = now;
    this.#datasets = datasetsOf(steps);
    this.#stages = new Map(steps.stages.map((stage) => [stage.id, stage]));
    this.#withoutFolders = withoutFolders([workshop.store.folder, workshop.pipeline.root, TOOL_ROOT]);
  }

  note(event: RunEvent): void {
    switch (event.kind) {
      case 'planned':
        this.#began = true;
        this.#tellWhole('START');
        break;
      case 'sources-started':
        this.#sourcesRead = event.sources;
        this.#start(SOURCES);
        break;
      case 'sources-finished':
        this.#end(SOURCES, 'COMPLETE');
        break;
      case 'cached':
      case 'borrowed':
        this.#remember(event.stage, this.#workshop.store.receipt(event.key)?.outputs ?? {});
        break;
      case 'started':
        this.#start(event.stage);
        break;
      case 'finished':
        this.#remember(event.stage, event.outputs);
        this.#end(event.stage, 'COMPLETE');
        break;
      case 'retrying':
        this.#end(event.stage, 'FAIL', event.failures);
        this.#start(event.stage);
        break;
      case 'failed':
        // Code that cannot be bundled fails before it is started.
        if (!this.#open.has(event.stage)) this.#start(event.stage);
        this.#end(event.stage, 'FAIL', event.failures);
        this.#failures.push({ message: `${event.stage} failed`, remedy: null, stack: null });
        break;
      case 'differs-from-lock':
        this.#failures.push({ message: 'The results are not as locked', remedy: null, stack: null });
        break;
      case 'published':
      case 'already-published':
      case 'not-published':
        this.#done = true;
        break;
    }
  }

  /** Ends what is under way. */
  stop(): void {
    for (const stage of [...this.#open.keys()]) this.#end(stage, 'ABORT');
    if (!this.#began) return;
    this.#began = false;
    this.#tellWhole(this.#done ? 'COMPLETE' : this.#failures.length > 0 ? 'FAIL' : 'ABORT');
  }

  #start(stage: string): void {
    // What it was to read turned out to be damaged, and was made again.
    if (this.#open.has(stage)) this.#end(stage, 'ABORT');
    this.#open.set(stage, randomUUID());
    this.#tell(stage, 'START', []);
  }

  #end(stage: string, type: EventType, failures: readonly Failure[] = []): void {
    this.#tell(stage, type, failures);
    this.#open.delete(stage);
  }

  #tellWhole(type: EventType): void {
    const { name } = this.#workshop.pipeline;
    const failures = type === 'FAIL' ? this.#facets.errorMessage(this.#failures, 'TypeScript') : {};
    this.#emit({
      ...this.#about(type),
      run: { runId: this.#whole, facets: failures },
      job: { namespace: name, name, facets: this.#facets.job('DAG', this.#tool.name, '') },
      inputs: [],
      outputs: [],
    });
  }

  #tell(id: string, type: EventType, failures: readonly Failure[]): void {
    const { name } = this.#workshop.pipeline;
    const stage = this.#stages.get(id);
    const told = failures.map(({ message, remedy, stack }) => ({
      message: this.#withoutFolders(message),
      remedy: remedy === null ? null : this.#withoutFolders(remedy),
      stack: stack === null ? null : this.#withoutFolders(stack),
    }));
    const language = stage === undefined ? 'TypeScript' : languageOf(stage);
    const description = stage?.description ?? 'Reads the sources and checks them';
    this.#emit({
      ...this.#about(type),
      run: {
        runId: this.#open.get(id)!,
        facets: {
          ...this.#facets.parent(this.#whole, name, name),
          ...(type === 'FAIL' ? this.#facets.errorMessage(told, language) : {}),
        },
      },
      job: { namespace: name, name: `${name}.${id}`, facets: this.#facets.job('TASK', this.#tool.name, description) },
      inputs: stage === undefined ? this.#sources() : this.#inputs(stage),
      // An attempt that came to nothing has stored nothing.
      outputs: stage === undefined || type === 'FAIL' || type === 'ABORT' ? [] : this.#outputs(stage, type),
    });
  }

  #about(eventType: EventType): Pick<LineageEvent, 'eventType' | 'eventTime' | 'producer' | 'schemaURL'> {
    const eventTime = this.#now().toISOString();
    return { eventType, eventTime, producer: this.#tool.uri, schemaURL: EVENT_SCHEMA };
  }

  #inputs(stage: PlannedStage): LineageDataset[] {
    // A stage may have the same file under two names.
    const read = new Map(this.#datasets.readBy(stage).map(({ dataset }) => [dataset.name, dataset]));
    return [...read.values()].map((dataset) => {
      const version =
        dataset.kind === 'source' ? this.#versionOf(dataset.name) : (this.#made.get(dataset.name)?.sha256 ?? null);
      return this.#facets.dataset(this.#workshop.pipeline.name, dataset, version);
    });
  }

  #outputs(stage: PlannedStage, type: EventType): LineageDataset[] {
    return this.#datasets.madeBy(stage).map((dataset) => {
      const stored = type === 'COMPLETE' ? (this.#made.get(dataset.name) ?? null) : null;
      return this.#facets.output(this.#workshop.pipeline.name, dataset, stored);
    });
  }

  #sources(): LineageDataset[] {
    return this.#datasets.sources
      .filter(({ source }) => this.#sourcesRead.includes(source.name))
      .map((dataset) =>
        this.#facets.dataset(this.#workshop.pipeline.name, dataset, this.#versionOf(dataset.source.file)),
      );
  }

  /** Null: the file is gone by now. */
  #versionOf(file: string): Sha256 | null {
    const known = this.#sourceVersions.get(file);
    if (known !== undefined) return known;
    const { memo, pipeline } = this.#workshop;
    let version: Sha256 | null;
    try {
      version = hashOfSource(pipeline.root, file, memo);
    } catch {
      version = null;
    }
    this.#sourceVersions.set(file, version);
    return version;
  }

  #remember(id: string, outputs: Readonly<Record<string, StoredOutput>>): void {
    const stage = this.#stages.get(id);
    for (const { name, output } of stage === undefined ? [] : this.#datasets.madeBy(stage)) {
      const stored = outputs[output.name];
      if (stored !== undefined) this.#made.set(name, stored);
    }
  }
}
