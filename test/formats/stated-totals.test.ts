import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { inspectionOf, type Inspection, type Known } from '../../formats/inspect.ts';
import { openLabelledSheet } from '../../formats/labelled-sheet.ts';
import { readTable, requireAsStated } from '../../formats/read-table.ts';
import { shownApart } from '../../formats/shown-numbers.ts';

const folder = mkdtempSync(join(inject('sharedFolder'), 'stated-'));
const IN_ONE = { list: '', region: () => 'N', sector: () => 1 };
const AXES = { regions: ['N'], sectors: [1] };

/** One region of two sectors in balance, and every total that is known. */
const TABLE = `,,North,,,,,,,
,,01,02,TIU,FU101,EX,TFU,ERR,GO
North,01,10,20,30,60,7,67,3,100
North,02,30,40,70,115,20,135,-5,200
,IM,5,40,,,,,,
,TII,45,100,,,,,,
,VA001,25,70,,,,,,
,VA002,30,30,,,,,,
,TVA,55,100,,,,,,
,TI,100,200,,,,,,
`;
let count = 0;
/** The table with one text in the place of another. */
async function open(...changes: readonly (readonly [string, string])[]) {
  let text = TABLE;
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  const path = join(folder, `table-${count++}.csv`);
  writeFileSync(path, text);
  return openLabelledSheet(path, 'user/table.csv');
}

async function refusal(...changes: readonly (readonly [string, string])[]): Promise<string | null> {
  const { accounts } = await readTable(await open(...changes), AXES, IN_ONE);
  try {
    requireAsStated(accounts, 1e-6, 'user');
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('totals that a table states', () => {
  it.each([
    ['20,30,60', '20,31,60', 'row of North 01: 30, stated 31 as Intermediate use (table.csv, cell E3)'],
    ['7,67,3', '7,68,3', 'row of North 01: 67, stated 68 as Final use (table.csv, cell H3)'],
    ['-5,200', '-5,201', 'row of North 02: 200, stated 201 as Gross output (table.csv, cell J4)'],
    ['TII,45', 'TII,44', 'column of North 01: 45, stated 44 as Intermediate input (table.csv, cell C6)'],
    ['TVA,55,100', 'TVA,55,101', 'column of North 02: 100, stated 101 as Value added (table.csv, cell D9)'],
    ['TI,100', 'TI,99', 'column of North 01: 100, stated 99 as Gross input (table.csv, cell C10)'],
  ])('have to be what the cells add up to: %s is not %s', async (from, to, said) => {
    expect(await refusal()).toBeNull();
    expect(await refusal([from, to])).toBe(`user: 1 of its totals is not what its cells add up to: ${said}`);
  });

  it('may hold imports, exports and discrepancies, or not', async () => {
    expect(await refusal(['TII,45,100', 'TII,40,60'])).toBeNull();
    expect(await refusal(['TVA,55,100', 'TVA,60,140'])).toBeNull();
    for (const [first, second] of [
      [60, 115],
      [63, 110],
      [70, 130],
    ])
      expect(await refusal(['7,67,3', `7,${first},3`], ['20,135,-5', `20,${second},-5`])).toBeNull();
  });

  it('hold the same for all accounts of a table', async () => {
    expect(await refusal(['7,67,3', '7,60,3'], ['20,135,-5', '20,130,-5'])).toMatch(/^user: \d of its totals/);
  });

  it('of a part are as exact as the whole is: a part may be all but nothing', async () => {
    const rounded = ['01,10,20,30,60,7,67,3', '01,0.00004,0.00003,0,89.99993,7,97,3'] as const;
    const rest = (input: string) => [['TII,45,100', 'TII,,'], ['TI,100,200', `TI,${input}`]] as const; // prettier-ignore
    expect(await refusal(rounded, ...rest('90.00004,180.00003'))).toBeNull();
    const wrong = ['01,10,20,30,60,7,67,3', '01,0.0004,0.0003,0,89.9993,7,97,3'] as const;
    expect(await refusal(wrong, ...rest('90.0004,180.0003'))).toMatch(/^user: 2 of its totals are/);
  });

  it('are not compared where they are empty, or where there are two of a kind', async () => {
    expect(await refusal(['20,30,60', '20,,60'], ['TVA,55,100', 'TVA,,'])).toBeNull();
    const two = [['VA002,30,30', 'TII,30,30'], ['TVA,55,100', 'TVA,25,70'], ['TI,100,200', 'TI,70,170']] as const; // prettier-ignore
    expect(await refusal(...two)).toBeNull();
  });

  it('are one error with the cells: the totals of its row and its column say otherwise', async () => {
    expect(await refusal(['01,10,', '01,11,'])).toMatch(/^user: 4 of its totals are not .* Intermediate use .* Gross/);
  });
});

it('two numbers are shown with the digits that tell them apart', () => {
  expect(shownApart(5744056.405413227, 5800000.125)).toEqual(['5744056', '5800000']);
  expect(shownApart(69938742.5326734, 69938742.54)).toEqual(['69938742.5327', '69938742.54']);
  expect(shownApart(0.1, 0.1)).toEqual(['0.1', '0.1']);
  expect(shownApart(0, 0)).toEqual(['0', '0']);
  expect(shownApart(1, 0)).toEqual(['1', '0']);
});

describe('what is said of a table before a run', () => {
  const KNOWN: Known = {
    regions: [{ name: 'North', region: 'N' }],
    lists: ['Farms', 'Mines'].map((name, s) => ({ list: 'two', code: `0${s + 1}`, names: [name], sector: s + 1 })),
  };
  const inspect = async (
    changes: readonly (readonly [string, string])[],
    known: Partial<Known> = {},
    tolerances: Parameters<typeof inspectionOf>[3] = { stated: 1e-6, balance: 1e-6 },
  ): Promise<Inspection> => inspectionOf(await open(...changes), 'table.csv', { ...KNOWN, ...known }, tolerances);

  it('names the totals that were compared, and for how many accounts', async () => {
    const { lines, refused } = await inspect([['40,70,115', '40,,115']]);
    expect(refused).toEqual([]);
    expect(lines).toContain(
      '  rows against their stated totals: equal (Intermediate use: 1 of 2, Final use, Gross output)',
    );
    expect(lines).toContain(
      '  columns against their stated totals: equal (Intermediate input, Value added, Gross input)',
    );
  });

  it('names totals that are not compared', async () => {
    const { lines } = await inspect([['VA002,30,30', 'TII,30,30']]);
    expect(lines.join('\n')).toContain('2 that only state totals, not compared (Intermediate input)');
  });

  it('says which totals are apart', async () => {
    const { lines } = await inspect([['20,30,60', '20,31,60']]);
    expect(lines).toContain('  rows against their stated totals: at most 1.00% apart, the worst 1: (Intermediate use, Final use, Gross output)'); // prettier-ignore
    expect(lines).toContain('       1.00%  North 01: 30 and 31 (Intermediate use)');
  });

  it.each([
    ['a region that is not known', [], { regions: [] }, ['regions or sectors that it does not know']],
    ['sectors of no list', [], { lists: [] }, ['regions or sectors that it does not know']],
    ['a region too few', [], { levels: [['N', 'S']] }, ['that regions are missing']],
    ['a stated total', [['TVA,55', 'TVA,56']], {}, ['totals that cells do not add up to (stated_tolerance 0.000001)']],
    [
      'rows and columns that differ',
      [
        ['VA001,25', 'VA001,26'],
        ['TVA,55', 'TVA,56'],
        ['TI,100', 'TI,101'],
      ],
      {},
      ['rows that differ from their columns (balance_tolerance 0.000001)'],
    ],
    [
      'negative deliveries',
      [
        ['01,10,20,30,60', '01,-10,20,10,80'],
        ['7,67,3', '7,87,3'],
        ['45,', '25,'],
        ['VA001,25', 'VA001,45'],
        ['TVA,55', 'TVA,75'],
      ],
      {},
      ['negative deliveries'],
    ],
  ] as const)('says that a run refuses it for %s', async (_, changes, known, refused) => {
    const found = await inspect(changes, known);
    expect(found.refused).toEqual(refused);
    expect(found.lines.at(-1)).toBe(`  a run refuses ${refused.join(', ')}`);
    // All the same, everything is said.
    expect(found.lines.filter((line) => line.includes('against'))).toHaveLength(3);
  });

  it('is refused for no difference where no tolerance is known', async () => {
    const changes = [['VA001,25', 'VA001,26']] as const;
    expect((await inspect(changes, {}, { stated: null, balance: null })).refused).toEqual([]);
    expect((await inspect(changes, {}, { stated: 0.1, balance: 0.1 })).refused).toEqual([]);
    expect((await inspect(changes)).refused).toHaveLength(2);
  });
});
