import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figuresOnTruth } from './figures-on-truth.ts';
import { ask, expectIdentities } from './identities.ts';
import { smallStudy, type SmallStudy } from './small-study.ts';
import { expectValidation } from './validation-identities.ts';

let study: SmallStudy;
beforeAll(async () => {
  study = await smallStudy();
}, 120_000);

afterAll(() => {
  study.remove();
});

describe('the study at a small size, from the facts to the report', () => {
  it('runs from end to end', { timeout: 240_000 }, async () => {
    const ended = await study.pipeline('run');
    expect(ended.text).not.toContain('failed');
    expect(ended.code).toBe(0);
    expect(ended.executed).toContain('publish');
  });

  it('publishes results that hold every identity', async () => {
    await expectIdentities(study.dataOut);
  });

  it('scores ANAIS and its rivals as the tables themselves say', async () => {
    await expectValidation(study.dataOut);
  });

  it('calibrates to the figures that the stage compare computes', async () => {
    const figures = await figuresOnTruth(study.dataOut);
    const calibration = await ask(study.dataOut, 'SELECT statistic, reached FROM calibration');
    expect(calibration.length).toBeGreaterThan(15);
    for (const { statistic, reached } of calibration) {
      const expected = Number(reached);
      expect(Math.abs(figures.get(String(statistic))! - expected), String(statistic)).toBeLessThanOrEqual(
        1e-9 * Math.max(1, Math.abs(expected)),
      );
    }
  });

  it('says of each artifact what it was made from', async () => {
    const rows = await ask(study.dataOut, 'SELECT artifact, evidence, sha256 FROM provenance');
    const evidence = Object.fromEntries(rows.map(({ artifact, evidence }) => [String(artifact), String(evidence)]));
    expect(evidence['city_factor']).toBe('published fact');
    expect(evidence['stand_in_enterprise_file']).toBe('stand-in');
    expect(evidence['mrio']).toContain('stand-in');
    expect(evidence['correlation']).toBe('published fact');
    for (const { sha256 } of rows) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('writes a report that names the stand-ins', () => {
    const report = readFileSync(join(study.dataOut, 'report/index.html'), 'utf8');
    expect(report).toContain('stand-in');
    expect(report).not.toMatch(/\bNaN\b|\bundefined\b/);
  });

  it('runs nothing when nothing has changed', async () => {
    const ended = await study.pipeline('run');
    expect(ended).toMatchObject({ code: 0, executed: [] });
  });

  it('re-runs correlation and what follows it when its parameter changes, and says why', async () => {
    study.edit('confidence: 0.95', 'confidence: 0.9');
    const why = await study.pipeline('why', 'correlation');
    expect(why.text).toMatch(/confidence.*0\.95.*0\.9/s);
    const ended = await study.pipeline('run');
    expect([...ended.executed].sort()).toEqual(
      ['compare', 'correlation', 'publish'].filter((stage) => ended.executed.includes(stage)),
    );
    expect(ended.executed).toContain('correlation');
    expect(ended.executed).toContain('publish');
  });

  it("uses the user's own file in place of the stand-in", { timeout: 120_000 }, async () => {
    await study.userTable(
      'city-mrio-2012.parquet',
      'stand_in_city_mrio_2012',
      'SELECT * REPLACE (2 * value_10k_cny AS value_10k_cny) FROM stand_in',
    );
    const total = `SELECT sum(row_total_10k_cny) AS total FROM table_balance WHERE "table" = 'reference_table'`;
    const [before] = await ask(study.dataOut, total);
    const ended = await study.pipeline('run');
    study.removeUserFiles();
    expect(ended.text).not.toContain('city_mrio_2012: no file');
    expect(ended.text).toContain('provincial_mrio_2017: no file');
    expect(ended.code).toBe(0);
    const [after] = await ask(study.dataOut, total);
    expect(Number(after!['total']) / Number(before!['total'])).toBeCloseTo(2, 9);
    const [label] = await ask(study.dataOut, "SELECT evidence FROM provenance WHERE artifact = 'city_mrio_2012'");
    expect(label).toEqual({ evidence: "user's data" });
  });
});
