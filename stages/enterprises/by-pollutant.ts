import { sqlName, sqlText } from '../../formats/database.ts';

/** SQL type of a STRUCT with a field for each pollutant. */
export const structType = (pollutants: readonly string[], type: string): string =>
  `STRUCT(${pollutants.map((name) => `${sqlName(name)} ${type}`).join(', ')})`;

/** SQL of a STRUCT with a field for each pollutant. */
export const structOf = (pollutants: readonly string[], sql: (pollutant: string) => string): string =>
  `{${pollutants.map((name) => `${sqlText(name)}: ${sql(name)}`).join(', ')}}`;

/** SQL of what such a STRUCT has for a pollutant. */
export const fieldOf = (struct: string, pollutant: string): string => `${struct}[${sqlText(pollutant)}]`;
