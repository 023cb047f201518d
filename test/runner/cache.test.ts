import { utimesSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHAIN, project, projectThatRan } from './project.ts';

describe('what runs again', () => {
  it('runs everything once, then nothing', async () => {
    const chain = project(CHAIN);
    expect((await chain.run()).executed.toSorted()).toEqual(['doubled', 'made', 'other', 'total']);
    expect(chain.read('data-out/report.txt')).toBe('total 24\n');
    const again = await chain.run();
    expect(again.executed).toEqual([]);
    expect(again.events.map(({ kind }) => kind)).toEqual([
      'planned',
      'cached',
      'cached',
      'cached',
      'cached',
      'already-published',
    ]);
  });

  it('runs the stage whose parameter changed and those after it, and reuses the old outputs when it changes back', async () => {
    const chain = await projectThatRan(CHAIN);
    chain.edit('pipeline.yaml', 'times: 2', 'times: 3');
    expect((await chain.status()).map(({ state }) => state)).toEqual(['cached', 'runs', 'waits', 'cached']);
    expect(await chain.why('doubled')).toContain('parameter times: 2 -> 3');
    expect((await chain.run()).executed).toEqual(['doubled', 'total']);
    expect(chain.read('data-out/report.txt')).toBe('total 36\n');
    expect(await chain.why('doubled')).toMatch(/up to date[^]*because:\n {2}parameter times: 2 -> 3/);
    chain.edit('pipeline.yaml', 'times: 3', 'times: 2');
    expect((await chain.run()).executed).toEqual([]);
    expect(chain.read('data-out/report.txt')).toBe('total 24\n');
  });

  it('stops where an output comes out as it was', async () => {
    const chain = await projectThatRan(CHAIN);
    chain.edit('pipeline.yaml', 'shift: 0', 'shift: 5');
    const { executed, events } = await chain.run();
    expect(executed).toEqual(['made']);
    expect(events.find((event) => event.kind === 'finished')).toMatchObject({ unchanged: true });
  });

  it('does not run for comments, formatting, touched files or descriptions of stages', async () => {
    const chain = await projectThatRan(CHAIN);
    chain.write({
      'stages/made.ts': `// A remark.\n${chain.read('stages/made.ts').replaceAll('  ', '      ')}\n/* another */`,
      'stages/doubled.sql': `-- A remark; with 'quotes'\n${chain.read('stages/doubled.sql').replace('SELECT', '/* why */  SELECT')}`,
      'stages/helpers/scale.ts': `/** What it does. */\n${chain.read('stages/helpers/scale.ts')}`,
      'data-raw/regions.csv': chain.read('data-raw/regions.csv'),
    });
    chain.edit(
      'pipeline.yaml',
      '    run: stages/other.sql\n',
      '    run: stages/other.sql\n    description: Something\n    threads: 1\n',
    );
    utimesSync(chain.path('stages/total.ts'), 1, 1);
    expect((await chain.run()).executed).toEqual([]);
  });

  it('runs for an edited helper, and names it', async () => {
    const chain = await projectThatRan(CHAIN);
    chain.edit('stages/helpers/scale.ts', 'count * factor', 'count * factor + 1');
    expect(await chain.why('made')).toMatch(/code stages\/helpers\/scale\.ts: [0-9a-f]{8} -> [0-9a-f]{8}$/);
    expect((await chain.run()).executed).toEqual(['made', 'doubled', 'total']);
    expect(chain.read('data-out/report.txt')).toBe('total 30\n');
  });

  it('runs for a changed text in SQL that looks like a comment', async () => {
    const chain = await projectThatRan({
      ...CHAIN,
      'stages/other.sql': `CREATE VIEW people AS SELECT length('-- a')::BIGINT AS people;`,
    });
    chain.edit('stages/other.sql', '-- a', '-- abc');
    expect((await chain.run()).executed).toEqual(['other']);
  });

  it('runs for changed rows of a source, not for quotes around them', async () => {
    const chain = await projectThatRan(CHAIN);
    chain.write({ 'data-raw/regions.csv': 'people,code\r\n"1",A\r\n2,"B"\r\n3,C\r\n' });
    expect((await chain.run()).executed).toEqual([]);
    chain.write({ 'data-raw/regions.csv': 'code,people\nA,1\nB,2\nC,4\n' });
    expect((await chain.run()).executed.toSorted()).toEqual(['doubled', 'made', 'other', 'total']);
    expect(await chain.why('other')).toMatch(/input region: [0-9a-f]{8} \(table\.parquet\) -> [0-9a-f]{8}/);
  });

  it('runs for a changed unit, which is stored with the table', async () => {
    const chain = await projectThatRan(CHAIN);
    chain.edit('pipeline.yaml', 'unit: t ', 'unit: kg ');
    expect(await chain.why('made')).toContain('output amount.columns.value.unit: "t" -> "kg"');
    expect((await chain.run()).executed).toEqual(['made', 'doubled']);
  });

  it('does not run for the meaning of a source, except where that is shown', async () => {
    const chain = await projectThatRan(CHAIN);
    chain.edit('pipeline.yaml', 'description: Short code', 'description: Code, unit: none');
    chain.edit('pipeline.yaml', 'description: Three regions', 'description: Regions');
    expect((await chain.run()).executed).toEqual([]);
  });

  it('runs only what a target needs, and publishes only the whole', async () => {
    const chain = project(CHAIN);
    const { executed, events } = await chain.run('doubled');
    expect(executed).toEqual(['made', 'doubled']);
    expect(events.at(-1)).toMatchObject({ kind: 'not-published', waitsFor: ['total', 'other'] });
    expect(() => chain.edition()).toThrow();
    expect((await chain.run()).executed.toSorted()).toEqual(['other', 'total']);
    expect(chain.read('data-out/manifest.json')).toContain('"path": "doubled/double_amount.parquet"');
  });

  it('gives the same bytes in another folder', async () => {
    const [one, two] = [await projectThatRan(CHAIN), project(CHAIN)];
    await two.run();
    expect(two.edition()).toBe(one.edition());
  });
});

describe('provenance', () => {
  const WITH_ORIGINS = {
    ...CHAIN,
    'pipeline.yaml': CHAIN['pipeline.yaml']!.replace(
      'run: stages/total.ts',
      'run: stages/total.ts\n    provenance: true',
    ),
    'stages/total.ts': `import { writeFileSync } from 'node:fs';
export default async ({ origins, outputs }) => writeFileSync(outputs.report, JSON.stringify(origins));
`,
  };

  it('lists everything upstream with its hash, evidence and meaning, nearest last', async () => {
    const chain = await projectThatRan(WITH_ORIGINS);
    const origins = JSON.parse(chain.read('data-out/report.txt')) as Record<string, unknown>[];
    expect(origins.map(({ artifact }) => artifact)).toEqual(['region', 'amount', 'double_amount']);
    expect(origins[0]).toMatchObject({
      stage: null,
      evidence: 'published fact',
      inputs: [],
      description: 'Three regions',
    });
    expect(origins[0]).toMatchObject({ columns: { code: { type: 'VARCHAR', description: 'Short code' } } });
    expect(origins[1]).toMatchObject({
      stage: 'made',
      evidence: 'stand-in',
      inputs: ['region'],
      columns: { value: { type: 'DOUBLE', unit: 't' } },
    });
    expect(origins[2]).toMatchObject({ stage: 'doubled', evidence: null, inputs: ['amount'] });
  });

  it('follows what is said of an artifact upstream, and rests where only a key upstream changed', async () => {
    const chain = await projectThatRan(WITH_ORIGINS);
    chain.edit('pipeline.yaml', 'shift: 0', 'shift: 5');
    expect((await chain.run()).executed).toEqual(['made']);
    chain.edit('pipeline.yaml', 'description: Three regions', 'description: The three regions');
    expect((await chain.run()).executed).toEqual(['total']);
  });
});

describe('a run of a part', () => {
  /** What `run STAGE` says is left to run. */
  const left = async (chain: ReturnType<typeof project>, stage: string) =>
    (await chain.run(stage)).events.find((event) => event.kind === 'not-published')!.waitsFor;

  it('names what a run of everything would run, and nothing that is up to date', async () => {
    const chain = project(CHAIN);
    expect(await left(chain, 'made')).toEqual(['doubled', 'total', 'other']);
    await chain.run();
    expect(await left(chain, 'made')).toEqual([]);
    chain.edit('pipeline.yaml', 'times: 2', 'times: 3');
    expect(await left(chain, 'made')).toEqual(['doubled', 'total']);
    expect(await left(chain, 'doubled')).toEqual(['total']);
    chain.write({ 'stages/other.sql': 'CREATE VIEW people AS SELECT 1::BIGINT AS people;' });
    chain.write({ 'stages/total.ts': 'const = 1;' });
    expect(await left(chain, 'doubled')).toEqual(['total', 'other']);
  });
});

describe('a run of a part that reads a stand-in under its own name', () => {
  it('does not wait for stages that read it in the place of a source, and are up to date', async () => {
    const own = project({
      'pipeline.yaml': `pipeline: own
sources:
  note: { file: data-raw/user/note.txt, otherwise: stand_in_note }
stages:
  stand-in:
    sh: echo made up > {outputs.stand_in_note}
    outputs: { stand_in_note: { file: note.txt } }
  first:
    sh: cat {inputs.stand_in_note} > {outputs.one}
    inputs: [stand_in_note]
    outputs: { one: { file: one.txt } }
  second:
    sh: cat {inputs.note} > {outputs.two}
    inputs: [note]
    outputs: { two: { file: two.txt } }
`,
    });
    await own.run();
    const { events } = await own.run('first');
    expect((await own.status()).map(({ state }) => state)).toEqual(['cached', 'cached', 'cached']);
    expect(events.at(-1)).toMatchObject({ kind: 'not-published', waitsFor: [] });
  });
});

describe("the user's own file", () => {
  const STAND_IN = {
    'pipeline.yaml': `pipeline: own-file
sources:
  weight: { file: data-raw/user/weight.csv, evidence: user's data, otherwise: stand_in_weight }
  note: { file: data-raw/user/note.txt, otherwise: stand_in_note }
stages:
  stand-in:
    run: stages/stand-in.ts
    outputs:
      stand_in_weight: { evidence: stand-in, columns: { id: INTEGER, weight: { type: DOUBLE, min: 0 } }, key: [id] }
      stand_in_note: { file: note.txt }
  sum:
    run: stages/sum.ts
    inputs: [weight, note]
    provenance: true
    outputs:
      result: { file: result.txt }
`,
    'stages/stand-in.ts': `import { writeFileSync } from 'node:fs';
export default async (context) => {
  await context.writeTable('stand_in_weight', { id: Int32Array.of(1, 2), weight: Float64Array.of(10, 20) });
  writeFileSync(context.outputs.stand_in_note, 'made up');
};
`,
    'stages/sum.ts': `import { readFileSync, writeFileSync } from 'node:fs';
export default async (context) => {
  const { sum } = await context.query('SELECT sum(weight) AS sum FROM weight');
  const evidence = Object.fromEntries(context.origins.map((origin) => [origin.artifact, origin.evidence]));
  writeFileSync(context.outputs.result, JSON.stringify({ sum: sum[0], note: readFileSync(context.inputs.note, 'utf8'), evidence }));
};
`,
  };
  const result = (own: ReturnType<typeof project>): unknown => JSON.parse(own.read('data-out/sum/result.txt'));

  it('replaces the stand-in, which no longer runs when nothing of it is needed', async () => {
    const own = project(STAND_IN);
    const first = await own.run();
    expect(first.executed).toEqual(['stand-in', 'sum']);
    expect(first.events[0]).toMatchObject({
      replaced: { weight: 'stand_in_weight', note: 'stand_in_note' },
    });
    expect(result(own)).toEqual({
      sum: 30,
      note: 'made up',
      evidence: { stand_in_weight: 'stand-in', weight: null, stand_in_note: null, note: null },
    });
    own.write({ 'data-raw/user/weight.csv': 'weight,id\n7,1\n' });
    expect((await own.run()).executed).toEqual(['sum']);
    expect(result(own)).toMatchObject({ sum: 7, note: 'made up', evidence: { weight: "user's data" } });
    own.write({ 'data-raw/user/note.txt': 'mine' });
    expect((await own.run()).executed).toEqual(['sum']);
    expect((await own.status()).map(({ stage }) => stage)).toEqual(['sum']);
    expect(await own.why('stand-in')).toContain('does not run');
    expect(result(own)).toMatchObject({ sum: 7, note: 'mine' });
  });

  it('is what errors of a stage name, not where the store has it', async () => {
    const own = project(STAND_IN);
    own.write({
      'stages/sum.ts': `export default async ({ places }) => { throw new Error(JSON.stringify(places)); };`,
    });
    const places = async () => JSON.parse((await own.run()).message) as unknown;
    expect(await places()).toEqual({
      weight: 'artifact stand_in_weight of stage stand-in',
      note: 'artifact stand_in_note of stage stand-in',
    });
    own.write({ 'data-raw/user/weight.csv': 'id,weight\n1,7\n', 'data-raw/user/note.txt': 'mine' });
    expect(await places()).toEqual({ weight: 'data-raw/user/weight.csv', note: 'data-raw/user/note.txt' });
  });

  it('makes nothing run again where only its name changes', async () => {
    const own = project(STAND_IN);
    own.write({ 'data-raw/user/weight.csv': 'id,weight\n1,7\n', 'data-raw/user/note.txt': 'mine' });
    own.edit('pipeline.yaml', '    provenance: true\n', '');
    await own.run();
    own.edit('pipeline.yaml', 'data-raw/user/note.txt', 'data-raw/user/remark.txt');
    own.write({ 'data-raw/user/remark.txt': 'mine' });
    expect((await own.run()).executed).toEqual([]);
  });

  it('is held to the columns of the table that it replaces', async () => {
    const own = project(STAND_IN);
    own.write({ 'data-raw/user/weight.csv': 'id,weight\n1,-7\n' });
    const { message } = await own.run();
    expect(message).toContain('data-raw/user/weight.csv: column weight is below the minimum 0 in 1 row');
  });
});
