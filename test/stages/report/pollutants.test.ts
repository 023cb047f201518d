import { beforeAll, describe, expect, it } from 'vitest';
import { declaredParameters } from '../../support/stage-context.ts';
import { miniature, writeTables, type Tables } from './miniature.ts';
import {
  all,
  expectValid,
  parse,
  plain,
  reportOf,
  sectionIds,
  standIn,
  titles,
  type Element,
  type Paths,
} from './report-page.ts';

/** A name that has to be escaped in text, in attributes and in ids. It comes after NOx. */
const SECOND = 'SO₂ & "SO₃"';

/** What is measured, in the columns of all tables. */
const AMOUNT = /_(t|kg)$|^kg_per_output$/;

/** The miniature with a second pollutant, a tenth of the first everywhere. */
const two: Tables = Object.fromEntries(
  Object.entries(miniature).map(([name, rows]) => {
    const tenth = rows
      .filter((row) => 'pollutant' in row)
      .map((row) => Object.entries({ ...row, pollutant: SECOND }).map(([column, value]) => scaled(column, value)))
      .map((columns) => Object.fromEntries(columns));
    // The second comes first in the file: the page has them by name.
    return [name, [...tenth, ...rows]];
  }),
);

function scaled(column: string, value: string | number | boolean | null) {
  return [column, AMOUNT.test(column) && typeof value === 'number' ? value / 10 : value] as const;
}

let paths: Paths;
let page: Element;
let text: string;
beforeAll(async () => {
  paths = await writeTables({
    ...two,
    balance: [
      ...miniature['balance']!,
      {
        table: 'mrio',
        measure: `${SECOND}: emissions`,
        value: 53400,
        unit: 't',
        most: null,
        verdict: null,
        places: null,
      },
    ],
  });
  text = await reportOf(paths);
  page = parse(text);
}, 60_000);

const captions = (of: string): string[] =>
  all(page, `${of} caption, ${of} figcaption`).map(({ textContent }) => plain(textContent));

const byId = (within: Element, id: string): Element =>
  all(within, 'section').find((section) => section.getAttribute('id') === id)!;

/** Cells of the first row with this heading in a section. */
const cells = (id: string, heading: string): string[] =>
  all(byId(page, id), 'tr')
    .filter((line) => plain(line.querySelector('th')?.textContent ?? '') === heading)
    .slice(0, 1)
    .flatMap((line) => all(line, 'td').map(({ textContent }) => plain(textContent)));

const id = (section: string): string => `${section}-${encodeURIComponent(SECOND)}`;

describe('the report of two pollutants', () => {
  it('is valid, with unique ids, and numbered in the order of the page', () => {
    expectValid(text);
    expect(all(page, 'caption').length).toBeGreaterThan(11);
    expect(all(page, 'figcaption')).toHaveLength(12);
  });

  it('has the sections on emissions for each, by name, and says so in their titles', () => {
    const on = ['Production against consumption', 'Emission intensity', 'Networks between the cities'];
    const each = [...on, 'Main suppliers and consumers'];
    const emissions = ['NOx', SECOND].flatMap((name) => each.map((title) => `${name}: ${title}`));
    expect(titles(page).slice(2, 10)).toEqual(emissions);
    expect(titles(page).filter((title) => each.some((known) => title.endsWith(known)))).toEqual(emissions);
    expect(sectionIds(page)).toEqual([
      'factors',
      ...['accounts-NOx', 'intensity-NOx', 'networks-NOx', 'provinces-NOx'],
      ...['accounts', 'intensity', 'networks', 'provinces'].map(id),
      ...['comparison', 'certificate', 'methods', 'records', 'provenance'],
    ]);
  });

  it('names the pollutant in each caption, and in what is said of each drawing', () => {
    for (const section of ['accounts', 'intensity', 'networks', 'provinces']) {
      for (const [name, sectionId] of [
        ['NOx', `${section}-NOx`],
        [SECOND, id(section)],
      ] as const) {
        const within = byId(page, sectionId);
        const said = all(within, 'caption p, figcaption p').map(({ textContent }) => textContent);
        const drawn = all(within, 'svg').map((drawing) => drawing.getAttribute('aria-label')!);
        expect(said.length).toBeGreaterThan(0);
        for (const words of said) expect(words).toContain(name);
        for (const words of drawn.map((label) => parse(`<p>${label}</p>`).querySelector('p')!.textContent)) {
          expect(words).toContain(name);
        }
        const other = name === 'NOx' ? 'SO₂' : 'NOx';
        expect(within.textContent).not.toContain(other);
      }
    }
  });

  it('shows the numbers of each', () => {
    const first = ['100,000', '250,000', '−150,000', '500.25', 'consumer-oriented'];
    expect(cells('accounts-NOx', 'Beijing')).toEqual(first);
    expect(cells(id('accounts'), 'Beijing')).toEqual(['10,000', '25,000', '−15,000', '50.03', 'consumer-oriented']);
    const totals = all(page, 'tr.group').map(({ textContent }) => plain(textContent));
    expect(totals).toContain('Construction 100 t between all cities');
    expect(totals).toContain('Construction 10 t between all cities');
    const drawings = all(byId(page, id('provinces')), 'svg');
    // 41,000 t and 1,500 t of the first.
    expect(drawings[0]!.textContent).toMatch(/Shanxi.*4\.3/s);
    expect(all(byId(page, id('accounts')), 'svg title').map(({ textContent }) => plain(textContent))).toContain(
      'Beijing, production: metal 9.9 thousand t',
    );
  });

  it('answers for each', () => {
    const answers = all(page, '.answer').map(({ textContent }) => plain(textContent));
    expect(answers).toHaveLength(7);
    expect(answers[0]).toMatch(
      /^In the stand-in economy, the 3 cities .* emitted 400,000 t of NOx in 2017; .*120,000 t/,
    );
    expect(answers[3]).toMatch(/^There, the 3 cities .* emitted 40,000 t of SO₂ & "SO₃" in 2017; .*12,000 t \(24%\)/);
    expect(answers[4]).toContain('of the production-based emissions of SO₂ & "SO₃"');
    expect(answers[5]).toMatch(/^There, 75% of the SO₂ & "SO₃" that flows between the cities/);
  });

  it('compares the printed pollutant alone, and refers to its tables', async () => {
    const number = captions('#comparison')[0]!.split('.')[0]!;
    expect(number).toBe('Table 6');
    const compared = `${number} calls a small difference balanced`;
    expect(captions('#accounts-NOx')[1]).toContain(compared);
    expect(byId(page, id('accounts')).textContent).not.toContain('calls a small difference');
    expect(captions('#comparison')[0]).toContain('Every figure that the study prints on NOx,');
    expect(page.querySelector('#comparison .notes')!.textContent).toContain('Table 2 goes by the sign alone');
    expect(plain(page.querySelector('.answer strong')!.textContent)).toBe('Evidence');

    const parameters = { ...declaredParameters('report'), printed_pollutant: SECOND };
    const other = expectValid(await reportOf(paths, standIn, parameters));
    expect(other.querySelector('#comparison .notes')!.textContent).toContain('Table 4 goes by the sign alone');
    expect(byId(other, 'factors').textContent).toContain(SECOND);
    // The sample is that of the stage correlation, whatever the page is told.
    const consumption = all(byId(page, 'factors'), 'tbody tr').map((line) =>
      plain(all(line, 'td').at(-2)!.textContent),
    );
    expect(consumption).toEqual(['250,000', '150,000', '100,000']);
  });

  it('refuses printed figures of which it is not said what they are of', async () => {
    const { printed_pollutant: _, ...parameters } = declaredParameters('report');
    await expect(reportOf(paths, standIn, parameters)).rejects.toThrow(
      `printed_pollutant, and there are NOx, ${SECOND}`,
    );
  });

  it('adds up the records of each, and certifies each', () => {
    const records = captions('#records');
    expect(records[0]).toContain('400,000 t of NOx and 40,000 t of SO₂ & "SO₃".');
    expect(cells('records', 'NOx: emissions')).toEqual(['', '', '534,000', '', '']);
    expect(cells('records', `${SECOND}: emissions`)).toEqual(['', '', '53,400', '', '']);
  });
});
