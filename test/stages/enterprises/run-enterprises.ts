import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import enterprises from '../../../stages/enterprises.ts';
import { declaredOutputs, testContext } from '../../support/stage-context.ts';

export interface CleanRow {
  readonly line: number;
  readonly id: string;
  readonly name: string | null;
  readonly industry: string;
  readonly place: string;
  readonly region: string;
  readonly sector: number;
  readonly nox_kg: number;
}

export interface RejectRow {
  readonly line: number;
  readonly reason: string;
  readonly raw: string;
}

export interface Checked {
  readonly clean: CleanRow[];
  readonly rejects: RejectRow[];
}

/** What the stage makes of an enterprise file, with the project's regions, sectors and industries. */
export async function runEnterprises(file: string | Buffer, threads = 2): Promise<Checked> {
  const folder = mkdtempSync(join(tmpdir(), 'enterprise-file-'));
  try {
    const path = join(folder, 'enterprises.csv');
    writeFileSync(path, file);
    const context = testContext({
      inputs: {
        enterprise_file: path,
        region: { source: 'region' },
        sector: { source: 'sector' },
        industry: { source: 'industry' },
      },
      outputs: declaredOutputs('enterprises'),
      threads,
    });
    const outputs = await context.run(enterprises);
    try {
      return {
        clean: (await outputs.rows('enterprise')) as unknown as CleanRow[],
        rejects: (await outputs.rows('enterprise_reject')) as unknown as RejectRow[],
      };
    } finally {
      outputs.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
