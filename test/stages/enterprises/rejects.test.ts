import { describe, expect, it } from 'vitest';
import { runFolder } from './run-enterprises.ts';

/** Ten lines in two files, four of them faulty. */
const FILES = {
  'a.csv': [
    'id,industry,place,nox_kg',
    'A1,3110,130200,1',
    'A2,3110,130200,x',
    'A3,3110,130200,1',
    'A4,3110,130200',
    'A5,3110,130200,1',
    '',
  ].join('\n'),
  'b.csv': [
    'id;industry;所在地;NOx（吨）',
    'B1;3110;130200;1',
    'B2;3110;桥西区;1',
    'B3;3110;130200;y',
    'B4;3110;130200;1',
    'B5;3110;130200;1',
    '',
  ].join('\n'),
};
const run = (max_rejects: number | null) => runFolder(FILES, { parameters: { max_rejects } });

describe('rejects', () => {
  it('are summed up by reason and column, with the first of each', async () => {
    const { rejects, summary } = await run(null);
    expect(rejects).toEqual([
      { file: 'a.csv', line: 3, column_name: 'nox_kg', reason: 'emission is not a number', raw: 'A2,3110,130200,x' },
      { file: 'a.csv', line: 5, column_name: null, reason: 'missing columns', raw: 'A4,3110,130200' },
      { file: 'b.csv', line: 3, column_name: '所在地', reason: 'ambiguous place', raw: 'B2;3110;桥西区;1' },
      { file: 'b.csv', line: 4, column_name: 'NOx（吨）', reason: 'emission is not a number', raw: 'B3;3110;130200;y' },
    ]);
    expect(summary).toEqual([
      { reason: 'ambiguous place', column_name: '所在地', lines: 1, share: 0.1, example: 'b.csv line 3: 桥西区' },
      {
        reason: 'emission is not a number',
        column_name: 'NOx（吨）',
        lines: 1,
        share: 0.1,
        example: 'b.csv line 4: y',
      },
      { reason: 'emission is not a number', column_name: 'nox_kg', lines: 1, share: 0.1, example: 'a.csv line 3: x' },
      { reason: 'missing columns', column_name: null, lines: 1, share: 0.1, example: 'a.csv line 5: A4,3110,130200' },
    ]);
  });

  it('are told in the log of the run, by how many they are and by what is wrong most often', async () => {
    const { told } = await run(null);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(
      /^FILES: 4 of 10 lines are not used, and are in enterprise_reject; most frequent: emission is not a number \(2, such as/,
    );
    const { told: ofNone } = await runFolder({ 'a.csv': 'id,industry,place,nox_kg\nA1,3110,130200,1\n' });
    expect(ofNone).toEqual([]);
  });

  it('may be as many as max_rejects, or as large a share', async () => {
    expect((await run(4)).rejects).toHaveLength(4);
    expect((await run(0.4)).rejects).toHaveLength(4);
  });

  it.each([
    [3, '3'],
    [0, 'a share of 0'],
    [0.39, 'a share of 0.39'],
    [1, '1'],
  ])('beyond max_rejects: %d fail the stage, and it says which', async (limit, said) => {
    await expect(run(limit)).rejects.toMatchObject({
      name: 'StageError',
      message: expect.stringMatching(
        new RegExp(
          `: 4 of 10 lines are rejected, max_rejects allows ${said}; most frequent: ` +
            'emission is not a number \\(2, such as a\\.csv line 3, column nox_kg\\); ' +
            'ambiguous place \\(1, such as b\\.csv line 3, column 所在地\\); missing columns \\(1, such as a\\.csv line 5\\)$',
        ),
      ) as string,
      remedy: expect.stringContaining('enterprise_reject') as string,
    });
  });
});
