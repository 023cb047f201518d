import { html, listed, type Markup } from './html.ts';

type Kind = 'Table' | 'Figure';

/**
 * Numbers are not known before the whole page is: until then a mark stands for each. Texts are escaped, so that none of
 * them can hold a mark.
 */
const MARKS = /<(number|reference) of="([^"]*)">/g;

const mark = (element: 'number' | 'reference', kind: Kind, name: string): Markup => ({
  markup: `<${element} of="${kind} ${encodeURIComponent(name)}">`,
});

/** What a caption begins with: the next number of its kind. The name is what references call it. */
export const heading = (kind: Kind, name: string): Markup =>
  html`<strong>${kind} ${mark('number', kind, name)}.</strong>`;

/** `Table 2`, or `Tables 2 and 5`: those of these names, wherever they stand on the page. */
export function reference(kind: Kind, ...names: readonly string[]): Markup {
  const numbers = names.map((name) => mark('reference', kind, name).markup);
  return html`${names.length === 1 ? kind : `${kind}s`} ${{ markup: listed(numbers) }}`;
}

/**
 * The page with tables and figures numbered 1, 2, 3.. in the order in which they stand.
 * @throws Error where a reference is to nothing on the page, or two of a kind have one name
 */
export function numbered({ markup }: Markup): Markup {
  const numbers = new Map<string, number>();
  const last = new Map<string, number>();
  for (const [, element, name = ''] of markup.matchAll(MARKS)) {
    if (element !== 'number') continue;
    if (numbers.has(name)) throw new Error(`there are two of the name ${name}`);
    const kind = name.split(' ')[0]!;
    const next = (last.get(kind) ?? 0) + 1;
    last.set(kind, next);
    numbers.set(name, next);
  }
  return {
    markup: markup.replaceAll(MARKS, (_, __, name: string) => {
      const number = numbers.get(name);
      if (number === undefined) throw new Error(`a reference is to ${name}, which is not on the page`);
      return String(number);
    }),
  };
}
