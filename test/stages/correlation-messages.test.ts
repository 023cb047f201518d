import { expect, it } from 'vitest';
import correlation from '../../stages/correlation.ts';
import type { Parameter } from '../../runner/stage.ts';
import { declaredOutputs, declaredParameters, testContext } from '../support/stage-context.ts';

const codes = ['A', 'B', 'C', 'D'];

const told = (regions: readonly string[], parameters: Readonly<Record<string, Parameter>>) =>
  testContext({
    inputs: {
      region: { source: 'region' },
      city_factor: regions.map((region, k) => ({ region, density: 100 * (k + 1) })),
      published: { absent: 'published' },
      region_balance: codes.map((region, k) => ({ pollutant: 'NOx', region, consumption_t: k * k })),
    },
    parameters: { ...declaredParameters('correlation'), printed: null, ...parameters },
    outputs: declaredOutputs('correlation'),
  }).run(correlation);

it('says where a study names factors of its own', async () => {
  await expect(told(codes, { factors: ['income'] })).rejects.toMatchObject({
    message: expect.stringMatching(/^city_factor \(.*\) has no column income of numbers$/) as string,
    remedy: expect.stringMatching(/: density; .* name a file and its columns at the source city_factor$/) as string,
  });
});

it('says how many regions it needs, and that a study can do without', async () => {
  await expect(told(codes.slice(1), { factors: ['density'] })).rejects.toMatchObject({
    message: expect.stringMatching(/has factors of 3 regions; a correlation needs 4$/) as string,
    remedy: expect.stringContaining('leave the stage correlation out') as string,
  });
});
