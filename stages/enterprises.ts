import type { StageContext } from '../runner/stage.ts';
import { stage, StageError } from '../runner/stage.ts';
import { checkedLines, recordLines, repeatedLines } from './enterprises/checks.ts';
import type { ColumnName } from './enterprises/header.ts';
import { COLUMNS, readHeader } from './enterprises/header.ts';
import { firstLine, withPlainText, type NamedFile } from './enterprises/plain-text.ts';

/**
 * Reads the enterprise file line by line. Every line below the header that is not blank becomes either a record or a
 * reject with its reason, so that both together are the lines read. Where several lines have one id, the first that is
 * right by itself is kept. Nothing depends on the number of threads.
 */
export default stage(async (context) => {
  const file: NamedFile = { path: context.inputs['enterprise_file']!, place: context.places['enterprise_file']! };
  const position = await readLines(context, file);
  const total = await countLines(context, file);
  context.progress({ done: 0, total, unit: 'rows' });
  await context.database.run(`
    CREATE TEMP TABLE checked_line AS ${checkedLines('record_line', position)};
    UPDATE checked_line SET reason = 'duplicate id' WHERE line IN (${repeatedLines('checked_line')})`);
  const valid = await requireValidLine(context, file, total);
  context.progress({ done: total, total, unit: 'rows', note: `${total - valid} rejected` });
  await context.writeTable(
    'enterprise_reject',
    'SELECT line, reason, raw FROM checked_line JOIN record_line USING (line) WHERE reason IS NOT NULL',
  );
  await context.database.run('DROP TABLE record_line');
  await context.writeTable(
    'enterprise',
    'SELECT line, id, name, industry, place, region, sector, nox_kg FROM checked_line WHERE reason IS NULL',
  );
});

/** Makes the table record_line (line, raw) of the lines below the header; returns the position of each column. */
async function readLines({ database }: StageContext, file: NamedFile): Promise<Record<ColumnName, number>> {
  return withPlainText(file, async (plain) => {
    const header = await firstLine(plain);
    if (header === null) {
      throw new StageError(
        `${file.place} is empty`,
        `Give it the header ${COLUMNS.join(',')} and a line per enterprise.`,
      );
    }
    const position = readHeader(header.text, file.place);
    await database.run(`CREATE TEMP TABLE record_line AS ${recordLines(plain, header.line)}`);
    return position;
  });
}

async function countLines(context: StageContext, { place }: NamedFile): Promise<number> {
  const { lines } = await context.query('SELECT count(*) AS lines FROM record_line');
  const total = Number(lines![0]);
  if (total === 0) throw new StageError(`${place} has a header but no records`, 'Add a line per enterprise.');
  return total;
}

/** The number of valid lines. A file without any is an error. */
async function requireValidLine(context: StageContext, { place }: NamedFile, total: number): Promise<number> {
  const { reason, lines } = await context.query(`
    SELECT reason, count(*) AS lines FROM checked_line GROUP BY reason ORDER BY lines DESC, reason`);
  const counts = (reason as (string | null)[]).map((text, i) => ({ reason: text, lines: Number(lines![i]) }));
  const valid = counts.find((count) => count.reason === null)?.lines ?? 0;
  if (valid > 0) return valid;
  const frequent = counts.slice(0, 3).map((count) => `${String(count.reason)} (${count.lines})`);
  throw new StageError(
    `${place}: none of its ${total} lines is valid; most frequent: ${frequent.join(', ')}`,
    'Check the columns: id, GB/T 4754-2017 industry code, GB/T 2260 place code, NOx in kg.',
  );
}
