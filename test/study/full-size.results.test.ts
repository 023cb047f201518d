import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, expectIdentities } from './identities.ts';
import { expectValidation } from './validation-identities.ts';

const dataOut = resolve(import.meta.dirname, '../../data-out');

describe('the full-size results in data-out', () => {
  it('hold every identity', async () => {
    await expectIdentities(dataOut);
  });

  it('score ANAIS and its rivals as the tables themselves say', async () => {
    await expectValidation(dataOut);
  });

  it('are of the size of the study', async () => {
    const [size] = await ask(
      dataOut,
      `SELECT (SELECT count(*) FROM region) AS regions, (SELECT count(*) FROM sector) AS sectors,
         (SELECT count(*) FROM mrio) AS cells,
         (SELECT count(*) FROM enterprise) + (SELECT count(*) FROM enterprise_reject) AS records`,
    );
    expect(size).toEqual({ regions: '41', sectors: '26', cells: String(1066 ** 2), records: '397720' });
  });

  it('prove both steps of ANAIS', async () => {
    const steps = await ask(dataOut, 'SELECT relative_gap, max_relative_residual FROM anais_certificate ORDER BY step');
    expect(steps).toHaveLength(2);
    for (const { relative_gap, max_relative_residual } of steps) {
      expect(Math.abs(Number(relative_gap))).toBeLessThan(1e-6);
      expect(Number(max_relative_residual)).toBeLessThan(1e-8);
    }
  });

  it('recompute Table 1: 0.797, 0.906, 0.889, 0.867, 0.503, the last with p = 0.080', async () => {
    const rows = await ask(
      dataOut,
      'SELECT factor, r, p_two_sided, r_published, note FROM correlation ORDER BY factor',
    );
    expect(rows.map(({ factor, r }) => [factor, Number(r).toFixed(3)])).toEqual([
      ['gdp_per_capita', '0.867'],
      ['land_price_average', '0.906'],
      ['land_price_industrial', '0.889'],
      ['population_density', '0.797'],
      ['tertiary_share', '0.503'],
    ]);
    expect(Number(rows[4]!['p_two_sided']).toFixed(3)).toBe('0.080');
    expect(rows[4]!['note']).toContain('0.506');
  });
});
