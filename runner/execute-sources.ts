import { join } from 'node:path';
import { readSource, type Shelf, type SourceToRead } from './available.ts';
import { sourceStage, withoutMeaning } from './cache-key.ts';
import { changedMeanwhile } from './execute-stage.ts';
import type { JobSource, SourcesJob } from './job.ts';
import type { Source } from './pipeline.ts';
import { JobFailure, runJob } from './run-job.ts';
import { inWorkFolder, makeFolder, startAccount, type Account } from './work-folder.ts';
import type { Workshop } from './workshop.ts';

const SILENT = { progress: () => undefined, output: () => undefined };

/**
 * Reads sources into tables of the store and puts them on the shelf.
 * Throws a JobFailure that names all wrong ones; the right ones are kept.
 */
export async function executeSources(
  reading: readonly SourceToRead[],
  shelf: Shelf,
  workshop: Workshop,
): Promise<void> {
  await inWorkFolder(workshop, async (folder) => {
    const outputs = makeFolder(folder, 'outputs');
    const job: SourcesJob = {
      kind: 'sources',
      sources: reading.map(({ source }) => jobSource(source, workshop, outputs)),
      tables: readyTables(shelf, workshop),
      scratch: makeFolder(folder, 'scratch'),
    };
    const account = startAccount(workshop);
    const result = await runJob(job, workshop, SILENT);
    for (const one of reading) {
      const rows = result.rows[one.source.name];
      if (rows !== undefined) keep(one, join(outputs, one.source.name), rows, account(result), shelf, workshop);
    }
    const refused = Object.values(result.refused);
    if (refused.length > 0) throw new JobFailure(refused);
  });
}

const jobSource = ({ name, file, table }: Source, { pipeline }: Workshop, outputs: string): JobSource => ({
  name,
  file,
  table: withoutMeaning(table!),
  givenBy: 'user',
  path: join(pipeline.root, file),
  output: join(outputs, name),
});

/** Sources that were read in an earlier run: others may refer to them. */
const readyTables = (shelf: Shelf, { pipeline }: Workshop): SourcesJob['tables'] =>
  [...shelf]
    .filter(([name, { kind }]) => kind === 'table' && pipeline.sources.has(name))
    .map(([name, { path, place }]) => ({ name, path, place }));

function keep(one: SourceToRead, path: string, rows: number, account: Account, shelf: Shelf, workshop: Workshop): void {
  const { source, key, fields, fileHash } = one;
  const { pipeline, store, memo } = workshop;
  if (memo.hashOf(join(pipeline.root, source.file)) !== fileHash) throw changedMeanwhile(source.file);
  const stage = sourceStage(source.name);
  const output = { ...store.adopt(path), rows };
  const outputs = { [source.name]: output };
  const about = { key, stage, pipeline: pipeline.name, fields };
  store.writeReceipt({ ...about, outputs, files: {}, previous: store.latest(stage), ...account });
  store.setLatest(stage, key);
  shelf.set(source.name, readSource(one, output, workshop));
}
