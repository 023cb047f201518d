import { readFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import { expect } from 'vitest';
import type { Origin, Parameter } from '../../../runner/stage.ts';
import { writeReport } from '../../../stages/report/page.ts';
import { declaredOutputs, declaredParameters, testContext, type TestInput } from '../../support/stage-context.ts';
import { miniature, writeTables } from './miniature.ts';
import { reportOrigins } from './origins.ts';

/** What is used here of a DOM element. */
export interface Element {
  readonly textContent: string;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
  getAttribute(name: string): string | null;
}

export type Paths = Readonly<Record<string, string>>;

/** Everything upstream of the results, where no file is the user's. */
export const standIn = reportOrigins('absent');

type Parameters = Readonly<Record<string, Parameter>>;

export async function reportOf(
  inputs: Readonly<Record<string, TestInput>>,
  origins: readonly Origin[] = standIn,
  parameters: Parameters = declaredParameters('report'),
): Promise<string> {
  const result = await testContext({ inputs, parameters, outputs: declaredOutputs('report'), origins }).run(
    writeReport,
  );
  const text = readFileSync(result.path('report'), 'utf8');
  result.close();
  return text;
}

/** The miniature as files, the same tables without rows, and its report. */
export interface MiniatureReport {
  readonly full: Paths;
  readonly empty: Paths;
  readonly text: string;
  readonly page: Element;
  /** The same results where all files are the user's. */
  readonly usersPage: Element;
}

export async function miniatureReport(): Promise<MiniatureReport> {
  const full = await writeTables(miniature);
  const empty = await writeTables(Object.fromEntries(Object.keys(miniature).map((name) => [name, []])));
  const text = await reportOf(full);
  const usersPage = parse(await reportOf(full, reportOrigins('present')));
  return { full, empty, text, page: parse(text), usersPage };
}

export const parse = (text: string): Element => (parseHTML(text) as unknown as { document: Element }).document;
export const all = (within: Element, selector: string): Element[] => [...within.querySelectorAll(selector)];
export const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** Cells of the row with this heading, in the section with this id. */
export function row(page: Element, section: string, heading: string): string[] {
  const found = all(page.querySelector(`#${section}`)!, 'tr').find((tr) =>
    plain(tr.querySelector('th')?.textContent ?? '').startsWith(heading),
  );
  return all(found!, 'td').map((cell) => plain(cell.textContent));
}

/** Nothing that is missing may show as a word of the program. */
export function expectNoStrayWords(report: string): void {
  const shown = `${parse(report).querySelector('body')!.textContent} ${attributes(report)}`;
  expect(shown).not.toMatch(/\b(NaN|undefined|null|Infinity|\[object)\b/);
}

const attributes = (report: string): string => (report.match(/(?<==")[^"]*/g) ?? []).join(' ');

/** Elements without an end tag, of those that are used. */
const VOID = new Set(['meta', 'wbr']);

/** Tags that are not closed, or closed out of turn. */
export function unclosed(report: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const body = report.replaceAll(/<style>.*?<\/style>/gs, '').replace(/^<!doctype html>/, '');
  for (const [, end, name = '', empty] of body.matchAll(/<(\/?)([a-zA-Z][\w-]*)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (end === '' && empty === '' && !VOID.has(name)) open.push(name);
    if (end === '/' && open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

/** A page without stray words, whose tags are closed, ids unique and links right, numbered in its order. */
export function expectValid(report: string): Element {
  expectNoStrayWords(report);
  expect(unclosed(report)).toEqual([]);
  const page = parse(report);
  const ids = all(page, '[id]').map((element) => element.getAttribute('id'));
  expect(new Set(ids).size).toBe(ids.length);
  for (const link of all(page, 'a')) expect(ids).toContain(link.getAttribute('href')!.slice(1));
  for (const [kind, of] of [
    ['Table', 'caption'],
    ['Figure', 'figcaption'],
  ] as const) {
    const begun = all(page, of).map(({ textContent }) => plain(textContent).split('.')[0]);
    expect(begun).toEqual(begun.map((_, i) => `${kind} ${i + 1}`));
  }
  return page;
}

/** Titles of the sections, in their order. */
export const titles = (page: Element): string[] => all(page, 'h2').map(({ textContent }) => plain(textContent));

/** Ids of the sections, in their order. */
export const sectionIds = (page: Element): string[] =>
  all(page, 'section').map((section) => section.getAttribute('id')!);
