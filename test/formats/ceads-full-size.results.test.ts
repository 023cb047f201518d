import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { MrioTable } from '../../mrio/table.ts';
import { stage } from '../../runner/stage.ts';
import { readAxes, readProvinceAxes, readTable } from '../../stages/accounts.ts';
import { importUserTable, type Reading } from '../../stages/user-table.ts';
import { sources } from '../support/stand-in-tables.ts';
import { testContext } from '../support/stage-context.ts';
import { gridOf, LAYOUTS, writeLargeSheet, type Layout, type Sample } from './ceads-layouts.ts';
import { asRead, finelyDivided, readStudyTable, type Member, type StudyTable } from './full-size.ts';
import { chars, numbers, writeMat5, type MatValue } from './mat/write-mat5.ts';
import { Mat73Writer } from './mat/write-mat73.ts';

const STAND_IN = 'data-out/stand-in-tables';
const SOURCES = sources('region', 'sector', 'category', 'region_name', 'place', 'sector_list');

type LayoutName = keyof typeof LAYOUTS;
type Language = 'name' | 'name_zh';

/** The list of sectors of each layout. */
const LISTS: Readonly<Record<LayoutName, string>> = {
  '2017, with total intermediate use before final demand': 'nbs-42-2017',
  '2017, without it': 'nbs-42-2017',
  '2018 and 2020': 'nbs-42-2017',
  '2012 of 30 sectors, without codes': 'ceads-30',
  'with a column more at the left, codes as numbers, in Chinese': 'nbs-42-2012',
  'with final demand that has no regions above it': 'nbs-42-2012',
};

/** What a file calls each region of the study: province or city. */
interface Names {
  readonly provinces: Readonly<Record<Language, readonly string[]>>;
  readonly regions: Readonly<Record<Language, readonly string[]>>;
  readonly members: (list: string, language: Language) => Member[];
}

let provincial: StudyTable;
let ofCities: StudyTable;
let names: Names;

beforeAll(async () => {
  const reading = await testContext({
    inputs: {
      ...SOURCES,
      provincial: `${STAND_IN}/stand_in_target_mrio.parquet`,
      cities: `${STAND_IN}/stand_in_reference_mrio.parquet`,
    },
    outputs: [],
  }).run(
    stage(async (context) => {
      const { axes } = await readProvinceAxes(context);
      provincial = await readStudyTable(context, 'provincial', axes);
      ofCities = await readStudyTable(context, 'cities', await readAxes(context));
      const region = await context.query('SELECT code, name, name_zh FROM region ORDER BY region.id');
      const called = (language: Language) =>
        new Map(
          Array.from({ length: ofCities.regions.length }, (_, r) => [
            String(region['code']![r]),
            String(region[language]![r]),
          ]),
        );
      const english = new Map([...called('name'), ['HE', 'Hebei'], ['SN', 'Shannxi']]);
      const chinese = new Map([...called('name_zh'), ['HE', '河北'], ['NM', '内蒙']]);
      const of = ({ regions }: StudyTable) => ({
        name: regions.map((code) => english.get(code)!),
        name_zh: regions.map((code) => chinese.get(code)!),
      });
      const listed = await context.query('SELECT list, name, name_zh, sector FROM sector_list ORDER BY list, code');
      names = {
        provinces: of(provincial),
        regions: of(ofCities),
        members: (list, language) =>
          Array.from(listed['sector'] as Float64Array, (sector, k) => ({ name: String(listed[language]![k]), sector }))
            .filter((_, k) => listed['list']![k] === list), // prettier-ignore
      };
    }),
  );
  reading.close();
}, 60_000);

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(inject('sharedFolder'), 'full-size-'));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Reads what lies in a folder as the stage `tables` does. */
async function read(folder: string, level: Reading['level'], sectorList: string | null): Promise<MrioTable> {
  let table: MrioTable | undefined;
  const outputs = await testContext({ inputs: { ...SOURCES, mrio: `${folder}/` }, outputs: [] }).run(
    stage(async (context) => {
      const axes = level === 'region' ? await readAxes(context) : (await readProvinceAxes(context)).axes;
      // Of what the file states of its totals, the last digit depends on the order of the sum.
      await importUserTable(context, 'mrio', axes, {
        level,
        sheet: null,
        sectorList,
        unit: '10 000 CNY',
        statedTolerance: 1e-12,
      });
      const rows = `(SELECT if(category = 'export', 'export', block) AS block, * EXCLUDE (category, block)
        FROM mrio JOIN category USING (category))`;
      table = await readTable(context, rows, axes);
    }),
  );
  outputs.close();
  return table!;
}

/** Every cell is the same number, to the last bit. */
function expectSame(actual: MrioTable, expected: MrioTable): void {
  expect(actual.regions).toEqual(expected.regions);
  expect(actual.sectors).toEqual(expected.sectors);
  for (const block of ['intermediate', 'finalDemand', 'primaryInput'] as const) {
    expect(actual[block]).toHaveLength(expected[block].length);
    const different = actual[block].findIndex((value, k) => value !== expected[block][k]);
    expect(different === -1 ? 'the same' : [block, different, actual[block][different], expected[block][different]]).toBe('the same'); // prettier-ignore
  }
}

it('the stand-in fills its table: there is something to be read', () => {
  expect([provincial.regions.length, ofCities.regions.length]).toEqual([31, 41]);
  for (const study of [provincial, ofCities]) {
    const n = study.regions.length * 26;
    const { intermediate, finalDemand, primaryInput } = asRead(study, false);
    const filled = (values: Float64Array) => values.filter((value) => value !== 0).length / values.length;
    expect([intermediate.length, primaryInput.length]).toEqual([n * n, n]);
    for (const values of [intermediate, finalDemand, primaryInput]) expect(filled(values)).toBeGreaterThan(0.5);
  }
});

describe('the stand-in of 31 provinces, in a workbook', { timeout: 120_000 }, () => {
  it.each(Object.keys(LAYOUTS) as LayoutName[])('is read exactly in the layout %s', async (name) => {
    const layout: Layout = LAYOUTS[name];
    const language = layout.chinese === true ? 'name_zh' : 'name';
    const sample = finelyDivided(provincial, names.members(LISTS[name], language), names.provinces[language]);
    const folder = newFolder();
    await writeLargeSheet(join(folder, 'MRIO.xlsx'), 'Table', gridOf(sample, layout));
    expectSame(await read(folder, 'province', null), asRead(provincial, layout.discrepancy !== null));
  });
});

/** The arrays of a file of MATLAB, each with its rows, columns and values column by column. */
function arraysOf(of: Sample): Record<'Z' | 'F' | 'VA' | 'Import' | 'Export', [number, number, Float64Array]> {
  const n = of.regions.length * of.sectors.length;
  const array = (rows: number, columns: number, value: (i: number, j: number) => number) => {
    const values = new Float64Array(rows * columns);
    for (let j = 0; j < columns; j++) for (let i = 0; i < rows; i++) values[j * rows + i] = value(i, j);
    return [rows, columns, values] as [number, number, Float64Array];
  };
  return {
    Z: array(n, n, of.z),
    F: array(n, of.regions.length * of.demand.length, of.f),
    VA: array(of.inputs.length, n, of.v),
    Import: array(1, n, (_, j) => of.imports(j)),
    Export: array(n, 1, of.exports),
  };
}

type MatWriter = (path: string, of: Sample, withNames: boolean) => Promise<void>;

/** Files of MATLAB as its versions save them: in a struct, with names of regions and sectors in the file or without. */
const MAT_WRITERS: Readonly<Record<string, MatWriter>> = {
  'version 5, compressed': (path, of, withNames) => {
    const elements = [
      Object.fromEntries(Object.entries(arraysOf(of)).map(([name, array]) => [name, numbers(...array)])),
    ];
    const cell = (texts: readonly string[]): MatValue => ({
      ...{ kind: 'cell', rows: texts.length, columns: 1 },
      cells: texts.map((text) => chars(text)),
    });
    const named: Record<string, MatValue> = withNames ? { regions: cell(of.regions), sectors: cell(of.sectors) } : {};
    writeFileSync(path, writeMat5({ MRIO: { kind: 'struct', elements }, ...named }, { compressed: true }));
    return Promise.resolve();
  },
  'version 7.3': async (path, of, withNames) => {
    const writer = await Mat73Writer.create(path);
    const struct = writer.struct(writer.file, 'MRIO');
    for (const [name, array] of Object.entries(arraysOf(of))) writer.numbers(struct, name, ...array);
    if (withNames) {
      writer.cell(writer.file, 'regions', of.regions);
      writer.cell(writer.file, 'sectors', of.sectors);
    }
    writer.closeBehindHeader();
  },
};

describe('the stand-in in a file of MATLAB', { timeout: 120_000 }, () => {
  const LIST = 'nbs-42-2017';

  it.each(Object.entries(MAT_WRITERS))(
    'of %s is read exactly: 31 provinces, with names in the file',
    async (_, write) => {
      const folder = newFolder();
      const sample = finelyDivided(provincial, names.members(LIST, 'name'), names.provinces.name);
      await write(join(folder, 'MRIO.mat'), sample, true);
      expectSame(await read(folder, 'province', null), asRead(provincial, false));
    },
  );

  it.each(Object.entries(MAT_WRITERS))(
    'of %s is read exactly: 41 regions, with names of regions beside it',
    async (_, write) => {
      const folder = newFolder();
      const sample = finelyDivided(ofCities, names.members(LIST, 'name'), names.regions.name_zh);
      await write(join(folder, '2017_Chinese_City_MRIO.mat'), sample, false);
      writeFileSync(join(folder, 'regions.csv'), `region\n${sample.regions.join('\n')}\n`);
      // Numbers alone do not say of which list the sectors are.
      await expect(read(folder, 'region', null)).rejects.toThrow('may be those of nbs-42-2012 or nbs-42-2017');
      expectSame(await read(folder, 'region', LIST), asRead(ofCities, false));
    },
  );
});
