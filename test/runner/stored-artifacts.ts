import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { inject } from 'vitest';
import {
  compareArtifacts,
  type FileDifference,
  type StoredArtifact,
  type TableDifference,
} from '../../runner/difference.ts';
import { writeMatrix } from '../../runner/matrix.ts';
import { text } from '../../runner/sql.ts';
import type { Matrix } from '../../runner/stage.ts';

/** Artifacts of every kind, as a store holds them; they are gone after all tests. */

const folder = mkdtempSync(join(inject('sharedFolder'), 'diff-'));
const database = await (await DuckDBInstance.create(':memory:')).connect();
let files = 0;

const newPath = () => join(folder, String(++files));

/** Stores a table as it comes, with what the runner says about it. */
export async function table(select: string, key: readonly string[] = [], about = ''): Promise<StoredArtifact> {
  const path = newPath();
  await database.run(`COPY (${select}) TO ${text(path)} (FORMAT parquet${about})`);
  return { kind: 'table', path, sha256: path, key };
}

export const compareTables = async (
  before: string,
  after: string,
  key: readonly string[] = [],
): Promise<TableDifference> =>
  (await compareArtifacts(await table(before, key), await table(after, key))) as TableDifference;

export async function matrix(given: Matrix, unit: string | null = null, description = ''): Promise<StoredArtifact> {
  const path = newPath();
  await writeMatrix({ name: 'm', path, description, evidence: null, unit }, given);
  return { kind: 'matrix', path, sha256: path, key: [] };
}

export function file(content: string | Uint8Array): StoredArtifact {
  const path = newPath();
  writeFileSync(path, content);
  return { kind: 'file', path, sha256: path, key: [] };
}

export const compareFiles = async (before: string | Uint8Array, after: string | Uint8Array): Promise<FileDifference> =>
  (await compareArtifacts(file(before), file(after))) as FileDifference;
