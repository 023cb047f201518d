import { sqlText } from '../../formats/database.ts';
import { StageError, type StageContext } from '../../runner/stage.ts';
import { fieldOf } from './by-pollutant.ts';
import { rows } from '../rows.ts';
import { PLAIN_COLUMNS, type EnterpriseOptions } from './parameters.ts';

/** How many lines there are, and how many of them were rejected. */
export interface Count {
  readonly lines: number;
  readonly rejects: number;
}

/** A value of an example is cut where it is longer. */
const LONGEST_VALUE = 60;

/**
 * Writes enterprise_reject and its summary from the tables checked_line, record, record_source and record_column; a stage
 * that fails over them keeps them.
 */
export async function writeRejects(context: StageContext, pollutants: readonly string[]): Promise<Count> {
  const { database, query } = context;
  const values = [
    ...PLAIN_COLUMNS.map((column) => `WHEN ${sqlText(column)} THEN record.${column}`),
    ...pollutants.map((name) => `WHEN ${sqlText(name)} THEN ${fieldOf('amount', name)}`),
  ];
  await database.run(`
    CREATE TEMP TABLE reject AS
    SELECT position, file, line, header AS column_name, reason, raw,
      left(CASE own_name ${values.join(' ')} ELSE raw END, ${LONGEST_VALUE}) AS value
    FROM checked_line
    JOIN record USING (source, line)
    JOIN record_source USING (source)
    LEFT JOIN record_column USING (source, own_name)
    WHERE reason IS NOT NULL`);
  await context.writeTable('enterprise_reject', 'SELECT file, line, column_name, reason, raw FROM reject');
  await context.writeTable(
    'enterprise_reject_summary',
    `SELECT reason, column_name, count(*) AS lines, count(*) / (SELECT count(*) FROM checked_line) AS share,
      arg_min(format('{} line {}: {}', file, line, value), position) AS example
    FROM reject GROUP BY reason, column_name`,
  );
  const { lines, rejects } = await query(`
    SELECT count(*) AS lines, count(reason) AS rejects FROM checked_line`);
  return { lines: Number(lines![0]), rejects: Number(rejects![0]) };
}

/**
 * @param place what errors call the file or the folder
 * @throws StageError if no line is valid, or if more are rejected than may be
 */
export async function requireEnoughValid(
  context: StageContext,
  place: string,
  { lines, rejects }: Count,
  { maxRejects, pollutants }: EnterpriseOptions,
): Promise<void> {
  if (rejects === lines) {
    throw new StageError(
      `${place}: none of its ${lines} lines is valid; most frequent: ${(await frequent(context)).join('; ')}`,
      `Check the columns: id, GB/T 4754 industry code, GB/T 2260 place code or name, ${pollutants.join(', ')}. enterprise_reject has every line.`,
    );
  }
  if (maxRejects === null || rejects <= (maxRejects < 1 ? maxRejects * lines : maxRejects)) return;
  const allowed = maxRejects < 1 ? `a share of ${maxRejects}` : String(maxRejects);
  throw new StageError(
    `${place}: ${rejects} of ${lines} lines are rejected, max_rejects allows ${allowed}; most frequent: ${(await frequent(context)).join('; ')}`,
    'Correct the lines that enterprise_reject lists, or raise max_rejects of stage enterprises (null: any number).',
  );
}

/** What is said in the log of a run where lines are not used; null where all are. */
export async function rejectsInWords(
  context: StageContext,
  place: string,
  { lines, rejects }: Count,
): Promise<string | null> {
  if (rejects === 0) return null;
  const most = (await frequent(context)).join('; ');
  return `${place}: ${rejects} of ${lines} lines are not used, and are in enterprise_reject; most frequent: ${most}`;
}

/** The three most frequent reasons, with how many lines have each and the first of them. */
async function frequent(context: StageContext): Promise<string[]> {
  const reasons = await rows(
    context,
    { reason: 'text', lines: 'number', example: 'text' },
    `SELECT reason, count(*) AS lines, arg_min(format('{} line {}{}', file, line,
      coalesce(format(', column {}', column_name), '')), position) AS example
    FROM reject GROUP BY reason ORDER BY lines DESC, reason LIMIT 3`,
  );
  return reasons.map(({ reason, lines, example }) => `${reason} (${lines}, such as ${example})`);
}
