import type { StageContext } from '../runner/stage.ts';

type Kind = 'text' | 'text or null' | 'number';
type Shape = Readonly<Record<string, Kind>>;
type Value<K extends Kind> = K extends 'number' ? number : K extends 'text' ? string : string | null;
type Row<S extends Shape> = { readonly [name in keyof S]: Value<S[name]> };

/** What of a context is needed to read rows. */
export type Queried = Pick<StageContext, 'query'>;

/** Rows of a query, checked against the kinds named. Numbers that are NULL are NaN. */
export async function rows<const S extends Shape>(context: Queried, shape: S, sql: string): Promise<Row<S>[]> {
  const columns = await context.query(sql);
  const names = Object.keys(shape);
  const read = (name: string, index: number): string | number | null => {
    const value = columns[name]?.[index];
    const kind = shape[name]!;
    if (!isOfKind(value, kind)) throw new TypeError(`${name} is ${String(value)}, not ${kind}: ${sql}`);
    return value;
  };
  return Array.from(
    { length: columns[names[0]!]?.length ?? 0 },
    (_, index) => Object.fromEntries(names.map((name) => [name, read(name, index)])) as Row<S>,
  );
}

function isOfKind(value: string | number | null | undefined, kind: Kind): value is string | number | null {
  if (value === null) return kind === 'text or null';
  return typeof value === (kind === 'number' ? 'number' : 'string');
}

/** Whether tables of these names are among the inputs. */
export const hasInputs = ({ inputs }: StageContext, ...names: readonly string[]): boolean =>
  names.every((name) => name in inputs);

/** The columns of a table. */
export const columnsOf = async (context: StageContext, table: string): Promise<ReadonlySet<string>> =>
  new Set(Object.keys(await context.query(`SELECT * FROM ${table} LIMIT 0`)));
