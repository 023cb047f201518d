import { mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figuresOnTruth } from './figures-on-truth.ts';
import { ask, expectIdentities } from './identities.ts';
import { smallStudy, type Ended, type SmallStudy } from './small-study.ts';
import { expectValidation } from './validation-identities.ts';

let study: SmallStudy;

beforeAll(async () => {
  study = await smallStudy();
}, 120_000);

afterAll(() => {
  study.remove();
});

/** The edition of the results that data-out shows now. */
const edition = (): string => readlinkSync(study.dataOut);

const cityTable = (query: string): Promise<void> =>
  study.userTable('city-mrio-2012/cells.parquet', 'stand_in_reference_mrio', query);

const removeUserFiles = (): void => {
  study.removeUserFiles();
};

/** Runs with something wrong, puts it right again, and returns what was said; the results must be as they were. */
async function failing(spoil: () => Promise<void> | void, restore: () => void): Promise<Ended> {
  const before = edition();
  await spoil();
  try {
    const ended = await study.pipeline('run');
    expect(ended.code).not.toBe(0);
    expect(edition()).toBe(before);
    return ended;
  } finally {
    restore();
  }
}

describe('the study at a small size, from the facts to the report', () => {
  it('runs from end to end', { timeout: 240_000 }, async () => {
    const ended = await study.pipeline('run');
    expect(ended.text).not.toContain('failed');
    expect(ended.code).toBe(0);
    expect(ended.executed).toContain('report');
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
      ['compare', 'correlation', 'report', 'results'].filter((stage) => ended.executed.includes(stage)),
    );
    expect(ended.executed).toContain('correlation');
    expect(ended.executed).toContain('report');
  });

  it("uses the user's own file in place of the stand-in", { timeout: 120_000 }, async () => {
    await study.userTable(
      'city-mrio-2012/cells.parquet',
      'stand_in_reference_mrio',
      'SELECT * REPLACE (2 * value AS value) FROM stand_in',
    );
    const total = `SELECT sum(row_total) AS total FROM table_balance WHERE "table" = 'reference_table'`;
    const [before] = await ask(study.dataOut, total);
    const ended = await study.pipeline('run');
    study.removeUserFiles();
    expect(ended.text).not.toContain('reference_mrio: no file');
    expect(ended.text).toContain('target_mrio: no file');
    expect(ended.code).toBe(0);
    const [after] = await ask(study.dataOut, total);
    expect(Number(after!['total']) / Number(before!['total'])).toBeCloseTo(2, 9);
    const [label] = await ask(study.dataOut, "SELECT evidence FROM provenance WHERE artifact = 'reference_mrio'");
    expect(label).toEqual({ evidence: "user's data" });
  });
});

describe("with all of the user's own files", () => {
  it('no stand-in runs, is shown, or is in the results', { timeout: 240_000 }, async () => {
    expect((await study.pipeline('run')).code).toBe(0);
    const own = { 'city-mrio-2012': 'reference', 'provincial-mrio-2017': 'target' };
    for (const [folder, table] of Object.entries(own))
      await study.userTable(`${folder}/cells.parquet`, `stand_in_${table}_mrio`, 'FROM stand_in');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    for (const file of ['energy-use', 'emission-factor'])
      await connection.run(`COPY (FROM read_parquet('${study.dataOut}/stand-in-emissions/stand_in_${file.replace('-', '_')}.parquet'))
        TO '${join(study.folder, 'data-raw/user', file === 'energy-use' ? 'energy-use.csv' : 'emission-factors.csv')}' (HEADER)`);
    connection.closeSync();
    mkdirSync(join(study.folder, 'data-raw/user/enterprises'));
    writeFileSync(
      join(study.folder, 'data-raw/user/enterprises/enterprises.csv'),
      readFileSync(join(study.dataOut, 'stand-in-enterprises/enterprises.csv')),
    );
    const ended = await study.pipeline('run');
    const status = await study.pipeline('status');
    const why = await study.pipeline('why', 'stand-in-emissions');
    removeUserFiles();
    expect(ended.text).not.toContain('failed');
    expect(ended.code).toBe(0);
    expect(ended.text).not.toContain('stand-in-');
    expect(ended.executed).toContain('compare');
    expect(ended.executed).toContain('report');
    expect(status.text).not.toContain('stand-in');
    expect(why.text).toContain('does not run');
    const evidence = await ask(study.dataOut, 'SELECT DISTINCT evidence FROM comparison ORDER BY 1');
    expect(evidence.map(({ evidence }) => evidence)).toEqual(['published fact', "user's data"]);
    expect(await ask(study.dataOut, 'FROM validation_study')).toEqual([]);
    expect(await ask(study.dataOut, 'FROM validation_national')).not.toEqual([]);
    const tables = await ask(study.dataOut, 'SELECT table_name FROM duckdb_tables()');
    expect(tables.map(({ table_name }) => table_name)).not.toContain('calibration');
    expect(
      await ask(
        study.dataOut,
        "SELECT artifact FROM provenance WHERE artifact LIKE 'stand_in%' OR artifact = 'calibration'",
      ),
    ).toEqual([]);
    expect((await study.pipeline('run')).code).toBe(0);
  });
});

describe('several pollutants', () => {
  it('give results for each, and leave those of the first as they were', { timeout: 240_000 }, async () => {
    const balance = (pollutant: string) =>
      ask(
        study.dataOut,
        `SELECT * EXCLUDE (pollutant) FROM region_balance WHERE pollutant = '${pollutant}' ORDER BY region`,
      );
    const alone = await balance('NOx');
    expect(alone).toHaveLength(8);
    const standIns = join(study.dataOut, 'stand-in-enterprises/enterprises.csv');
    const [header, ...lines] = readFileSync(standIns, 'utf8').trimEnd().split('\n');
    const folder = join(study.folder, 'data-raw/user/enterprises');
    mkdirSync(folder, { recursive: true });
    // Half a tonne of each enterprise.
    writeFileSync(
      join(folder, 'both.csv'),
      [`${header!},SO2 (t)`, ...lines.map((line) => `${line},0.5`)].map((line) => `${line}\n`).join(''),
    );
    const factors = await ask(
      study.dataOut,
      `SELECT sector, kg_per_tce FROM '${study.dataOut}/stand-in-emissions/stand_in_emission_factor.parquet'`,
    );
    const rows = factors.flatMap(({ sector, kg_per_tce: kg }) => [
      `NOx,${String(sector)},${String(kg)}`,
      `SO2,${String(sector)},3`,
    ]);
    writeFileSync(
      join(study.folder, 'data-raw/user/emission-factors.csv'),
      ['pollutant,sector,kg_per_tce', ...rows].map((line) => `${line}\n`).join(''),
    );
    study.edit('pollutants: [NOx]', 'pollutants: [NOx, SO2]');
    const ended = await study.pipeline('run');
    expect(ended.text).not.toContain('failed');
    await expectIdentities(study.dataOut);
    const both = await balance('SO2');
    expect(both.map(({ region }) => region)).toEqual(alone.map(({ region }) => region));
    const [records] = await ask(study.dataOut, 'SELECT count(*) AS n FROM enterprise');
    const [emitted] = await ask(
      study.dataOut,
      `SELECT sum(emission_t) AS t FROM emission WHERE pollutant = 'SO2' AND source = 'enterprises'`,
    );
    expect(Number(emitted!['t'])).toBeCloseTo(0.5 * Number(records!['n']), 6);
    const report = readFileSync(join(study.dataOut, 'report/index.html'), 'utf8');
    expect(report).toContain('NOx: Production against consumption');
    expect(report).toContain('SO2: Production against consumption');
    // Back to one pollutant and the stand-ins: all as it was.
    removeUserFiles();
    study.edit('pollutants: [NOx, SO2]', 'pollutants: [NOx]');
    expect((await study.pipeline('run')).code).toBe(0);
    expect(await balance('NOx')).toEqual(alone);
  });
});

describe('what can go wrong ends with one clear error, and leaves the last results as they were', () => {
  it('a pipeline file that is broken: line and column', async () => {
    const file = join(study.folder, 'pipeline.yaml');
    const good = readFileSync(file, 'utf8');
    const ended = await failing(
      () => {
        writeFileSync(file, good.replace('    run: stages/tables.ts', '    rnu: stages/tables.ts'));
      },
      () => {
        writeFileSync(file, good);
      },
    );
    expect(ended.text).toMatch(/pipeline\.yaml:\d+:\d+: .*rnu/);
    expect(ended.text).toContain('run');
  });

  it('an input file that is missing', async () => {
    const file = join(study.folder, 'data-raw/regions.csv');
    const good = readFileSync(file);
    const ended = await failing(
      () => {
        rmSync(file);
      },
      () => {
        writeFileSync(file, good);
      },
    );
    expect(ended.text).toContain('data-raw/regions.csv');
  });

  it('a wrong column', async () => {
    const file = join(study.folder, 'data-raw/sectors.csv');
    const good = readFileSync(file, 'utf8');
    const ended = await failing(
      () => {
        writeFileSync(file, good.replace('sector_group', 'group'));
      },
      () => {
        writeFileSync(file, good);
      },
    );
    expect(ended.text).toContain('data-raw/sectors.csv');
    expect(ended.text).toContain('sector_group');
  });

  it('a table that does not balance: account, both totals, remedy', { timeout: 60_000 }, async () => {
    const ended = await failing(
      () =>
        study.userTable(
          'provincial-mrio-2017/cells.parquet',
          'stand_in_target_mrio',
          `SELECT * REPLACE (if(to_region = 'SX' AND to_sector = 14 AND category = 'imports', 3, 1) * value AS value) FROM stand_in`,
        ),
      removeUserFiles,
    );
    expect(ended.text).toMatch(/target_mrio \(.*\) does not balance in 1 of \d+ accounts .*SX\.14: row/);
  });

  it('a negative cell, though all accounts balance: file, cell, remedy', { timeout: 60_000 }, async () => {
    const ended = await failing(
      () =>
        cityTable(
          `SELECT * REPLACE (if(from_region = 'SX' AND from_sector = 14 AND to_region = 'SX' AND to_sector = 14, -1, value) AS value) FROM stand_in`,
        ),
      removeUserFiles,
    );
    expect(ended.text).toContain(
      'reference_mrio (data-raw/user/city-mrio-2012/) has 1 negative cell of block intermediate: delivery from SX.14 to SX.14 is -1.0',
    );
    expect(ended.text).toContain('enter its amount as a delivery from the user to the producer');
  });

  it('an energy use file without one of its rows: file, region, sector, remedy', { timeout: 60_000 }, async () => {
    const ended = await failing(() => {
      mkdirSync(join(study.folder, 'data-raw/user'), { recursive: true });
      writeFileSync(join(study.folder, 'data-raw/user/energy-use.csv'), 'region,sector,energy_tce\nBJ,1,310000\n');
    }, removeUserFiles);
    expect(ended.text).toMatch(/data-raw\/user\/energy-use\.csv has no energy use of \S+ \(.+\) in sector \d+ \(.+\)/);
    expect(ended.text).toContain('add the rows (region, sector, energy_tce; energy_tce is 0 where none is used)');
    expect(ended.text).not.toContain('Correct the script');
  });

  it('a NaN', { timeout: 60_000 }, async () => {
    const ended = await failing(
      () =>
        cityTable(
          `SELECT * REPLACE (if(from_region = 'TS' AND to_region = 'BJ' AND to_sector = 14, 'nan'::DOUBLE, value) AS value) FROM stand_in`,
        ),
      removeUserFiles,
    );
    expect(ended.text).toMatch(
      /city-mrio-2012\/cells\.parquet, row \d+, from TS\.\d+ to BJ\.14: its value is "nan", a number/i,
    );
  });

  it('a table with a wrong column', { timeout: 60_000 }, async () => {
    const ended = await failing(() => cityTable('SELECT * RENAME (value AS amount) FROM stand_in'), removeUserFiles);
    expect(ended.text).toMatch(/city[-_]mrio[-_]2012/);
    expect(ended.text).toContain('list of cells (no columns from_region, from_sector, to_region, to_sector, value)');
  });

  it('a table without one of the regions', { timeout: 60_000 }, async () => {
    const ended = await failing(
      () => cityTable(`FROM stand_in WHERE coalesce(from_region, '') <> 'ZJK' AND to_region <> 'ZJK'`),
      removeUserFiles,
    );
    expect(ended.text).toContain('has no rows for ZJK');
  });

  it(
    'constraints of ANAIS that cannot all hold: which, how far, and a table of them',
    { timeout: 60_000 },
    async () => {
      // In 2012 only agriculture of the cities takes in products of industry: what they took in 2017 has nowhere to go.
      const ended = await failing(
        () =>
          cityTable(`WITH marked AS (
             SELECT *, category = 'intermediate' AND from_sector = 14 AND to_sector <> 1
               AND to_region IN ('SJZ', 'TS', 'ZJK') AS moved FROM stand_in)
           SELECT from_region, from_sector, to_region, to_sector, category, sum(value) AS value FROM (
             SELECT * EXCLUDE moved FROM marked WHERE moved IS NOT TRUE
             UNION ALL SELECT * EXCLUDE moved REPLACE (from_region AS to_region, NULL AS to_sector, 'export' AS category)
               FROM marked WHERE moved
             UNION ALL SELECT * EXCLUDE moved REPLACE (NULL AS from_region, NULL AS from_sector, 'imports' AS category)
               FROM marked WHERE moved)
           GROUP BY ALL`),
        removeUserFiles,
      );
      expect(ended.code).toBe(1);
      expect(ended.text).toContain('x anais failed');
      expect(ended.text).toMatch(/the constraints of ANAIS cannot all hold: .* add up to [\d.]+% or more/);
      expect(ended.text).toMatch(/all else (allows at (most|least)|asks for) [\d,.]+/);
      const [, file] =
        /anais_conflict \(\d+ rows?\): (\.cache\/failed\/bth-nox-2017\.anais\/anais_conflict\.parquet)/.exec(
          ended.text,
        )!;
      const connection = await (await DuckDBInstance.create(':memory:')).connect();
      const reader = await connection.runAndReadAll(
        `SELECT finding, suggestion FROM read_parquet('${join(study.folder, file!)}') WHERE place = 0 ORDER BY conflict`,
      );
      const [first] = reader.getRowObjects();
      connection.closeSync();
      expect(ended.text).toContain(String(first!['finding']));
      expect(ended.text).toContain(String(first!['suggestion']));
    },
  );

  /** The provincial table, balanced, in which services of Shandong sell to themselves alone: `self`, and nothing else. */
  const isolated = (self: number): string => `
    WITH changed AS (
      SELECT
        if(uses, from_region, if(sells, NULL, from_region)) AS from_region,
        if(sells AND NOT uses, NULL, from_sector) AS from_sector,
        if(uses, from_region, to_region) AS to_region,
        if(uses, NULL, to_sector) AS to_sector,
        if(uses, 'export', if(sells, 'imports', category)) AS category,
        value
      FROM (
        SELECT *,
          coalesce(to_region = 'SD' AND to_sector = 26 AND category = 'intermediate', false) AS uses,
          coalesce(from_region = 'SD' AND from_sector = 26 AND category = 'intermediate', false) AS sells
        FROM stand_in
        WHERE NOT coalesce(from_region = 'SD' AND from_sector = 26 AND (category <> 'intermediate' OR (to_region = 'SD' AND to_sector = 26)), false)
          AND NOT coalesce(to_region = 'SD' AND to_sector = 26 AND from_region IS NULL, false)))
    SELECT from_region, from_sector, to_region, to_sector, category, sum(value) AS value FROM changed GROUP BY ALL
    UNION ALL SELECT 'SD', 26, 'SD', 26, 'intermediate', ${self}`;

  it('a singular I - A: which account, and what to look at', { timeout: 60_000 }, async () => {
    const ended = await failing(
      () => study.userTable('provincial-mrio-2017/cells.parquet', 'stand_in_target_mrio', isolated(1000)),
      removeUserFiles,
    );
    expect(ended.text).toContain('leontief failed');
    expect(ended.text).toMatch(/I - A is singular at SD\.26/);
    expect(ended.text).toContain('inputs that add up to the whole output');
  });

  it('a sector that emits and has no output', { timeout: 60_000 }, async () => {
    const ended = await failing(
      () => study.userTable('provincial-mrio-2017/cells.parquet', 'stand_in_target_mrio', isolated(0)),
      removeUserFiles,
    );
    expect(ended.text).toMatch(/SD\.26 emits [\d.]+ t but has a gross output of 0/);
    expect(ended.text).toContain('count these emissions in a sector that has output');
  });
});
