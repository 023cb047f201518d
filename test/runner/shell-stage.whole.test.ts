import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MistakeError } from '../../runner/diagnostic.ts';
import { parsePipeline } from '../../runner/pipeline-file.ts';
import { parseCommand } from '../../runner/shell-command.ts';
import { verifyStored } from '../../runner/verify.ts';
import { project } from './project.ts';

const TABLE = 'extra: { columns: { code: VARCHAR, value: DOUBLE }, key: [code] }';
const FILE = 'report: { file: report.txt, publish_as: report.txt }';

/** The text of a pipeline of one shell stage. */
const pipelineOf = (command: string, outputs: string, parameters = '{}') => `pipeline: shell
sources:
  region: { file: data-raw/regions.csv, columns: { code: VARCHAR, people: INTEGER }, key: [code] }
stages:
  extra:
    sh: ${JSON.stringify(command)}
    inputs: [region]
    parameters: ${parameters}
    outputs: { ${outputs} }
`;

const shell = (command: string, outputs: string, parameters?: string) =>
  project({
    'pipeline.yaml': pipelineOf(command, outputs, parameters),
    'data-raw/regions.csv': 'code,people\nA,1\nB,2\n',
    'tools/extra.sh': 'printf "code,value\\nB,$1\\nA,0.5\\n"\n',
    'tools/helper.sh': 'true\n',
  });

/** What the one command made of its table, read by a second stage. */
async function rowsOf(command: string): Promise<{ message: string; rows: string }> {
  const both = shell(command, TABLE);
  both.write({
    'pipeline.yaml': `${both.read('pipeline.yaml')}  shown: { run: stages/shown.ts, inputs: [extra], outputs: { ${FILE} } }\n`,
    'stages/shown.ts': `import { writeFileSync } from 'node:fs';
export default async ({ query, outputs }) =>
  writeFileSync(outputs.report, JSON.stringify((await query('SELECT code || value AS row FROM extra')).row));`,
  });
  const { message, outcome } = await both.run();
  return { message, rows: outcome.ok ? both.read('data-out/report.txt') : '' };
}

describe('a shell stage', () => {
  it('writes a table as CSV, which is checked, sorted and stored', async () => {
    expect(await rowsOf('bash {file:tools/extra.sh} 1.25 > {outputs.extra}')).toEqual({
      message: '',
      rows: '["A0.5","B1.25"]',
    });
  });

  it('writes a table as Parquet, which is checked too', async () => {
    const copy = shell(
      'cp {inputs.region} {outputs.extra}',
      'extra: { columns: { code: VARCHAR, people: BIGINT }, key: [code] }',
    );
    expect((await copy.run()).message).toBe('');
    expect(copy.read('data-out/extra/extra.parquet').slice(0, 4)).toBe('PAR1');
    copy.edit('pipeline.yaml', 'people: BIGINT', 'people: VARCHAR');
    expect((await copy.run()).message).toBe('extra: column people is INTEGER, declared VARCHAR');
  });

  it('is told the line of a CSV that is wrong', async () => {
    const { message } = await rowsOf('bash {file:tools/extra.sh} many > {outputs.extra}');
    expect(message).toBe('extra (CSV): column value is not DOUBLE in 1 row\n    line 2: many');
  });

  it('gets each value as one literal word', async () => {
    const values = {
      text: `it's "a" $(echo b) \`echo c\` \\ ; rm *\n{inputs.region}`,
      none: '',
      number: 1.5,
      list: ['x y', 2],
    };
    const names = Object.keys(values).map((name) => `{parameters.${name}}`);
    const words = shell(`printf '<%s>' ${names.join(' ')} > {outputs.report}`, FILE, JSON.stringify(values));
    expect((await words.run()).message).toBe('');
    expect(words.read('data-out/report.txt')).toBe(`<${values.text}><><1.5><["x y",2]>`);
  });

  it('runs again for an edited file that it names, for its text and for its parameters, not for other files', async () => {
    const edited = shell('bash {file:tools/extra.sh} {parameters.value} > {outputs.extra}', TABLE, '{ value: 1 }');
    expect((await edited.run()).executed).toEqual(['extra']);
    edited.edit('tools/helper.sh', 'true', 'false');
    expect((await edited.run()).executed).toEqual([]);
    edited.edit('tools/extra.sh', '0.5', '0.75');
    expect(await edited.why('extra')).toMatch(/code tools\/extra\.sh: [0-9a-f]{8} -> [0-9a-f]{8}$/);
    expect((await edited.run()).executed).toEqual(['extra']);
    edited.edit('pipeline.yaml', 'bash', 'sh');
    expect(await edited.why('extra')).toContain('code the command: ');
    expect((await edited.run()).executed).toEqual(['extra']);
    edited.edit('pipeline.yaml', 'value: 1', 'value: 2');
    expect((await edited.run()).executed).toEqual(['extra']);
  });

  it('finds no file of the project that it does not name, not even beside one that it does', async () => {
    const hidden = shell('bash {file:tools/extra.sh} > {outputs.report}', FILE);
    hidden.write({ 'tools/extra.sh': 'ls "$(dirname "$0")" tools data-raw || true\n' });
    await hidden.run();
    expect(hidden.read('data-out/report.txt')).toMatch(/files\/tools:\nextra\.sh\n$/);
  });

  it('that fails is shown with its exit code and the last lines of its errors', async () => {
    const failing = shell('for i in $(seq 30); do echo line $i >&2; done; exit 7 > {outputs.extra}', TABLE);
    const { outcome, message, remedy, events } = await failing.run();
    expect(outcome).toEqual({ ok: false, stage: 'extra' });
    const lines = message.split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'The command failed (exit code 7)',
      '    for i in $(seq 30); do echo line $i >&2; done; exit 7 > {outputs.extra}',
      '',
      '    line 16',
    ]);
    expect(lines.at(-1)).toBe('    line 30');
    expect(remedy).toContain('Correct the command');
    expect(events.at(-1)).toMatchObject({ kind: 'failed', failures: [{ stack: null }] });
  });

  it('fails with any part of a pipe, and for a variable that is not set', async () => {
    expect((await shell('false | cat > {outputs.extra}', TABLE).run()).message).toContain('(exit code 1)');
    expect((await shell('echo $SECRET_OF_TEST > {outputs.extra}', TABLE).run()).message).toContain(
      'SECRET_OF_TEST: unbound variable',
    );
  });

  it('that writes nothing is told so', async () => {
    const { message, remedy } = await shell('true {outputs.extra}', TABLE).run();
    expect(message).toBe('The command wrote no plain file for the output extra');
    expect(remedy).toContain('Write one file to {outputs.extra}');
  });
});

describe('a shell stage in the pipeline file is refused with place and remedy', () => {
  const mistake = (text: string): string => {
    try {
      parsePipeline(text, {
        absolute: '/pipeline.yaml',
        file: 'pipeline.yaml',
        root: '/nowhere',
        exists: (file) => !file.startsWith('missing'),
      });
    } catch (error) {
      if (error instanceof MistakeError) return error.message;
      throw error;
    }
    throw new Error('the pipeline was accepted');
  };

  it.each([
    ['{input.region}', 'unknown placeholder `{input.region}`', 'Did you mean `inputs.region`?'],
    ['{parameters.yaer}', 'unknown placeholder `{parameters.yaer}`', 'Did you mean `parameters.year`?'],
    ['{whatever}', 'unknown placeholder `{whatever}`', 'outputs.extra, parameters.year, file:PATH'],
    ['{file:missing.py}', 'there is no file `missing.py`', 'Create it'],
    ['{file:../x.py}', 'the path `../x.py` leads outside the project', 'without `..`'],
    ['{file:/x.py}', 'the path `/x.py` leads outside the project', 'relative'],
    ['"{parameters.year}"', 'the shell would read a value again', 'they come quoted'],
    ["'{parameters.year}'", 'the shell would read a value again', 'they come quoted'],
    ['`echo {parameters.year}`', 'the shell would read a value again', 'they come quoted'],
    ['${parameters.year}', 'the shell would read a value again', 'they come quoted'],
    ['"$(echo "{parameters.year}")"', 'the shell would read a value again', 'in a script'],
    ['<<END\n{parameters.year}\nEND', 'the shell would read a value again', 'in a script'],
  ])('%s', (part, message, remedy) => {
    const said = mistake(pipelineOf(`cat ${part} > {outputs.extra}`, TABLE, '{ year: 2017 }'));
    expect(said).toMatch(/^pipeline\.yaml:6:9: /);
    expect(said).toContain(message);
    expect(said).toContain(remedy);
  });

  it('with both run and sh, or neither, or an output that it cannot write', () => {
    const good = pipelineOf('true {outputs.extra}', TABLE);
    const both = mistake(good.replace('    inputs:', '    run: stages/extra.ts\n    inputs:'));
    expect(both).toContain('`stages.extra`: it cannot have both `run` and `sh`');
    expect(both).toMatch(/^pipeline\.yaml:5:3: /);
    expect(mistake(good.replace(/ {4}sh: .*\n/, ''))).toContain('it does not say what it runs');
    expect(mistake(pipelineOf('true', TABLE))).toContain('the command does not write `{outputs.extra}`');
    expect(mistake(pipelineOf('true {outputs.m}', 'm: { matrix: true }'))).toContain(
      'a shell command writes tables and files, `m` is a matrix',
    );
  });

  it('leaves the braces of the shell alone, and loses nothing of the command', () => {
    const command = parseCommand(`awk '{print}' {a,b} {1..3} \${HOME} { :; } # '{c}'\n-exec {} \\{x} {file:a}-{b.c}`);
    expect(command.placeholders).toEqual(['file:a', 'b.c']);
    expect(command.unsafe).toEqual([]);
    const text = fc.string({ unit: fc.constantFrom('{a.b}', '{', '}', '"', "'", '\\', '$', '`', '#', ' ', 'x', '<') });
    fc.assert(
      fc.property(text, (written) => {
        const { pieces, placeholders } = parseCommand(written);
        const rebuilt = pieces.map((piece, i) => piece + (i < placeholders.length ? `{${placeholders[i]!}}` : ''));
        expect(rebuilt.join('')).toBe(written);
      }),
    );
  });
});

it('what a command leaves running is ended with it, and cannot write into what is stored', async () => {
  const command =
    '(sleep 1; echo late >> {outputs.report}) > {outputs.report}.log 2>&1 & echo early > {outputs.report}';
  const one = shell(command, FILE);
  expect((await one.run()).outcome).toEqual({ ok: true });
  await sleep(1500);
  const { store } = await one.workshop();
  expect(verifyStored(store).wrong).toEqual([]);
  expect(one.read('data-out/report.txt')).toBe('early\n');
});

it('what has left its group does not outlive the time that the stage is given', async () => {
  const one = shell('setsid sleep 30 & echo early > {outputs.report}; sleep 20', FILE);
  one.edit('pipeline.yaml', '    inputs: [region]', '    inputs: [region]\n    timeout: 1 s');
  const start = performance.now();
  expect((await one.run()).message).toContain('It was ended, since it had not done so by itself within 1');
  expect(performance.now() - start).toBeLessThan(15_000);
});
