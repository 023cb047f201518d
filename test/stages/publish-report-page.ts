import { readFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import type { Origin } from '../../runner/stage.ts';
import { writeReport } from '../../stages/publish/report.ts';
import { declaredOutputs, testContext } from '../support/stage-context.ts';
import { miniature, publishOrigins, writeTables } from './publish-miniature.ts';

/** What is used here of a DOM element. */
export interface Element {
  readonly textContent: string;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
  getAttribute(name: string): string | null;
}

export type Paths = Readonly<Record<string, string>>;

/** Everything upstream of the results, where no file is the user's. */
export const standIn = publishOrigins('absent');

export async function reportOf(inputs: Paths, origins: readonly Origin[] = standIn): Promise<string> {
  const outputs = declaredOutputs('publish').filter(({ name }) => name === 'report');
  const result = await testContext({ inputs, outputs, origins }).run(writeReport);
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
  const usersPage = parse(await reportOf(full, publishOrigins('present')));
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
