/** A name for SQL. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text for SQL. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** A value of plain data as an SQL expression: whole numbers as integers, all others as DOUBLE. */
export function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return text(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : `${value}::DOUBLE`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object') throw new TypeError(`${typeof value} has no place in SQL`);
  const fields = Object.entries(value).map(([name, field]) => `${text(name)}: ${literal(field)}`);
  return `{${fields.join(', ')}}`;
}
