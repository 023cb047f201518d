import { inputsFrom, inputsOf, originsOf, usableReceipt, type Shelf } from './available.ts';
import { cacheKey, stageFields, type KeyFields } from './cache-key.ts';
import type { Comparable } from './explain.ts';
import type { PlannedStage } from './graph.ts';
import type { CacheKey } from './hash.ts';
import type { Receipt } from './store.ts';
import { codeOf, type StageCode, type Workshop } from './workshop.ts';

/** A stage whose inputs are all there: its key, and the receipt if that has been run before. */
export interface Assessed {
  readonly stage: PlannedStage;
  readonly code: StageCode;
  readonly fields: KeyFields;
  readonly from: NonNullable<Receipt['from']>;
  readonly key: CacheKey;
  readonly receipt: Receipt | null;
}

/** Null while an input has yet to be made: then nobody can know. */
export async function assess(stage: PlannedStage, shelf: Shelf, workshop: Workshop): Promise<Assessed | null> {
  const inputs = inputsOf(stage, shelf);
  if (inputs === null) return null;
  const code = await codeOf(stage, workshop);
  const fields = stageFields(stage, { code, inputs, origins: originsOf(stage, shelf) }, workshop.machinery);
  const key = cacheKey(fields);
  return { stage, code, fields, from: inputsFrom(stage, shelf), key, receipt: usableReceipt(key, workshop) };
}

/** What a run of the stage would be compared by with those before. */
export const comparable = ({ key, fields, from, code }: Assessed): Comparable => ({
  ...{ key, fields, from, files: code.files },
});
