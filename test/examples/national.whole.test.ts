import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseCsvObjects } from 'hucre/csv';
import { beforeAll, describe, expect, it } from 'vitest';
import { runExample, worst, type ExampleRun } from './run-example.ts';

const DATA = resolve(import.meta.dirname, '../../data-raw');
type Cell = Readonly<Record<string, unknown>>;
const cellsOf = (file: string): Cell[] => parseCsvObjects(readFileSync(file, 'utf8')).data;

const blocks = new Map(cellsOf(join(DATA, 'categories.csv')).map(({ category, block }) => [category, block]));
const national = cellsOf(join(DATA, 'national-table.csv'));

let run: ExampleRun;
beforeAll(async () => {
  run = await runExample('national');
}, 120_000);

/** Sums of a year's table by sector, of blocks or of exports; what is negative of final demand counts as an input. */
function marginsOf(cells: readonly Cell[]): Record<'demand' | 'exports' | 'inputs' | 'output', number[]> {
  const sums = (column: string, isCounted: (category: unknown) => boolean): number[] =>
    Array.from({ length: 26 }, (_, s) =>
      cells.reduce(
        (sum, cell) =>
          sum + (Number(cell[column]) === s + 1 && isCounted(cell['category']) ? Number(cell['value']) : 0),
        0,
      ),
    );
  const demand = sums('from_sector', (category) => blocks.get(category) === 'final_demand' && category !== 'export');
  const exports = sums('from_sector', (category) => category === 'export');
  const sales = sums('from_sector', (category) => category === 'intermediate');
  const inputs = sums('to_sector', (category) => blocks.get(category) === 'primary_input');
  return {
    exports,
    demand: demand.map((value) => Math.max(0, value)),
    inputs: inputs.map((value, s) => value + Math.max(0, -demand[s]!)),
    output: sales.map((value, s) => value + Math.max(0, demand[s]!) + exports[s]!),
  };
}

describe('the national table, updated', () => {
  it.each(['2012', '2017'])('is given as data-raw has it, %s', (year) => {
    const given = cellsOf(join(run.folder, `table-${year}/table.csv`));
    const facts = national.filter((cell) => String(cell['year']) === year);
    expect(marginsOf(given)).toEqual(marginsOf(facts));
    const deliveries = (cells: readonly Cell[]): string[] =>
      cells
        .filter(({ category, value }) => category === 'intermediate' && Number(value) !== 0)
        .map(({ from_sector, to_sector, value }) => `${String(from_sector)} ${String(to_sector)} ${String(value)}`);
    expect(deliveries(given)).toEqual(deliveries(facts));
  });

  it('meets the totals of 2017, with final demand and exports as they are', async () => {
    const margins = marginsOf(national.filter((cell) => String(cell['year']) === '2017'));
    const bySector = (sql: string) => run.numbers(`${sql} ORDER BY sector`);
    expect(worst(await bySector('SELECT value, sector FROM gross_output'), margins.output)).toBeLessThan(1e-9);
    expect(worst(await bySector('SELECT value, sector FROM primary_input'), margins.inputs)).toBeLessThan(1e-9);
    const demand = (consumer: string) =>
      bySector(`SELECT value, from_sector AS sector FROM final_demand WHERE to_region = '${consumer}'`);
    expect(await demand('CN')).toEqual(margins.demand);
    expect(await demand('export')).toEqual(margins.exports);
    const columns = await run.numbers(`
      SELECT sum(mrio.value) + any_value(primary_input.value) FROM mrio JOIN primary_input ON sector = to_sector
      GROUP BY to_sector ORDER BY to_sector`);
    expect(worst(columns, margins.output)).toBeLessThan(1e-9);
  });

  it('is proven, and an estimate: nearer to the table of 2017 than that of 2012, and not it', async () => {
    expect(await run.numbers('SELECT count(*) FROM anais_certificate WHERE abs(relative_gap) < 1e-6')).toEqual([2]);
    const deliveries = (year: string) => {
      const values = new Float64Array(26 * 26);
      for (const { year: of, category, from_sector, to_sector, value } of national) {
        if (String(of) !== year || category !== 'intermediate') continue;
        values[(Number(from_sector) - 1) * 26 + Number(to_sector) - 1] = Number(value);
      }
      return values;
    };
    const truth = deliveries('2017');
    const estimate = await run.numbers('SELECT value FROM mrio ORDER BY from_sector, to_sector');
    const error = (values: ArrayLike<number>): number =>
      truth.reduce((sum, value, k) => sum + Math.abs(values[k]! - value), 0) /
      truth.reduce((sum, value) => sum + value, 0);
    expect(error(estimate)).toBeGreaterThan(0.01);
    expect(error(estimate)).toBeLessThan(error(deliveries('2012')));
  });
});
