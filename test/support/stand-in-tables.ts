import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { division, type Division } from '../../mrio/anais/disaggregation.ts';
import type { MrioTable } from '../../mrio/table.ts';
import { stage } from '../../runner/stage.ts';
import { readAxes, readProvinceAxes, readTable } from '../../stages/accounts.ts';
import tablesStage from '../../stages/stand-in-tables.ts';
import { declaredOutputs, declaredParameters, testContext, type TestInput, type TestOutputs } from './stage-context.ts';

export const TABLES = ['stand_in_true_mrio', 'stand_in_reference_mrio', 'stand_in_target_mrio'] as const;

/** What the stage `stand-in-tables` makes at full size, 41 x 26. */
export interface StandInTables {
  readonly outputs: TestOutputs;
  /** Path of each table, as an input of another stage. */
  readonly paths: Readonly<Record<(typeof TABLES)[number], string>>;
  /** The tables as the model has them: categories of final demand and of primary inputs summed. */
  readonly truth: MrioTable;
  readonly reference: MrioTable;
  readonly target: MrioTable;
  readonly provinceOf: ReadonlyMap<string, string>;
  readonly close: () => void;
}

export const sources = (...names: string[]): Record<string, TestInput> =>
  Object.fromEntries(names.map((name) => [name, { source: name }]));

const summedCategories = (table: string): string => `(
  SELECT if(category = 'export', 'export', block) AS block, from_region, from_sector, to_region, to_sector, value
  FROM ${table} JOIN category USING (category))`;

/** @param seed that of `pipeline.yaml` if it is not given */
export async function standInTables(seed?: number): Promise<StandInTables> {
  const names = ['region', 'sector', 'category', 'regional_account', 'national_table', 'specialisation', 'published'];
  const parameters = { ...declaredParameters('stand-in-tables'), ...(seed === undefined ? {} : { seed }) };
  const outputs = await testContext({
    inputs: sources(...names),
    outputs: declaredOutputs('stand-in-tables'),
    parameters,
  }).run(tablesStage);
  // A table that is an input of a test has a name in .parquet.
  const folder = mkdtempSync(join(tmpdir(), 'stand-in-tables-'));
  const paths = Object.fromEntries(
    TABLES.map((name) => {
      const path = join(folder, `${name}.parquet`);
      symlinkSync(outputs.path(name), path);
      return [name, path];
    }),
  ) as StandInTables['paths'];
  let read: Pick<StandInTables, 'truth' | 'reference' | 'target' | 'provinceOf'> | undefined;
  const reading = await testContext({
    inputs: { ...sources('region', 'sector', 'category'), ...paths },
    outputs: [],
  }).run(
    stage(async (context) => {
      const axes = await readAxes(context);
      const provinces = await readProvinceAxes(context);
      const [truth, base, provincial] = TABLES.map(summedCategories);
      read = {
        truth: await readTable(context, truth!, axes),
        reference: await readTable(context, base!, axes),
        target: await readTable(context, provincial!, provinces.axes),
        provinceOf: provinces.provinceOf,
      };
    }),
  );
  reading.close();
  return {
    outputs,
    paths,
    ...read!,
    close: () => {
      outputs.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The stand-in economy of a seed as ANAIS gets it. */
export async function fullSizeDivision(seed: number): Promise<Division> {
  const { reference, target, provinceOf, close } = await standInTables(seed);
  close();
  return division(reference, target, (region) => provinceOf.get(region));
}
