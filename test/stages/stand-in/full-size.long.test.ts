import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coefficientBand, requireNonNegative } from '../../../mrio/anais/disaggregation.ts';
import { technicalCoefficients } from '../../../mrio/leontief.ts';
import { factorise, solve } from '../../../mrio/linear-algebra/lu.ts';
import { accountLabels, balance, demandByConsumer, grossOutput, type MrioTable } from '../../../mrio/table.ts';
import emissionsStage from '../../../stages/stand-in-emissions.ts';
import { sources, standInTables, TABLES, type StandInTables } from '../../support/stand-in-tables.ts';
import { declaredOutputs, declaredParameters, testContext, type TestOutputs } from '../../support/stage-context.ts';

const [TRUE_2017, , PROVINCIAL_2017] = TABLES;

let made: StandInTables;
let tables: TestOutputs;
let calibrated: TestOutputs;
let truth: MrioTable;
let base: MrioTable;
let provincial: MrioTable;

beforeAll(async () => {
  made = await standInTables();
  ({ outputs: tables, truth, reference: base, target: provincial } = made);
  calibrated = await testContext({
    inputs: {
      ...sources('region', 'sector', 'emission_prior', 'published', 'city_factor'),
      [TRUE_2017]: made.paths[TRUE_2017],
    },
    outputs: declaredOutputs('stand-in-emissions'),
    parameters: declaredParameters('stand-in-emissions'),
  }).run(emissionsStage);
}, 120_000);

afterAll(() => {
  calibrated.close();
  made.close();
});

/** Rows of a query on the tables that came of the stage, or on its inputs, as texts and numbers. */
async function rowsOf(outputs: TestOutputs, sql: string): Promise<Record<string, string | number | null>[]> {
  const columns = await outputs.query(sql);
  const names = Object.keys(columns);
  const count = columns[names[0]!]!.length;
  return Array.from({ length: count }, (_, k) => Object.fromEntries(names.map((name) => [name, columns[name]![k]!])));
}

const regionOf = (account: number): string => truth.regions[Math.floor(account / truth.sectors.length)]!;

describe('the stand-in tables at full size', () => {
  it('balance in every account to 1e-9', () => {
    for (const table of [truth, base, provincial]) {
      expect(Math.max(...balance(table).relativeDifference)).toBeLessThan(1e-9);
    }
    expect([truth, base, provincial].map(({ regions }) => regions.length)).toEqual([41, 41, 31]);
  });

  it('have every category of final demand, exports and primary inputs, and no negative cell once these are summed', async () => {
    for (const table of TABLES) {
      const absent = await rowsOf(
        tables,
        `SELECT category FROM category ANTI JOIN (SELECT category FROM ${table} WHERE value > 0) USING (category)`,
      );
      expect(absent, table).toEqual([]);
    }
    [truth, base, provincial].forEach((table, t) => {
      requireNonNegative(table, TABLES[t]!);
    });
  });

  it('have the provincial table as the exact aggregation of the true one', async () => {
    const [difference] = await rowsOf(
      tables,
      `WITH
         aggregated AS (
           SELECT category, p.province AS from_region, from_sector, q.province AS to_region, to_sector,
                  sum(value) AS total
           FROM ${TRUE_2017} LEFT JOIN region AS p ON p.code = from_region JOIN region AS q ON q.code = to_region
           GROUP BY ALL)
       SELECT count(*) AS cells, max(abs(total - value) / value) AS worst,
              count(*) FILTER (total IS NULL OR value IS NULL) AS unmatched
       FROM aggregated FULL JOIN ${PROVINCIAL_2017} AS provincial
         ON aggregated.category = provincial.category AND aggregated.to_region = provincial.to_region
           AND aggregated.from_region IS NOT DISTINCT FROM provincial.from_region
           AND aggregated.from_sector IS NOT DISTINCT FROM provincial.from_sector
           AND aggregated.to_sector IS NOT DISTINCT FROM provincial.to_sector`,
    );
    expect(difference!['cells']).toBeGreaterThan(100_000);
    expect(difference!['unmatched']).toBe(0);
    expect(difference!['worst']).toBeLessThan(1e-12);
  });

  it("keep the coefficients of Hebei's cities within the range over the provinces, equation (11)", async () => {
    const { low, high } = coefficientBand(provincial, 0);
    const output = grossOutput(truth);
    const sectors = truth.sectors.length;
    const n = output.length;
    const labels = accountLabels(truth);
    const hebei = (await rowsOf(tables, `SELECT code FROM region WHERE province = 'HE'`)).map(({ code }) => code);
    expect(hebei).toHaveLength(11);
    let coefficients = 0;
    const outside: string[] = [];
    for (let user = 0; user < n; user++) {
      if (!hebei.includes(regionOf(user)) || !(output[user]! > 0)) continue;
      for (let product = 0; product < sectors; product++) {
        let input = 0;
        for (let from = product; from < n; from += sectors) input += truth.intermediate[from * n + user]!;
        const cell = product * sectors + (user % sectors);
        const value = input / output[user]!;
        coefficients++;
        if (value < low[cell]! * (1 - 1e-9) || value > high[cell]! * (1 + 1e-9)) {
          outside.push(`${labels[user]!} uses ${value} of ${truth.sectors[product]!}`);
        }
      }
    }
    expect(coefficients).toBeGreaterThan(6000);
    expect(outside).toEqual([]);
  });

  it('have in 2012 every cell of 2017: ANAIS keeps structural zeros', () => {
    for (const block of ['intermediate', 'finalDemand', 'primaryInput'] as const) {
      const [now, then] = [truth[block], base[block]];
      expect(now.reduce((cells, value) => cells + (value > 0 ? 1 : 0), 0)).toBeGreaterThan(1000);
      expect(
        now.reduce((lost, value, k) => lost + (value > 0 && !(then[k]! > 0) ? 1 : 0), 0),
        block,
      ).toBe(0);
    }
  });

  it('have no output where the location quotient is 0, and output everywhere else', async () => {
    const none = await rowsOf(tables, 'SELECT region, sector FROM specialisation WHERE quotient = 0');
    const labels = new Set(none.map(({ region, sector }) => `${String(region)}.${String(sector)}`));
    expect(labels.size).toBeGreaterThan(20);
    for (const table of [truth, base]) {
      const output = grossOutput(table);
      const without = accountLabels(table).filter((_, k) => !(output[k]! > 0));
      expect(new Set(without)).toEqual(labels);
    }
  });

  it('meet the printed shares of Beijing and Tianjin in the output of metal and equipment', async () => {
    const shares = await rowsOf(
      tables,
      `SELECT from_regions AS city, value,
              (SELECT string_agg(code, ' ') FROM region WHERE in_focus) AS cities, from_sectors AS sectors
       FROM published WHERE measure = 'output share' ORDER BY city`,
    );
    expect(shares.map(({ city }) => city)).toEqual(['BJ', 'TJ']);
    const output = grossOutput(truth);
    for (const { city, value, cities, sectors } of shares) {
      const outputOf = (regions: readonly string[]): number =>
        output.reduce((sum, made, k) => {
          const sector = truth.sectors[k % truth.sectors.length]!;
          const counts = regions.includes(regionOf(k)) && String(sectors).split(' ').includes(String(sector));
          return sum + (counts ? made : 0);
        }, 0);
      expect(outputOf([String(city)]) / outputOf(String(cities).split(' '))).toBeCloseTo(Number(value), 9);
    }
  });
});

describe('the calibrated emissions at full size', () => {
  let accounts: Accounts;

  beforeAll(async () => {
    accounts = await countAccounts();
  });

  it('are whole grams of every account, of 12 to 20 Mt in all, none where nothing is made', async () => {
    const grams = (await rowsOf(calibrated, 'FROM stand_in_emission')).map(({ emission_g }) => Number(emission_g));
    expect(grams).toHaveLength(41 * 26);
    expect(grams.every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(true);
    const megatonnes = grams.reduce((sum, value) => sum + value, 0) / 1e12;
    expect(megatonnes).toBeGreaterThan(12);
    expect(megatonnes).toBeLessThan(20);
    const nowhere = accountLabels(truth).filter((_, k) => accounts.output[k] === 0 && accounts.emissions[k] !== 0);
    expect(nowhere).toEqual([]);
  });

  it('are what energy use and emission factors give, where there are no enterprises', async () => {
    const cells = await rowsOf(
      calibrated,
      `SELECT emission.region, emission.sector, emission_g / 1000 AS kg, energy_tce * kg_per_tce AS computed
       FROM stand_in_emission AS emission JOIN sector ON sector.id = emission.sector AND emissions_from = 'energy use'
       LEFT JOIN stand_in_energy_use USING (region, sector) LEFT JOIN stand_in_emission_factor USING (sector)`,
    );
    expect(cells).toHaveLength(41 * 4);
    for (const { region, sector, kg, computed } of cells) {
      const difference = Math.abs(Number(computed) - Number(kg));
      expect(difference, `${String(region)}.${String(sector)}`).toBeLessThanOrEqual(1e-12 * Number(kg));
    }
  });

  it('record only figures that are printed, each with its distance', async () => {
    const figures = await rowsOf(
      calibrated,
      `SELECT calibration.*, published.value, published.unit AS printed_unit
       FROM calibration LEFT JOIN published USING (statistic)`,
    );
    expect(figures.length).toBeGreaterThan(40);
    for (const { statistic, value, target, reached, relative_residual, unit, printed_unit } of figures) {
      expect(target, String(statistic)).toBe(value);
      expect(unit).toBe(printed_unit);
      const scale = target === 0 ? 1 : Math.abs(Number(target));
      expect(relative_residual).toBeCloseTo((Number(reached) - Number(target)) / scale, 12);
    }
  });

  it("meet Table 1's 13 consumption totals within 1%, counted anew", async () => {
    const { consumption } = accounts;
    const printed = await figuresOf('consumption');
    expect(printed).toHaveLength(13);
    for (const { statistic, value, reached, to_regions } of printed) {
      const counted = consumption(String(to_regions));
      expect(Math.abs(counted / Number(value) - 1), String(statistic)).toBeLessThan(0.01);
      expect(counted / Number(reached), String(statistic)).toBeCloseTo(1, 9);
    }
  });

  it('give the recorded shares, intensities and flows, counted anew', async () => {
    const { emissions, output, flow } = accounts;
    const cities = (await rowsOf(calibrated, 'SELECT code FROM region WHERE in_focus')).map(({ code }) => String(code));
    const list = (text: string | number | null | undefined, otherwise: readonly string[]): readonly string[] =>
      text == null ? otherwise : String(text).split(' ');
    const sectors = truth.sectors.map(String);
    const accountsOf = (regions: readonly string[], products: readonly string[]): number[] =>
      regions.flatMap((region) =>
        products.map((product) => truth.regions.indexOf(region) * sectors.length + sectors.indexOf(product)),
      );
    const sum = (values: Float64Array, accounts: readonly number[]): number =>
      accounts.reduce((total, k) => total + values[k]!, 0);

    const shares = await figuresOf('production share');
    expect(shares.length).toBeGreaterThanOrEqual(3);
    for (const { statistic, reached, from_regions, from_sectors } of shares) {
      const regions = list(from_regions, cities);
      const part = sum(emissions, accountsOf(regions, list(from_sectors, sectors)));
      expect(part / sum(emissions, accountsOf(regions, sectors)) / Number(reached), String(statistic)).toBeCloseTo(
        1,
        9,
      );
    }
    const intensities = await figuresOf('intensity');
    expect(intensities).toHaveLength(3);
    for (const { statistic, reached, from_regions } of intensities) {
      const chosen = accountsOf(list(from_regions, cities), sectors);
      const kilograms = (1000 * sum(emissions, chosen)) / sum(output, chosen);
      expect(kilograms / Number(reached), String(statistic)).toBeCloseTo(1, 9);
    }
    const flows = [...(await figuresOf('flow')), ...(await figuresOf('flow within'))];
    expect(flows.length).toBeGreaterThanOrEqual(8);
    for (const { statistic, reached, from_regions, from_sectors, to_regions, to_sectors } of flows) {
      const users = accountsOf(list(to_regions, cities), list(to_sectors, sectors));
      const tonnes = list(from_regions, cities).reduce((total, region) => {
        const elsewhere = users.filter((k) => regionOf(k) !== region);
        return total + flow(accountsOf([region], list(from_sectors, sectors)), elsewhere);
      }, 0);
      expect(tonnes / Number(reached), String(statistic)).toBeCloseTo(1, 9);
    }
  });
});

const figuresOf = (measure: string): Promise<Record<string, string | number | null>[]> =>
  rowsOf(
    calibrated,
    `SELECT statistic, value, reached, from_regions, from_sectors, to_regions, to_sectors
     FROM published LEFT JOIN calibration USING (statistic) WHERE measure = '${measure}' ORDER BY statistic`,
  );

/** Calibrated emissions in the order of the true table's accounts, t. */
async function emissionsInTonnes(): Promise<Float64Array> {
  const { tonnes } = await calibrated.query(
    `SELECT emission_g / 1e6 AS tonnes FROM stand_in_emission JOIN region ON region.code = region ORDER BY region.id, sector`,
  );
  return tonnes as Float64Array;
}

/** What the emissions of some accounts amount to in the true table: (14) and (15), by the multipliers e'L. */
interface Accounts {
  /** t, n. */
  readonly emissions: Float64Array;
  /** 10,000 CNY, n. */
  readonly output: Float64Array;
  /** Emissions that final demand of a region causes anywhere, t. */
  readonly consumption: (region: string) => number;
  /** Emissions of the suppliers that are embodied in what the users use, t. */
  readonly flow: (suppliers: readonly number[], users: readonly number[]) => number;
}

/** The stage solves with I - A for each user; here its transpose is solved for the suppliers. */
async function countAccounts(): Promise<Accounts> {
  const emissions = await emissionsInTonnes();
  const output = grossOutput(truth);
  const n = output.length;
  const coefficients = technicalCoefficients(truth.intermediate, output, accountLabels(truth));
  const transposed = coefficients.map(
    (_, cell) => (cell % (n + 1) === 0 ? 1 : 0) - coefficients[(cell % n) * n + Math.floor(cell / n)]!,
  );
  const factors = factorise(transposed, n);
  const intensity = emissions.map((tonnes, k) => (output[k]! > 0 ? tonnes / output[k]! : 0));
  const multipliers = solve(factors, intensity, 1);
  const { consumers, values } = demandByConsumer(truth, 'with-region');
  return {
    emissions,
    output,
    consumption: (region) => {
      const column = consumers.indexOf(region);
      return multipliers.reduce(
        (total, multiplier, k) => total + multiplier * values[k * consumers.length + column]!,
        0,
      );
    },
    flow: (suppliers, users) => {
      const direct = new Float64Array(n);
      for (const k of suppliers) direct[k] = intensity[k]!;
      const embodied = solve(factors, direct, 1);
      return users.reduce((total, k) => total + (embodied[k]! - direct[k]!) * output[k]!, 0);
    },
  };
}
