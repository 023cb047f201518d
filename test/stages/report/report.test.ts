import { beforeAll, describe, expect, it } from 'vitest';
import { standIns } from '../../../stages/evidence.ts';
import { miniature, writeTables } from './miniature.ts';
import {
  all,
  expectNoStrayWords,
  expectValid,
  miniatureReport,
  parse,
  plain,
  reportOf,
  row,
  standIn,
  unclosed,
  type Element,
  type Paths,
} from './report-page.ts';

let full: Paths;
let empty: Paths;
let text: string;
let page: Element;
let usersPage: Element;
beforeAll(async () => {
  ({ full, empty, text, page, usersPage } = await miniatureReport());
}, 60_000);

describe('the report as a document', () => {
  it('is well-formed', () => {
    expect(unclosed(text)).toEqual([]);
    expect(text.replaceAll(/<style>.*?<\/style>|<[^<>]*>|<!doctype html>/gs, '')).not.toMatch(/[<>]/);
  });

  it('has tables and figures numbered in the order of the page, unique ids and links that lead to them', () => {
    expectValid(text);
    expect(plain(page.querySelector('#accounts caption')!.textContent)).toContain('Table 4 calls a small difference');
    expect(plain(page.querySelector('#comparison caption')!.textContent)).toMatch(/^Table 4\. /);
  });

  it('needs nothing but itself', () => {
    expect(text).not.toMatch(/https?:|<script|<link|<img|@import|url\((?!#)/);
  });

  it('has no stray words', () => {
    expectNoStrayWords(text);
  });

  it('has the same bytes for the same tables', async () => {
    expect(await reportOf(full)).toBe(text);
  });

  it('shows a text as it is', () => {
    expect(page.querySelector('#records')!.textContent).toContain('not a number: <b>');
  });

  it('says what each figure shows to those who cannot see it', () => {
    const drawings = all(page, 'svg');
    expect(drawings).toHaveLength(7);
    for (const drawing of drawings) {
      expect(drawing.getAttribute('role')).toBe('img');
      expect(drawing.getAttribute('aria-label')).toMatch(/\w+ \w+/);
    }
  });

  it('has a caption for each table, and scopes for its headings', () => {
    const tables = all(page, 'table');
    expect(tables).toHaveLength(11);
    for (const table of tables) {
      expect(plain(table.querySelector('caption')!.textContent)).toMatch(/^Table \d+\. \w+/);
      expect(all(table, 'th').every((heading) => heading.getAttribute('scope') !== null)).toBe(true);
      expect(all(table, 'tbody tr').every((line) => line.querySelector('th') !== null)).toBe(true);
    }
  });

  it('has an id only once, and for each link', () => {
    const ids = all(page, '[id]').map((element) => element.getAttribute('id'));
    expect(new Set(ids).size).toBe(ids.length);
    for (const link of all(page, 'a')) expect(ids).toContain(link.getAttribute('href')!.slice(1));
  });
});

describe('the report names its inputs', () => {
  it('names every stand-in that is used in plain sight, before all else', () => {
    const header = page.querySelector('header')!;
    const named = all(header.querySelector('.notice')!, 'code').map((code) => code.textContent);
    const used = standIns(standIn).used.map(({ artifact }) => artifact);
    expect(used.length).toBeGreaterThan(4);
    expect(named).toEqual(used);
    const order = plain(header.textContent);
    expect(order.indexOf('calibration, never evidence')).toBeLessThan(order.indexOf('In the stand-in economy'));
    expect(order.indexOf('calibration, never evidence')).toBeGreaterThan(0);
  });

  it('says what each stand-in is, used or not', () => {
    const listed = all(page.querySelector('#stand-ins')!, 'code').map((code) => code.textContent);
    const generated = standIn.filter(({ evidence }) => evidence === 'stand-in').map(({ artifact }) => artifact);
    expect(generated.length).toBeGreaterThan(5);
    expect(listed.sort()).toEqual(generated.sort());
  });

  it('says that there is none where all files are the user’s', () => {
    const notice = usersPage.querySelector('.notice')!;
    expect(plain(notice.textContent)).toMatch(/^No stand-ins .*Supplied by the user: .*enterprise_file/);
  });

  it('rests the comparison on what the results are made from, not on what labels them', () => {
    const source = (report: Element) => plain(report.querySelector('#comparison .source')!.textContent);
    expect(source(page)).toBe('From comparison · rests on published fact + stand-in');
    expect(source(usersPage)).toBe("From comparison · rests on published fact + user's data");
    expect(row(usersPage, 'provenance', 'comparison')[1]).toBe("published fact + user's data");
  });

  it('says where each artifact comes from, with shortened hashes', () => {
    expect(row(page, 'provenance', 'energy_use')).toEqual([
      standIn.find(({ artifact }) => artifact === 'energy_use')!.description,
      'stand-in',
      '',
      'energy_use s',
    ]);
    expect(all(page.querySelector('#provenance')!, 'tbody tr')).toHaveLength(standIn.length);
  });
});

describe('the report where there is little to show', () => {
  it('is written with no results at all', async () => {
    const { region, sector, category } = full;
    const report = await reportOf({ ...empty, region: region!, sector: sector!, category: category! });
    expectNoStrayWords(report);
    expect(unclosed(report)).toEqual([]);
    expect(all(parse(report), 'svg')).toEqual([]);
    expect(plain(parse(report).querySelector('.answer')!.textContent)).toBe(
      'There are no results for the cities of Beijing-Tianjin-Hebei.',
    );
  });

  const notRead = new Set(
    'category emission mrio primary_input gross_output flow final_demand_flow calibration'.split(' '),
  );
  it.each(Object.keys(miniature).filter((name) => !notRead.has(name)))('is written without %s', async (missing) => {
    const report = await reportOf({ ...full, [missing]: empty[missing]! });
    expectNoStrayWords(report);
    expect(unclosed(report)).toEqual([]);
  });

  it('is written where nobody emits or consumes', async () => {
    const nothing = { production_t: 0, consumption_t: 0, net_inflow_t: 0 };
    const changed = await writeTables({
      sector_account: [],
      consumption: [],
      footprint: [],
      region_balance: miniature['region_balance']!.map((balance) => ({ ...balance, ...nothing })),
      intensity: miniature['intensity']!.map((intensity) => ({ ...intensity, kg_per_output: 0 })),
    });
    const report = await reportOf({ ...full, ...changed });
    expectNoStrayWords(report);
    expect(row(parse(report), 'accounts', 'Tangshan').slice(0, 4)).toEqual(['0', '0', '0', '0.00']);
  });
});
