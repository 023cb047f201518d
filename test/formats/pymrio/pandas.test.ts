import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openPymrioFolder } from '../../../formats/pymrio/folder.ts';
import { tupleParts, tupleText } from '../../../formats/pymrio/python-tuple.ts';
import { writePymrioFolder } from '../../../formats/pymrio/write-folder.ts';
import { pymrioTestSystem } from '../../support/pymrio-test-system.ts';
import { hasPymrioData, NEEDS_PYMRIO, wholeTable } from '../../support/shared-data.ts';
import { smallSystem } from '../small-system.ts';

/** A Python with pandas, if there is one. */
const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import pandas']).status === 0,
);

const folder = mkdtempSync(join(tmpdir(), 'pandas-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(script: string, ...args: string[]): unknown {
  const { status, stdout, stderr } = spawnSync(python!, ['-c', script, ...args], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

// Reads each file by its parameters as pymrio does, and says what it found; numbers to the bit.
const LOAD = `
import json, sys, pandas
folder = sys.argv[1]
found = {}
for name, described in json.load(open(folder + '/file_parameters.json'))['files'].items():
    index, header = (list(range(int(described[key]))) for key in ('nr_index_col', 'nr_header'))
    frame = pandas.read_csv(
        folder + '/' + described['name'], sep='\\t', float_precision='round_trip',
        index_col=0 if index == [0] else index, header=0 if header == [0] else header)
    found[name] = {
        'indexNames': list(frame.index.names), 'index': [list(k) if isinstance(k, tuple) else [k] for k in frame.index],
        'columnNames': list(frame.columns.names),
        'columns': [list(k) if isinstance(k, tuple) else [k] for k in frame.columns],
        'values': [[v if isinstance(v, str) else float(v).hex() for v in row] for row in frame.values.tolist()]}
json.dump(found, sys.stdout)
`;

// Writes each text again as pymrio does, but with all digits.
const SAVE = `
import json, sys, pandas
source, target = sys.argv[1:]
for name, described in json.load(open(source + '/file_parameters.json'))['files'].items():
    index, header = (list(range(int(described[key]))) for key in ('nr_index_col', 'nr_header'))
    pandas.read_csv(
        source + '/' + described['name'], sep='\\t', float_precision='round_trip',
        index_col=0 if index == [0] else index, header=0 if header == [0] else header,
    ).to_csv(target + '/' + described['name'], sep='\\t')
json.dump(None, sys.stdout)
`;

const HEX = `
import json, sys
json.dump([float(v).hex() for v in json.load(open(sys.argv[1]))], sys.stdout)
`;

const TUPLES = `
import ast, json, sys
cases = json.load(open(sys.argv[1]))
json.dump([[str(tuple(parts)), list(ast.literal_eval(text))] for parts, text in cases], sys.stdout)
`;

interface Loaded {
  indexNames: string[];
  index: string[][];
  columnNames: (string | null)[];
  columns: string[][];
  values: string[][];
}

describe.skipIf(python === undefined)('what pandas makes of a written system (needs python3 with pandas)', () => {
  const hex = (values: Float64Array): unknown => {
    const path = join(folder, 'values.json');
    writeFileSync(path, JSON.stringify([...values]));
    return run(HEX, path);
  };
  const { regions, sectors, categories } = smallSystem;
  const accounts = regions.flatMap((region) => sectors.map((sector) => [region, sector]));
  const demand = regions.flatMap((region) => categories.map((category) => [region, category]));

  it('reads names and numbers to the bit', async () => {
    const path = join(folder, 'small');
    await writePymrioFolder(path, smallSystem);
    const found = run(LOAD, path) as Record<string, Loaded>;
    const frames: [string, (string | null)[], string[][], Float64Array][] = [
      ['Z', ['region', 'sector'], accounts, smallSystem.intermediate],
      ['Y', ['region', 'category'], demand, smallSystem.finalDemand],
      ['x', [null], [['indout']], smallSystem.output],
    ];
    for (const [name, columnNames, columns, values] of frames) {
      const { values: rows, ...rest } = found[name]!;
      expect(rest).toEqual({ indexNames: ['region', 'sector'], index: accounts, columnNames, columns });
      expect(rows.flat()).toEqual(hex(values));
    }
    expect(found.unit).toMatchObject({ columns: [['unit']], values: accounts.map(() => ['M.EUR']) });
    const emissions = run(LOAD, join(path, 'emissions')) as Record<string, Loaded>;
    expect(emissions.F).toMatchObject({
      indexNames: ['stressor', 'compartment'],
      index: [
        ['CO2', 'air'],
        ['N', 'water'],
      ],
    });
    expect(emissions.F!.values.flat()).toEqual(hex(smallSystem.extensions[0]!.flows));
    expect(emissions.F_Y!.values.flat()).toEqual(hex(smallSystem.extensions[0]!.finalDemandFlows!));
    const inputs = run(LOAD, join(path, 'factor_inputs')) as Record<string, Loaded>;
    expect(inputs.F).toMatchObject({ indexNames: ['inputtype'], index: [['Value added']] });
  });

  it.skipIf(!hasPymrioData)(`writes a system that is read back to the bit (${NEEDS_PYMRIO})`, async () => {
    const [ours, theirs] = [join(folder, 'test'), join(folder, 'again')];
    const system = await pymrioTestSystem();
    await writePymrioFolder(ours, system);
    await writePymrioFolder(theirs, system);
    for (const part of ['', 'emissions', 'factor_inputs']) run(SAVE, join(ours, part), join(theirs, part));
    expect(readFileSync(join(theirs, 'Z.txt'))).not.toEqual(readFileSync(join(ours, 'Z.txt')));
    const [first, again] = [await openPymrioFolder(ours), await openPymrioFolder(theirs)];
    expect(again.rows).toEqual(first.rows);
    expect(again.columns).toEqual(first.columns);
    expect(await wholeTable(again)).toEqual(await wholeTable(first));
  });

  it('names columns of several levels by the same tuples', () => {
    const letters = [
      "'",
      '"',
      '\\',
      '\n',
      '\t',
      'a',
      'é',
      '京',
      '\u0001',
      '\u0085',
      '\u00A0',
      '\u3000',
      '😀',
      ' ',
      ',',
      ')',
    ];
    const pairs = letters.flatMap((a) => letters.map((b) => [a + b, b + a + b]));
    const cases = [...pairs.map((parts) => [parts, tupleText(parts)])];
    writeFileSync(join(folder, 'tuples.json'), JSON.stringify(cases));
    const answers = run(TUPLES, join(folder, 'tuples.json')) as [string, string[]][];
    expect(answers).toEqual(cases.map(([parts, text]) => [text, parts]));
    for (const parts of pairs) expect(tupleParts(tupleText(parts))).toEqual(parts);
  });
});
