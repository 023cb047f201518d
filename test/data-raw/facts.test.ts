import pcorrtest from '@stdlib/stats-pcorrtest';
import { beforeAll, describe, expect, it } from 'vitest';
import { openFacts, type Row } from './facts.ts';

let query: (sql: string) => Promise<Row[]>;
beforeAll(async () => {
  query = await openFacts();
});

const column = async (sql: string): Promise<(Row[string] | undefined)[]> =>
  (await query(sql)).map((row) => Object.values(row)[0]);
const numbers = async (sql: string): Promise<number[]> => (await column(sql)).map(Number);
const number = async (sql: string): Promise<number> => (await numbers(sql))[0] ?? NaN;

describe('regions', () => {
  it('are the 13 cities, in the order of Table 1, and 28 provinces', async () => {
    expect(await column('SELECT code FROM region WHERE in_focus')).toEqual(
      await column('SELECT region FROM city_factor'),
    );
    expect(await query('SELECT kind, in_focus, count(*)::INT AS n FROM region GROUP BY ALL ORDER BY kind')).toEqual([
      { kind: 'city', in_focus: true, n: 13 },
      { kind: 'province', in_focus: false, n: 28 },
    ]);
  });

  it('belong to 31 provinces, eleven cities to Hebei', async () => {
    expect(await number('SELECT count(DISTINCT province) FROM region')).toBe(31);
    expect(await column("SELECT code FROM region WHERE province = 'HE'")).toEqual(
      ['SJZ', 'TS', 'QHD', 'HD', 'XT', 'BD', 'ZJK', 'CD', 'CZ', 'LF', 'HS'], // prettier-ignore
    );
    expect(await column("SELECT code FROM region WHERE province <> 'HE' AND province <> code")).toEqual([]);
  });

  it('are told apart by the leading digits of place codes: every place is in exactly one', async () => {
    const misplaced = await query(`
      SELECT place.code FROM place LEFT JOIN region ON starts_with(place.code, gb2260)
      GROUP BY place.code HAVING count(region.code) <> 1`);
    expect(misplaced).toEqual([]);
    expect(await column('SELECT code FROM region WHERE NOT EXISTS (FROM place WHERE starts_with(place.code, gb2260))')).toEqual([]); // prettier-ignore
  });

  it('lie where they should: Tianjin about 110 km from Beijing, Urumqi about 2,400', async () => {
    const km = (a: string, b: string): Promise<number> =>
      number(`
        SELECT 12742 * asin(sqrt(pow(sin(radians(a.latitude - b.latitude) / 2), 2)
          + cos(radians(a.latitude)) * cos(radians(b.latitude)) * pow(sin(radians(a.longitude - b.longitude) / 2), 2)))
        FROM region a, region b WHERE a.code = '${a}' AND b.code = '${b}'`);
    expect(Math.abs((await km('BJ', 'TJ')) - 109)).toBeLessThan(5);
    expect(Math.abs((await km('BJ', 'XJ')) - 2410)).toBeLessThan(20);
  });
});

describe('sectors', () => {
  it('are 26 in nine groups', async () => {
    expect(await numbers('SELECT id FROM sector')).toEqual(Array.from({ length: 26 }, (_, i) => i + 1));
    expect(await column('SELECT DISTINCT sector_group FROM sector ORDER BY 1')).toEqual([
      'agriculture',
      'construction',
      'energy',
      'equipment manufacturing',
      'metal',
      'nonmetal',
      'other industrial',
      'service',
      'transportation and warehousing',
    ]);
  });

  it('take their emissions from energy use in agriculture, construction, transportation and service', async () => {
    expect(await numbers("SELECT id FROM sector WHERE emissions_from = 'energy use'")).toEqual([1, 24, 25, 26]);
    expect(await number("SELECT count(*) FROM sector WHERE emissions_from = 'enterprises'")).toBe(22);
  });

  it('take up all 97 divisions, and none is without one', async () => {
    expect(await numbers('SELECT division::INT FROM industry')).toEqual(Array.from({ length: 97 }, (_, i) => i + 1));
    expect(await number('SELECT count(DISTINCT sector) FROM industry')).toBe(26);
  });

  it('have enterprise records exactly where their divisions are mining, manufacturing or utilities', async () => {
    const mixed = await query(`
      SELECT division FROM industry JOIN sector ON id = sector
      WHERE (section IN ('B', 'C', 'D')) <> (emissions_from = 'enterprises')`);
    expect(mixed).toEqual([]);
  });

  it('take up every four-digit class, and every industrial division has one', async () => {
    expect(await number('SELECT count(*) FROM industry_class')).toBe(666);
    const orphans = await query(`
      SELECT class, division FROM industry_class FULL JOIN (FROM industry WHERE section IN ('B', 'C', 'D'))
      ON left(class, 2) = division WHERE class IS NULL OR division IS NULL OR length(class) <> 4`);
    expect(orphans).toEqual([]);
  });
});

describe('Table 1', () => {
  it.each([
    ['population_density', 0.797],
    ['land_price_average', 0.906],
    ['land_price_industrial', 0.889],
    ['gdp_per_capita', 0.867],
    ['tertiary_share', 0.503],
  ])('gives r of %s as %f', async (factor, r) => {
    const x = await numbers(`SELECT ${factor} FROM city_factor`);
    const y = await numbers('SELECT printed_consumption_t FROM city_factor');
    expect(x).toHaveLength(13);
    expect(pcorrtest(x, y).pcorr.toFixed(3)).toBe(r.toFixed(3));
  });

  it('gives Beijing and Tianjin 45.94% of consumption-based emissions', async () => {
    const share = await number(`
      SELECT sum(printed_consumption_t) FILTER (region IN ('BJ', 'TJ')) / sum(printed_consumption_t) FROM city_factor`);
    expect((share * 100).toFixed(2)).toBe('45.94');
  });

  it('has the GDP per capita of 2012', async () => {
    const deviations = await numbers(`
      SELECT abs(10000 * gdp_100m_cny / population_10k / gdp_per_capita - 1)
      FROM city_factor JOIN regional_account USING (region) WHERE year = 2012`);
    expect(deviations).toHaveLength(13);
    expect(Math.max(...deviations)).toBeLessThan(0.025);
  });
});

describe('published figures', () => {
  it('repeat the totals of Table 1', async () => {
    const pairs = await query(`
      SELECT value, printed_consumption_t FROM published JOIN city_factor ON statistic = 'consumption_t_' || region`);
    expect(pairs).toHaveLength(13);
    for (const { value, printed_consumption_t } of pairs) expect(value).toBe(printed_consumption_t);
  });

  it('have a coefficient for every factor', async () => {
    expect(await column("SELECT statistic FROM published WHERE kind = 'coefficient'")).toEqual([
      'pearson_gdp_per_capita',
      'pearson_land_price_average',
      'pearson_land_price_industrial',
      'pearson_population_density',
      'pearson_tertiary_share',
    ]);
  });

  it('are of the known kinds, and shares are fractions', async () => {
    expect(await column('SELECT DISTINCT kind FROM published ORDER BY 1')).toEqual(
      ['coefficient', 'count', 'intensity', 'order', 'ratio', 'share', 'total'], // prettier-ignore
    );
    expect(await query("FROM published WHERE kind = 'share' AND (unit <> '1' OR value NOT BETWEEN 0 AND 1)")).toEqual(
      [],
    );
  });

  it('name regions and sectors that exist', async () => {
    const codes = await column(`
      SELECT DISTINCT unnest(regexp_extract_all(statistic, '(?:^|_)([A-Z]{2,3})', 1)) FROM published`);
    expect(codes.length).toBeGreaterThan(13);
    const regions = await column('SELECT code FROM region');
    expect(codes.filter((code) => !regions.includes(code))).toEqual([]);
  });

  it('put the average intensity at 1.45 by Tangshan and Zhangjiakou, not by Handan', async () => {
    const average = (city: string): Promise<number> =>
      number(`
        SELECT i.value / (1 + a.value) FROM published i, published a
        WHERE i.statistic = 'intensity_kg_per_10k_cny_${city}' AND a.statistic = 'intensity_above_average_${city}'`);
    expect((await average('TS')).toFixed(2)).toBe('1.45');
    expect((await average('ZJK')).toFixed(2)).toBe('1.45');
    expect((await average('HD')).toFixed(2)).toBe('1.34');
  });
});

describe('regional accounts', () => {
  it('have both years of every region', async () => {
    expect(await query('SELECT year, count(*)::INT AS n FROM regional_account GROUP BY year ORDER BY year')).toEqual([
      { year: 2012, n: 41 },
      { year: 2017, n: 41 },
    ]);
  });

  it.each([
    [2012, 26_575.0, 0.009, 7288],
    [2017, 34_016.3, 0.058, 7520],
  ])('of %i bring the GDP of cities above that of Hebei as the note says', async (year, gdp, above, population) => {
    const hebei = `FROM regional_account JOIN region ON code = region WHERE province = 'HE' AND year = ${year}`;
    expect((await number(`SELECT sum(gdp_100m_cny) ${hebei}`)) / gdp - 1).toBeCloseTo(above, 3);
    expect((await number(`SELECT sum(population_10k) ${hebei}`)) / population - 1).toBeCloseTo(0, 3);
  });
});

describe('stand-in assumptions', () => {
  it('have an emission prior for every sector, and one per energy exactly where emissions are from energy use', async () => {
    const priors = await query(`
      SELECT id FROM sector LEFT JOIN emission_prior ON sector = id
      WHERE t_per_million_cny IS NULL OR (kg_per_tce IS NOT NULL) <> (emissions_from = 'energy use')`);
    expect(priors).toEqual([]);
  });

  it('add up to the national total that the note gives', async () => {
    const total = await number(`
      SELECT sum(t_per_million_cny * value / 100) FROM emission_prior JOIN national_table ON from_sector = sector
      WHERE year = 2017`);
    expect((total / 1e6).toFixed(1)).toBe('16.3');
  });

  it('list no quotient of one', async () => {
    expect(await query('FROM specialisation WHERE quotient = 1')).toEqual([]);
  });

  it('bring every sector to within 15% of its national share, each region scaled to one', async () => {
    const means = await query(`
      WITH share AS (
        SELECT from_sector AS sector, sum(value) / sum(sum(value)) OVER () AS national
        FROM national_table WHERE year = 2017 AND from_sector IS NOT NULL GROUP BY ALL),
      scaled AS (
        SELECT region.code AS region, share.sector, coalesce(quotient, 1) / sum(coalesce(quotient, 1) * national)
          OVER (PARTITION BY region.code) AS quotient
        FROM region CROSS JOIN share
        LEFT JOIN specialisation s ON s.region = region.code AND s.sector = share.sector)
      SELECT sector, sum(quotient * gdp_100m_cny) / sum(gdp_100m_cny) AS mean
      FROM scaled JOIN regional_account USING (region) WHERE year = 2017 GROUP BY sector`);
    expect(means).toHaveLength(26);
    expect(means.filter(({ mean }) => Math.abs(Number(mean) - 1) > 0.15)).toEqual([]);
  });
});
