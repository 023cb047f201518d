import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMat, type MatArray, type MatFile } from '../../../formats/mat/mat-file.ts';

/** A folder for the files of one test file. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'mat-'));

  file(name: string): string {
    return join(this.path, name);
  }

  write(name: string, bytes: Uint8Array): string {
    writeFileSync(this.file(name), bytes);
    return this.file(name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

export interface Contents {
  readonly version: MatFile['version'];
  readonly arrays: Readonly<Record<string, { rows: number; columns: number; values: number[] }>>;
  readonly texts: Readonly<Record<string, readonly string[]>>;
}

/** All that a file gives, read one array after the other. Of each array, no more columns than the most. */
export async function readAll(path: string, mostColumns = Infinity): Promise<Contents> {
  const file = await openMat(path);
  try {
    const arrays: [string, { rows: number; columns: number; values: number[] }][] = [];
    for (const array of file.arrays) {
      const { name, rows, columns } = array;
      arrays.push([name, { rows, columns, values: await valuesOf(array, mostColumns) }]);
    }
    return {
      version: file.version,
      arrays: Object.fromEntries(arrays),
      texts: Object.fromEntries(file.texts.map(({ name, values }) => [name, values])),
    };
  } finally {
    file.close();
  }
}

export async function valuesOf(array: MatArray, mostColumns = Infinity): Promise<number[]> {
  const values: number[] = [];
  let columns = 0;
  for await (const column of array.columnsOf()) {
    for (const value of column) values.push(value);
    if (++columns === mostColumns) break;
  }
  return values;
}
