import { cellsOf } from './cells.ts';
import type { Files } from './files.ts';
import type { Key } from './frame.ts';
import { linesOf, type Encoding } from './lines.ts';

/** The lines of a file of labels: cells of text, without the empty ones at the end. */
export async function readLabels(files: Files, name: string, encoding: Encoding = 'utf-8'): Promise<Key[]> {
  const place = `${files.place}/${name}`;
  const labels: Key[] = [];
  for await (const { number, text } of linesOf(files.open(name), place, encoding)) {
    const cells = cellsOf(text, '\t', `${place}, line ${number}`).map((cell) => cell.trim());
    while (cells.length > 0 && cells.at(-1) === '') cells.pop();
    if (cells.length > 0) labels.push(cells);
  }
  return labels;
}

/** The cells of the first line of a file. */
export async function firstCells(files: Files, name: string, separator: string): Promise<string[]> {
  const place = `${files.place}/${name}`;
  for await (const { text } of linesOf(files.open(name), place)) return cellsOf(text, separator, `${place}, line 1`);
  return [];
}
