/** Texts, quoted names, dollar quotes and comments of DuckDB's SQL; `e'...'` knows backslashes. */
const TOKEN =
  /(?<quoted>\b[eE]'(?:[^'\\]|\\[^]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?<tag>[A-Za-z_]\w*|)\$[^]*?\$\k<tag>\$)|(?<line>--[^\n\r]*)|(?<block>\/\*)|(?<space>\s+)/y;

/**
 * The script without its comments, and with runs of white space outside quotes cut to one: its meaning, for the cache key.
 * A script that ends inside a quote or comment is returned as it is.
 */
export function withoutComments(sql: string): string {
  let meaning = '';
  for (let at = 0; at < sql.length;) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(sql)?.groups;
    if (groups === undefined) {
      // A quote that nothing closes.
      if (sql[at] === "'" || sql[at] === '"') return sql;
      meaning += sql[at++]!;
      continue;
    }
    const end = groups['block'] === undefined ? TOKEN.lastIndex : endOfBlockComment(sql, at);
    if (end === null) return sql;
    if (groups['quoted'] !== undefined) meaning += groups['quoted'];
    // A line break may join two texts, where a space may not.
    else meaning = joined(meaning, groups['line'] === undefined && !sql.slice(at, end).match(/[\n\r]/) ? ' ' : '\n');
    at = end;
  }
  return meaning.trim();
}

function joined(text: string, space: ' ' | '\n'): string {
  if (text.endsWith('\n') || (text.endsWith(' ') && space === ' ')) return text;
  return (text.endsWith(' ') ? text.slice(0, -1) : text) + space;
}

/** Block comments nest. */
function endOfBlockComment(sql: string, start: number): number | null {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start;
  let depth = 0;
  for (let found = edge.exec(sql); found !== null; found = edge.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return null;
}
