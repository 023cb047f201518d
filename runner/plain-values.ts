/** A map of a pipeline file as YAML gives it: names and values of any kind. */
export type Plain = Readonly<Record<string, unknown>>;

/** A map as it is; anything else, such as a column that is a type only, as one without members. */
export const mapOf = (value: unknown): Plain => (typeof value === 'object' && value !== null ? (value as Plain) : {});

export const membersOf = (map: Plain, field: string): Plain => mapOf(map[field]);

export const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

export const mapValues = <Value>(
  map: Plain,
  change: (value: unknown, name: string) => Value,
): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value, name)]));

export const withoutNulls = (map: Plain): Plain =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null));
