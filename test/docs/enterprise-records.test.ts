import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Parameter } from '../../runner/stage.ts';
import { unitNamed } from '../../stages/enterprises/units.ts';
import { runEnterprises, runFolder } from '../stages/enterprises/run-enterprises.ts';
import { tableCells } from './shown-queries.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/data.md'), 'utf8');
const section = page.split(/^## /m).find((part) => part.startsWith('Enterprise records'))!;
const block = (language: string): string => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(section)![1]!;
/** The cells of the table that begins with a header, without it. */
const table = (header: string): string[][] => tableCells(section.slice(section.indexOf(`| ${header} `)).split('\n\n')[0]!).slice(1); // prettier-ignore
const code = (cell: string): string => /^`(.*)`$/.exec(cell)![1]!;

describe('the section on enterprise records', () => {
  it('begins with a file that gives what it says', async () => {
    const { clean, emissions, rejects } = await runFolder({ 'steel.csv': block('csv') });
    expect(rejects).toEqual([]);
    expect(clean.map(({ region, sector }, i) => [region, sector, emissions[i]!.emission_kg])).toEqual([
      ['TS', 14, 182734.5],
      ['BJ', 22, 96500],
    ]);
    expect(section).toContain('182734.5 kg of Tangshan, sector 14, and 96500 kg of Beijing, sector 22');
  });

  it('shows parameters that can be used', async () => {
    const { parameters } = parse(block('yaml')) as { parameters: Record<string, Parameter> };
    const file = '排污许可证编号,行业代码,所在县区,排放量1,排放量2\nA1,3110,迁安市,1,2\n';
    const { emissions } = await runEnterprises(file, { parameters });
    expect(emissions.map(({ pollutant, emission_kg }) => [pollutant, emission_kg])).toEqual([['NOx', 1], ['SO2', 2000]]); // prettier-ignore
  });

  it('names units as they are known', () => {
    const units = table('Unit');
    expect(units).toHaveLength(5);
    for (const [i, [, names]] of units.entries())
      for (const name of names!.split(', ')) expect(unitNamed(code(name))?.shift, name).toBe([-3, 0, 3, 6, 7][i]);
  });

  it('shows a line for every reason', async () => {
    const reasons = table('Reason');
    const lines = ['id,name,industry,place,nox_kg', 'A1,恒泰,3110,130200,1', ...reasons.map(([, line]) => code(line!))];
    const { rejects } = await runEnterprises(lines.join('\n'));
    expect(rejects.map(({ reason }) => reason)).toEqual(reasons.map(([reason]) => reason));
    expect(new Set(reasons.map(([reason]) => reason)).size).toBe(17);
  });
});
