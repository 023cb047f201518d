import { join } from 'node:path';
import { usableReceipt } from './available.ts';
import { cacheKey, type KeyFields, type Machinery } from './cache-key.ts';
import { bundleCode } from './code.ts';
import { DamagedObject } from './execute-stage.ts';
import { qualified, type PlannedStage } from './graph.ts';
import { canonicalJson, sha256, type CacheKey, type Sha256 } from './hash.ts';
import type { ReceiptRows, ReceiptsJob } from './job.ts';
import type { Run } from './run.ts';
import { runJob } from './run-job.ts';
import type { Output } from './pipeline.ts';
import type { Receipt, Store } from './store.ts';
import { TOOL_ROOT } from './tool-root.ts';
import { inWorkFolder, makeFolder, startAccount } from './work-folder.ts';
import type { Workshop } from './workshop.ts';

const SILENT = { progress: () => undefined, output: () => undefined };

/** Name under which the receipt of such a file is kept; no stage can have it. */
const publishedStage = (artifact: string): string => `published.${artifact}`;

/**
 * The object that is published in place of a database declared with `receipts: true`: the same with the tables `receipt`
 * and `lineage`. Times are in them, so it is not what a key is made of; the artifact itself stays as the stage made it.
 */
export async function withReceipts(stage: PlannedStage, artifact: string, database: Sha256, run: Run): Promise<Sha256> {
  const { workshop, used } = run;
  const { store } = workshop;
  const name = publishedStage(qualified(artifact, stage.scenario));
  // Sorted: stages end in another order each time.
  const rows = [...used]
    .filter(([id]) => id !== name)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, { key }]) => rowsOf(id, store.receipt(key), run));
  const worker = await bundleCode(join(TOOL_ROOT, 'runner', 'receipts-worker.ts'), TOOL_ROOT, workshop.memo, 'worker');
  const fields = publishedFields(name, artifact, database, rows, { ...workshop.machinery, worker });
  const key = cacheKey(fields);
  const receipt =
    usableReceipt(key, workshop) ?? (await make(name, artifact, database, rows, key, fields, { ...workshop, worker }));
  used.set(name, { key, executed: false });
  return receipt.outputs[artifact]!.sha256;
}

/** The object that is published of an output: its artifact, or that with the tables of receipts which was made of it last. */
export function publishedObject(stage: PlannedStage, output: Output, artifact: Sha256, store: Store): Sha256 {
  if (output.kind !== 'file' || !output.receipts) return artifact;
  const receipt = store.latestReceipt(publishedStage(qualified(output.name, stage.scenario)));
  return receipt?.fields.inputs[output.name]?.sha256 === artifact ? receipt.outputs[output.name]!.sha256 : artifact;
}

function publishedFields(
  stage: string,
  artifact: string,
  database: Sha256,
  rows: readonly ReceiptRows[],
  { worker, node }: Machinery,
): KeyFields {
  const receipts = sha256(canonicalJson(rows));
  return {
    format: 1,
    stage,
    outputs: { [artifact]: { kind: 'file', file: 'database' } },
    parameters: {},
    code: null,
    packages: {},
    worker: { code: worker.hash, packages: worker.packages },
    node,
    inputs: {
      [artifact]: { sha256: database, kind: 'file', extension: '' },
      receipts: { sha256: receipts, kind: 'file', extension: '' },
    },
    origins: [],
  };
}

async function make(
  name: string,
  artifact: string,
  database: Sha256,
  receipts: readonly ReceiptRows[],
  key: CacheKey,
  fields: KeyFields,
  workshop: Workshop,
): Promise<Receipt> {
  const { store, pipeline } = workshop;
  if (!store.verify(database)) throw new DamagedObject(artifact, database);
  return inWorkFolder(workshop, async (folder) => {
    const output = join(makeFolder(folder, 'outputs'), 'database');
    const scratch = makeFolder(folder, 'scratch');
    const job: ReceiptsJob = { kind: 'receipts', database: store.objectPath(database), output, receipts, scratch };
    const account = startAccount(workshop);
    const result = await runJob(job, workshop, SILENT);
    const outputs = { [artifact]: { ...store.adopt(output), rows: null } };
    const previous = store.latest(name);
    const about = { key, stage: name, pipeline: pipeline.name, fields };
    const receipt: Receipt = { ...about, outputs, files: {}, previous, ...account(result) };
    store.writeReceipt(receipt);
    store.setLatest(name, key);
    return receipt;
  });
}

/** What the tables say of a receipt. */
function rowsOf(id: string, receipt: Receipt | null, { workshop: { pipeline } }: Run): ReceiptRows[] {
  if (receipt === null) return [];
  const { key, fields, outputs, started_at, seconds, peak_memory_bytes, versions } = receipt;
  // The input of a source that is read is its file, by the name of the source.
  const placeOf = (input: string): string =>
    id === `source.${input}` ? (pipeline.sources.get(input)?.file ?? input) : input;
  const inputs = Object.entries(fields.inputs).filter(([, { kind }]) => kind !== 'absent');
  const made = Object.entries(outputs);
  const about = { stage: id, key };
  return [
    {
      receipt: {
        ...about,
        started_at: started_at.replace('T', ' ').replace('Z', ''),
        seconds,
        peak_memory_bytes,
        parameters: canonicalJson(fields.parameters),
        code: fields.code ?? '',
        versions: canonicalJson(versions),
        inputs: inputs.map(([name]) => placeOf(name)),
        outputs: made.map(([name]) => name),
        rows: made.reduce((sum, [, { rows }]) => sum + (rows ?? 0), 0),
        bytes: made.reduce((sum, [, { bytes }]) => sum + bytes, 0),
      },
      lineage: [
        ...inputs.map(([name, { sha256 }]) => ({ ...about, direction: 'input', artifact: placeOf(name), sha256 })),
        ...made.map(([artifact, { sha256, rows, bytes }]) => ({
          ...about,
          direction: 'output',
          artifact,
          sha256,
          bytes,
          ...(rows === null ? {} : { rows }),
        })),
      ],
    },
  ];
}
