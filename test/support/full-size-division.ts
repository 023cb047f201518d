import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { division, type Division } from '../../mrio/anais/disaggregation.ts';
import { stage } from '../../runner/stage.ts';
import { readAxes, readProvinceAxes, readTable } from '../../stages/accounts.ts';
import tablesStage from '../../stages/stand-in-tables.ts';
import { declaredOutputs, declaredParameters, testContext, type TestInput } from './stage-context.ts';

const sources = (...names: string[]): Record<string, TestInput> =>
  Object.fromEntries(names.map((name) => [name, { source: name }]));

/** A table of the stage with categories of final demand and of primary inputs summed. */
const summedCategories = (table: string): string => `(
  SELECT if(category = 'export', 'export', block) AS block, from_region, from_sector, to_region, to_sector, value_10k_cny
  FROM ${table} JOIN category USING (category))`;

/** The stand-in economy of a seed at full size, 41 x 26, as ANAIS gets it. */
export async function fullSizeDivision(seed: number): Promise<Division> {
  const names = ['region', 'sector', 'category', 'regional_account', 'national_table', 'specialisation', 'published'];
  const outputs = declaredOutputs('stand-in-tables');
  const parameters = { ...declaredParameters('stand-in-tables'), seed };
  const tables = await testContext({ inputs: sources(...names), outputs, parameters }).run(tablesStage);
  // A table that is an input of a test has a name in .parquet.
  const folder = mkdtempSync(join(tmpdir(), 'full-size-division-'));
  const made = ['stand_in_city_mrio_2012', 'stand_in_provincial_mrio_2017'].map((name) => {
    const path = join(folder, `${name}.parquet`);
    symlinkSync(tables.path(name), path);
    return [name, path] as const;
  });
  let known: Division | undefined;
  const inputs = { ...sources('region', 'sector', 'category'), ...Object.fromEntries(made) };
  await testContext({ inputs, outputs: [] }).run(
    stage(async (context) => {
      const { axes, provinceOf } = await readProvinceAxes(context);
      const reference = await readTable(context, summedCategories('stand_in_city_mrio_2012'), await readAxes(context));
      const target = await readTable(context, summedCategories('stand_in_provincial_mrio_2017'), axes);
      known = division(reference, target, (region) => provinceOf.get(region));
    }),
  );
  rmSync(folder, { recursive: true });
  return known!;
}
