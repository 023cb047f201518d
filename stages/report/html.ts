/** Text that is HTML already, and is not escaped again. */
export interface Markup {
  readonly markup: string;
}

type Part = string | Markup | readonly Markup[];

/** A template whose values are escaped, unless they are markup themselves. */
export function html(fixed: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return { markup: fixed.map((text, i) => text + (i < values.length ? render(values[i]!) : '')).join('') };
}

export const nothing: Markup = { markup: '' };

function render(part: Part): string {
  if (typeof part === 'string') return escape(part);
  if ('markup' in part) return part.markup;
  return part.map(({ markup }) => markup).join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);

/** Names in a sentence: `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** With a capital at the beginning. */
export const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export interface TableColumn {
  readonly head: string | Markup;
  readonly unit?: string;
  /** Numbers are set flush right. */
  readonly kind: 'text' | 'number';
}

export interface TableBody {
  /** A line above the rows; none: the rows stand by themselves. */
  readonly head?: Markup;
  /** Cells in the order of the columns; the first is the row's heading. */
  readonly rows: readonly (readonly (string | Markup)[])[];
}

export interface TableContent {
  readonly caption: Markup;
  readonly columns: readonly TableColumn[];
  readonly bodies: readonly TableBody[];
  readonly footer?: TableBody['rows'];
}

/** A table with a caption, headings with units, and headings for rows. */
export function table({ caption, columns, bodies, footer = [] }: TableContent): Markup {
  const headings = columns.map(
    ({ head, unit, kind }) =>
      html`<th scope="col" class="${kind}">
        ${head}${unit === undefined ? nothing : html` <span class="unit">${unit}</span>`}
      </th>`,
  );
  const row = (cells: TableBody['rows'][number]): Markup =>
    html`<tr>
      ${cells.map((cell, i) =>
        i === 0
          ? html`<th scope="row" class="${columns[i]!.kind}">${cell}</th>`
          : html`<td class="${columns[i]!.kind}">${cell}</td>`,
      )}
    </tr>`;
  const body = ({ head, rows }: TableBody): Markup =>
    html`<tbody>
      ${
        head === undefined
          ? nothing
          : html`<tr class="group">
              <th scope="rowgroup" colspan="${String(columns.length)}">${head}</th>
            </tr>`
      }
      ${rows.map(row)}
    </tbody>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${headings}
        </tr>
      </thead>
      ${bodies.map(body)}
      ${
        footer.length === 0
          ? nothing
          : html`<tfoot>
              ${footer.map(row)}
            </tfoot>`
      }
    </table>
  </div>`;
}
