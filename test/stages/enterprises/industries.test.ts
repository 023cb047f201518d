import { readFileSync } from 'node:fs';
import { parseCsv } from 'hucre';
import { describe, expect, it } from 'vitest';
import { findIndustry, type Industries } from '../../../stages/enterprises/industries.ts';
import { projectFile } from '../../data-raw/facts.ts';

const rowsOf = (file: string): string[][] =>
  parseCsv(readFileSync(projectFile(`data-raw/${file}`), 'utf8')).slice(1) as string[][];

const reporting = new Set(rowsOf('sectors.csv').flatMap((row) => (row.at(-1) === 'enterprises' ? [row[0]!] : [])));
const divisions = new Map(
  rowsOf('concordance.csv').map(([division, section, , , sector]) => [
    division!,
    { section: section!, sector: Number(sector), reports: reporting.has(sector!) },
  ]),
);
const moves = new Map(rowsOf('industry-moves.csv').map(([from, to]) => [from!, to!]));
const classNames = new Map(rowsOf('industry-classes.csv').map(([code, name]) => [code!, name!]));
const classes = new Set(classNames.keys());
const edition2017: Industries = { divisions, classes, moves: new Map() };
const edition2011: Industries = { divisions, classes, moves };

const said = (code: string, industries: Industries): string => {
  const found = findIndustry(code, industries);
  return found.reason ?? `${found.digits}: ${found.sector}`;
};

describe('an industry code', () => {
  it.each([
    ['31', '31: 14'],
    ['311', '311: 14'],
    ['3110', '3110: 14'],
    ['C3110', '3110: 14'],
    ['c31', '31: 14'],
    ['D44', '44: 22'],
    ['Ｃ３１１０', '3110: 14'],
    [' 3110 ', '3110: 14'],
    ['3110.0', '3110: 14'],
    ['0610', '0610: 2'],
    // A zero that a spreadsheet took away.
    ['610', '0610: 2'],
    ['6', '06: 2'],
    ['810.0', '0810: 4'],
    ['9', '09: 4'],
    ['690', '0690: 2'],
    ['710', '0710: 3'],
    ['720', '0720: 3'],
    ['939', '0939: 4'],
    ['061', '061: 2'],
    // Groups of services, of which no class of mining has the digits.
    ['611', 'industry outside the sectors with enterprise records'],
    ['619', 'industry outside the sectors with enterprise records'],
    ['831', 'industry outside the sectors with enterprise records'],
    ['841', 'industry outside the sectors with enterprise records'],
    ['910', 'industry outside the sectors with enterprise records'],
    ['61', 'industry outside the sectors with enterprise records'],
    // Groups of services and classes of mining without their zero.
    ['711', 'ambiguous industry'],
    ['721', 'ambiguous industry'],
    ['911', 'ambiguous industry'],
    ['922.0', 'ambiguous industry'],
    ['931', 'ambiguous industry'],
    ['L721', 'industry outside the sectors with enterprise records'],
    ['0721', '0721: 3'],
    ['7210', 'industry outside the sectors with enterprise records'],
    ['B0610', '0610: 2'],
    ['46', '46: 23'],
    ['C', 'industry is only a section'],
    ['D', 'industry is only a section'],
    ['B610', 'unknown industry'],
    ['C44', 'unknown industry'],
    ['5110', 'industry outside the sectors with enterprise records'],
    ['F5110', 'industry outside the sectors with enterprise records'],
    ['9910', 'unknown industry'],
    ['0000', 'unknown industry'],
    ['3', 'unknown industry'],
    ['31101', 'unknown industry'],
    ['', 'unknown industry'],
    ['钢铁', 'unknown industry'],
  ])('%s: %s', (code, expected) => {
    expect(said(code, edition2017)).toBe(expected);
  });

  it.each([
    // Casting went from smelting to metal products; 3130 is rolling in 2017.
    ['3130', '3391: 15', '3130: 14'],
    ['C313', '339: 15', '313: 14'],
    ['3260', '3392: 15', '3260: 14'],
    ['3467', '4050: 20', '3467: 16'],
    ['4042', '3587: 16', '4042: 20'],
    ['4120', '2524: 11', '4120: 21'],
    ['3140', '3140: 14', '3140: 14'],
    ['3610', '3610: 17', '3610: 17'],
  ])('%s of 2011: %s, of 2017: %s', (code, as2011, as2017) => {
    expect(said(code, edition2011)).toBe(as2011);
    expect(said(code, edition2017)).toBe(as2017);
  });

  it('of three digits is mining only if it is a class of mining with a zero before it', () => {
    for (let number = 600; number < 1000; number++) {
      const { reason } = findIndustry(String(number), edition2017);
      const isClass = classes.has(`0${number}`) || number === 710 || number === 720;
      expect(reason === null || reason === 'ambiguous industry', String(number)).toBe(isClass);
    }
  });

  it('moves to a class of 2017, of another sector', () => {
    for (const [from, to, name] of rowsOf('industry-moves.csv')) {
      expect(divisions.get(from!.slice(0, 2))!.sector).not.toBe(divisions.get(to!.slice(0, 2))!.sector);
      if (to!.length === 4) expect(classNames.get(to!)).toBe(name);
      else expect([...classes].some((code) => code.startsWith(to!))).toBe(true);
    }
  });
});
