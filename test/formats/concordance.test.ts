import { describe, expect, it } from 'vitest';
import { concordanceOf } from '../../formats/concordance.ts';
import type { ListedSector } from '../../formats/listed-sectors.ts';
import type { AccountLabel, OpenTable } from '../../formats/open-table.ts';

const NAMES = ['Farms', 'Mines', 'Mills', 'Roads', 'Shops', 'Schools', 'Banks', 'Parks', 'Ports', 'Clubs', 'Trains'];
const listOf = (list: string, names: readonly string[]): ListedSector[] =>
  names.map((name, s) => ({ list, code: String(s + 1), names: [name], sector: s + 1 }));

const codesOf = (names: readonly string[]): readonly string[] => names.map((_, s) => String(s + 1));

/** A table of one region whose names stand in column B from row 5 on, and above in row 2. */
function tableOf(
  names: readonly string[],
  codes: readonly string[],
  above: readonly string[],
): Parameters<typeof concordanceOf>[0] {
  const rows = names.map((sector, s): AccountLabel => ({ kind: 'account', region: 'North', sector, code: codes[s]! }));
  const place: OpenTable['place'] = (row, column) => `cell ${row} ${column}`;
  const labelPlace: OpenTable['labelPlace'] = (axis, at, of) => {
    const cell = axis === 'column' ? `${'DEFGHIJKLMN'[at]!}2` : `${of === 'name' ? 'B' : 'A'}${at + 5}`;
    return { place: `sheet "S", cell ${cell}`, cell };
  };
  return { rows, columns: rows, place, labelPlace, columnName: (at) => above[at] ?? null };
}
const regions = [{ name: 'North', region: 'N' }];
const lists = [...listOf('eleven', NAMES), ...listOf('two', ['Farms', 'Else'])];
const changed = (changes: Readonly<Record<number, string>>) => NAMES.map((name, s) => changes[s + 1] ?? name);
const meant = (names: readonly string[], codes: readonly string[] = codesOf(names), above: readonly string[] = []) =>
  concordanceOf(tableOf(names, codes, above), regions, lists, 'T');
const sectorsOf = (names: readonly string[], codes: readonly string[], above?: readonly string[]) => {
  const { sector, notices } = meant(names, codes, above);
  return {
    sectors: names.map((name, s) => sector({ kind: 'account', region: 'North', sector: name, code: codes[s]! })),
    notices,
  };
};
const SWAPPED = changed({ 3: 'Roads', 4: 'Mills' });

describe('sectors of a list', () => {
  it('are found by their codes where a name is not known, and that is told', () => {
    const { sector, notices } = meant(changed({ 3: 'Spaceships' }));
    expect(sector({ kind: 'account', region: 'North', sector: 'Spaceships', code: '3' })).toBe(3);
    expect(notices).toEqual(['taken by its code: 3 Spaceships (sheet "S", cell B7), in the list Mills']);
  });

  it.each([
    ['above', SWAPPED],
    ['above, written otherwise', SWAPPED.map((name) => `${name} (all)`)],
    ['above, in another language', SWAPPED.map((_, s) => `Zweig ${s + 1}`)],
    ['no names above', []],
  ])('are found by their names where two are at the codes of each other, the same %s', (_, above) => {
    expect(sectorsOf(SWAPPED, codesOf(SWAPPED), above)).toEqual({
      sectors: [1, 2, 4, 3, 5, 6, 7, 8, 9, 10, 11],
      notices: [
        'taken by its name, with another code than in the list: 3 Roads (sheet "S", cell B7), 4 Mills (sheet "S", cell B8)',
      ],
    });
  });

  it('are found by their names where codes skip a number, however many come after it', () => {
    for (let skipped = 2; skipped <= NAMES.length; skipped++) {
      const codes = NAMES.map((_, s) => String(s + 1 < skipped ? s + 1 : s + 2));
      const { sectors, notices } = sectorsOf(NAMES, codes, NAMES);
      expect(sectors).toEqual(NAMES.map((_, s) => s + 1));
      // The code of the last is none of the list.
      expect(notices).toHaveLength(skipped < NAMES.length ? 1 : 0);
    }
  });

  it('with names at the codes of each other are refused where the header has them otherwise', () => {
    expect(() => meant(SWAPPED, codesOf(SWAPPED), NAMES)).toThrow(
      'T: sheet "S", cell B7 has the name "Roads", which the list eleven has as 4, with the code 3, which is Mills there; above it is "Mills" (F2)',
    );
  });

  it('with names that contradict codes are refused where more than one has no known name', () => {
    const one = changed({ 3: 'Roads', 4: 'Mills', 7: 'Spaceships' });
    expect(sectorsOf(one, codesOf(one)).sectors).toEqual([1, 2, 4, 3, 5, 6, 7, 8, 9, 10, 11]);
    expect(() => meant(changed({ 3: 'Roads', 4: 'Mills', 7: 'Spaceships', 8: 'Gardens' }))).toThrow(
      'T: "7 Spaceships" (sheet "S", cell B11) has no name of the list eleven, and its code does not say what it is, as codes are others than those of the list: sheet "S", cell B7 has the name "Roads"',
    );
  });

  it('are found by their names where codes are those of another list, and that is told', () => {
    const codes = NAMES.map((_, s) => String(NAMES.length - s));
    const { sector, notices } = meant(NAMES, codes);
    expect(sector({ kind: 'account', region: 'North', sector: 'Farms', code: '11' })).toBe(1);
    expect(notices).toHaveLength(1);
    expect(notices![0]).toMatch(
      /^taken by its name, with another code than in the list: 11 Farms \(sheet "S", cell B5\), .* and 5 more$/,
    );
  });

  it('that are those of no list are held against the nearest', () => {
    expect(() => meant(changed({ 3: 'Spaceships' }).filter((name) => name !== 'Roads'))).toThrow(
      'T: its 10 sectors are those of no known list; nearest is eleven, which has 9 of them; missing in the table: 3 Mills, 4 Roads; not in the list: 3 Spaceships',
    );
  });
});
