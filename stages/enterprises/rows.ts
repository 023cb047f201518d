import type { StageContext } from '../../runner/stage.ts';

type Value = string | number | null;

/** Rows of a query that has to give `names`: numbers as numbers, NULL as null, all else as text. */
export async function rowsOf<const Name extends string>(
  { query }: Pick<StageContext, 'query'>,
  names: readonly Name[],
  sql: string,
): Promise<Readonly<Record<Name, Value>>[]> {
  const columns = await query(sql);
  const values = names.map((name): Value[] =>
    Array.from<Value, Value>(columns[name]!, (value) => (Number.isNaN(value) ? null : value)),
  );
  return values[0]!.map(
    (_, row) => Object.fromEntries(names.map((name, i) => [name, values[i]![row]!])) as Record<Name, Value>,
  );
}
