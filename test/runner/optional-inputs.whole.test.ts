import { describe, expect, it } from 'vitest';
import { project, projectThatRan, type Project } from './project.ts';

/** A stage that shows how well a stand-in was fitted, where there is one; and a shell stage that reads the same. */
const FITTED: Readonly<Record<string, string>> = {
  'pipeline.yaml': `pipeline: fitted
sources:
  weight: { file: data-raw/user/weight.csv, evidence: user's data, otherwise: stand_in_weight }
stages:
  report:
    run: stages/report.sql
    provenance: true
    inputs: [weight]
    optional_inputs: [fit]
    outputs:
      line: { columns: { id: INTEGER, weight: DOUBLE, residual: { type: DOUBLE, nullable: true } }, key: [id] }
      seen: { columns: { artifact: VARCHAR }, key: [artifact] }
  copy:
    sh: cp {inputs.fit} {outputs.copied}
    inputs: [line]
    optional_inputs: [fit]
    outputs:
      copied: { columns: { id: INTEGER, residual: DOUBLE }, key: [id] }
  stand-in:
    run: stages/stand-in.sql
    outputs:
      stand_in_weight: { columns: { id: INTEGER, weight: DOUBLE }, key: [id] }
      fit: { columns: { id: INTEGER, residual: DOUBLE }, key: [id] }
`,
  'stages/stand-in.sql': `CREATE TABLE stand_in_weight AS SELECT 1::INTEGER AS id, 10::DOUBLE AS weight;
CREATE TABLE fit AS SELECT 1::INTEGER AS id, 0.5::DOUBLE AS residual;
`,
  'stages/report.sql': `CREATE TABLE line AS SELECT id, weight, residual FROM weight LEFT JOIN fit USING (id);
CREATE TABLE seen AS SELECT artifact FROM origin;
`,
};
const OWN = { 'data-raw/user/weight.csv': 'id,weight\n1,7\n' };

/** Names of what the stage `report` saw in the table `origin`, and how its line came out. */
async function reported(fitted: Project): Promise<Record<string, unknown>> {
  const { openDatabase } = await import('../../runner/stage-context.ts');
  const { database, close } = await openDatabase(fitted.folder, 1);
  const rows = async (file: string) =>
    (await database.runAndReadAll(`FROM read_parquet('${fitted.path(`data-out/${file}.parquet`)}')`)).getRowsJS();
  const found = {
    seen: (await rows('report/seen')).flat(),
    line: await rows('report/line'),
    copied: await rows('copy/copied'),
  };
  close();
  return found;
}

const STAND_IN = { seen: ['fit', 'stand_in_weight', 'weight'], line: [[1, 10, 0.5]], copied: [[1, 0.5]] };
const FILE = { seen: ['weight'], line: [[1, 7, null]], copied: [] };

describe('an optional input', () => {
  it('is read where its stage runs anyway', async () => {
    const fitted = project(FITTED);
    expect((await fitted.run()).executed).toEqual(['stand-in', 'report', 'copy']);
    expect(await reported(fitted)).toEqual(STAND_IN);
  });

  it('is a table without rows where it does not, and no origin: nothing of that stage is run or shown', async () => {
    const fitted = project({ ...FITTED, ...OWN });
    const ran = await fitted.run();
    expect(ran.message).toBe('');
    expect(ran.executed).toEqual(['report', 'copy']);
    expect(await reported(fitted)).toEqual(FILE);
    expect(await fitted.status()).toMatchObject([
      { stage: 'report', state: 'cached', reason: 'up to date' },
      { stage: 'copy', state: 'cached', reason: 'up to date' },
    ]);
    expect(await fitted.why('report')).not.toContain('stand-in');
    expect(await fitted.why('stand-in')).toContain('does not run');
  });

  it('makes its stage run when it comes or goes, and says so', async () => {
    const fitted = await projectThatRan(FITTED);
    fitted.write(OWN);
    expect((await fitted.run()).executed).toEqual(['report', 'copy']);
    expect(await fitted.why('report')).toMatch(/input fit: [0-9a-f]{8} \(table\.parquet\) -> [0-9a-f]{8} \(absent\)/);
    expect(await reported(fitted)).toEqual(FILE);
    fitted.write({ 'data-raw/user/weight.csv': 'id,weight\n1,10\n' });
    expect((await fitted.run()).executed).toEqual(['report', 'copy']);
    expect(await reported(fitted)).toMatchObject({ line: [[1, 10, null]] });
  });

  it('that is absent makes its stage run if it would have other columns', async () => {
    const fitted = await projectThatRan({ ...FITTED, ...OWN });
    fitted.edit(
      'pipeline.yaml',
      'fit: { columns: { id: INTEGER, residual: DOUBLE }',
      'fit: { columns: { id: INTEGER, residual: FLOAT }',
    );
    expect((await fitted.run()).executed).toContain('report');
  });
});
