import { writeReceiptTables } from './receipt-tables.ts';
import { workFor } from './worker-process.ts';

/** A process apart from the one of stages, whose code is in the key of every stage. */
workFor(async (job) => {
  if (job.kind !== 'receipts') throw new Error(`This process does not know how to do a job of the kind ${job.kind}.`);
  await writeReceiptTables(job);
  return { kind: 'done', rows: {}, refused: {} };
});
