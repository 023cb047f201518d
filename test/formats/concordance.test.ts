import { describe, expect, it } from 'vitest';
import { concordanceOf, type ListedSector } from '../../formats/concordance.ts';
import type { AccountLabel, OpenTable } from '../../formats/open-table.ts';

const NAMES = ['Farms', 'Mines', 'Mills', 'Roads', 'Shops', 'Schools', 'Banks', 'Parks', 'Ports', 'Clubs', 'Trains'];
const listOf = (list: string, names: readonly string[]): ListedSector[] =>
  names.map((name, s) => ({ list, code: String(s + 1), names: [name], sector: s + 1 }));

const codesOf = (names: readonly string[]): string[] => names.map((_, s) => String(s + 1));

/** A table of one region whose names stand in column B from row 5 on. */
function tableOf(names: readonly string[], codes: readonly string[]): Parameters<typeof concordanceOf>[0] {
  const rows = names.map((sector, s): AccountLabel => ({ kind: 'account', region: 'North', sector, code: codes[s]! }));
  const place: OpenTable['place'] = (row, column) => `cell ${row} ${column}`;
  return { rows, columns: rows, place, labelPlace: (_, at, of) => `${of === 'name' ? 'B' : 'A'}${at + 5}` };
}
const regions = [{ name: 'North', region: 'N' }];
const lists = [...listOf('eleven', NAMES), ...listOf('two', ['Farms', 'Else'])];
const changed = (changes: Readonly<Record<number, string>>) => NAMES.map((name, s) => changes[s + 1] ?? name);
const meant = (names: readonly string[], codes = codesOf(names)) =>
  concordanceOf(tableOf(names, codes), regions, lists, 'T');

describe('sectors of a list', () => {
  it('are found by their codes where a name is not known, and that is told', () => {
    const { sector, notices } = meant(changed({ 3: 'Spaceships' }));
    expect(sector({ kind: 'account', region: 'North', sector: 'Spaceships', code: '3' })).toBe(3);
    expect(notices).toEqual(['taken by its code: 3 Spaceships (B7), in the list Mills']);
  });

  it('with names at the codes of each other are refused where all others agree', () => {
    expect(() => meant(changed({ 3: 'Roads', 4: 'Mills' }))).toThrow(
      'T: B7 has the name "Roads", which the list eleven has as 4, with the code 3, which is Mills there; 2 sectors in all',
    );
  });

  it('are found by their names where codes are those of another list, and that is told', () => {
    const codes = NAMES.map((_, s) => String(NAMES.length - s));
    const { sector, notices } = meant(NAMES, codes);
    expect(sector({ kind: 'account', region: 'North', sector: 'Farms', code: '11' })).toBe(1);
    expect(notices).toHaveLength(1);
    expect(notices![0]).toMatch(
      /^taken by its name, with another code than in the list: 11 Farms \(B5\), .* and 5 more$/,
    );
  });

  it('that are those of no list are held against the nearest', () => {
    expect(() => meant(changed({ 3: 'Spaceships' }).filter((name) => name !== 'Roads'))).toThrow(
      'T: its 10 sectors are those of no known list; nearest is eleven, which has 9 of them; missing in the table: 3 Mills, 4 Roads; not in the list: 3 Spaceships',
    );
  });
});
