import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { StageError, type Parameter, type StageContext } from '../../../runner/stage.ts';
import { readLayout, type KnownColumns, type SourceLayout } from '../../../stages/enterprises/columns.ts';
import { readOptions } from '../../../stages/enterprises/parameters.ts';
import { normal } from '../../../stages/enterprises/units.ts';
import { openFacts } from '../../data-raw/facts.ts';

const folder = mkdtempSync(join(tmpdir(), 'columns-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const facts = await openFacts();
const known: KnownColumns = new Map(
  (await facts('FROM enterprise_column')).map(({ name, column_name }) => [
    normal(String(name)),
    { column: String(column_name), unit: null },
  ]),
);

type Parameters = Readonly<Record<string, Parameter>>;
const options = (parameters: Parameters) =>
  readOptions({ parameters: { pollutants: ['NOx'], blank: 'reject', ...parameters } } as unknown as StageContext);

/** What a text says of itself, by the parameters. */
async function layout(text: string, parameters: Parameters = {}): Promise<SourceLayout> {
  const plain = join(folder, 'a.csv');
  writeFileSync(plain, text);
  return readLayout({ kind: 'text', name: 'a.csv', place: 'a.csv', plain }, { ...options(parameters), known });
}

/** Position of each column, and the unit of pollutants. */
const told = ({ columns }: SourceLayout) =>
  Object.fromEntries(
    [...columns].map(([name, { position, unit }]) => [name, unit === null ? position : [position, unit.shift]]),
  );

describe('a header', () => {
  it.each([
    ['id,name,industry,place,nox_kg', { id: 0, name: 1, industry: 2, place: 3, NOx: [4, 0] }],
    ['NOX_T,Place,Industry,ID', { id: 3, industry: 2, place: 1, NOx: [0, 3] }],
    [
      '组织机构代码\t单位名称\t行业代码\t行政区划代码\t氮氧化物排放量（千克）',
      { id: 0, name: 1, industry: 2, place: 3, NOx: [4, 0] },
    ],
    [
      '统一社会信用代码;企业名称;行业代码;行政区划代码;氮氧化物（NOx）排放量（吨/年）',
      { id: 0, name: 1, industry: 2, place: 3, NOx: [4, 3] },
    ],
    ['ｉｄ, Industry ,行政区 划代码,氮氧化物 排放量 (单位：万吨)', { id: 0, industry: 1, place: 2, NOx: [3, 7] }],
    ['企业,id,industry,place,NOx [g]', { id: 1, name: 0, industry: 2, place: 3, NOx: [4, -3] }],
    ['id,industry,place,NOx [g]', { id: 0, industry: 1, place: 2, NOx: [3, -3] }],
    ['id,industry,place,NOx 10 000 t', { id: 0, industry: 1, place: 2, NOx: [3, 7] }],
    ['id,industry,place,"NOx, kt"', { id: 0, industry: 1, place: 2, NOx: [3, 6] }],
    ['id,industry,place,nox_emissions_t,so2_t,,remark', { id: 0, industry: 1, place: 2, NOx: [3, 3] }],
  ])('%s', async (header, expected) => {
    expect(told(await layout(`${header}\n`))).toEqual(expected);
  });

  it('may stand below titles: it is the first row that has all columns', async () => {
    const title = '2017年工业企业排放,,,\n单位：吨\nid,industry,place\n';
    const { header } = await layout(`${title}\nid;industry;place;nox_t\nid;industry;place;nox_kg\n`);
    expect([header.line, header.delimiter]).toEqual([5, ';']);
    await expect(layout(`${'title\n'.repeat(20)}id,industry,place,nox_t\n`)).rejects.toThrow('there is no column id');
  });

  it('of two rows, with several columns under a pollutant, is an error that names them', async () => {
    for (const group of ['氮氧化物', '氮氧化物（吨）']) {
      const text = `id,industry,place,${group},,\n,,,产生量（吨）,排放量（吨）,\nA,3110,130200,9,1,\n`;
      const columns = { NOx: { column: group, unit: '吨' } };
      for (const parameters of [{}, { columns }])
        await expect(layout(text, parameters)).rejects.toMatchObject({
          message: expect.stringContaining(
            `"${group}" (column 4) stands above "产生量（吨）" (column 4) and "排放量（吨）" (column 5)`,
          ) as string,
          remedy: expect.stringMatching(/^Write the header into one row/) as string,
        });
    }
    // A row of units, or a record without an id.
    for (const below of [',,,吨,', ',3110,130200,x,y'])
      expect(told(await layout(`id,industry,place,nox_t,\n${below}\n`))).toMatchObject({ NOx: [3, 3] });
  });

  it('may have line breaks in quotes: records begin below the last of its lines', async () => {
    const found = await layout('title\n\nid,"industry",place,"氮氧化物\n排放量\n\n（吨）"\nA,3110,130200,1\n');
    expect(told(found)).toEqual({ id: 0, industry: 1, place: 2, NOx: [3, 3] });
    expect([found.header.line, found.header.lastLine]).toEqual([3, 6]);
  });

  it('of the stand-in has the pollutants that it has: records of others are asked for', async () => {
    const plain = join(folder, 'stand-in.csv');
    writeFileSync(plain, 'id,name,industry,place,nox_kg\n');
    const place = 'artifact stand_in_enterprise_file of stage stand-in-enterprises';
    const wanted = { ...options({ pollutants: ['NOx', 'SO2'] }), known };
    await expect(readLayout({ kind: 'text', name: 'enterprises.csv', place, plain }, wanted)).rejects.toMatchObject({
      message: `${place} has no SO2: it is generated, with NOx only`,
      remedy: 'Give records of your own: the source enterprise_file of the pipeline file says where they belong.',
    });
  });

  it.each([
    [
      'id,industry,place',
      /^a\.csv: there is no column NOx; the header is id,industry,place$/,
      /id,name,industry,place,nox_kg/,
    ],
    ['id,industry,氮氧化物排放,nox_kg', /no column place;/, /header/],
    [
      'id,industry,place,氮氧化物排放(吨)',
      /no column NOx; the header is id,industry,place,氮氧化物排放\(吨\)$/,
      /columns: \{ NOx: 氮氧化物排放\(吨\) \}/,
    ],
    [
      'title\nid,indutry,place,nox_kg',
      /no column industry; line 2, the header, is id,indutry/,
      /columns: \{ industry: indutry \}/,
    ],
    [
      'id,industry,place,NOx',
      /a\.csv: "NOx" \(column 4\) names no unit; the header is/,
      /columns: \{ NOx: \{ column: NOx, unit: \.\.\. \} \} with one of g, kg, t/,
    ],
    ['id,industry,place,氮氧化物排放量（年）', /no column NOx/, /columns/],
    [
      'id,industry,place,nox_kg,NOx (t)',
      /"nox_kg" \(column 4\) and "NOx \(t\)" \(column 5\) both fit NOx/,
      /columns: \{ NOx: nox_kg \}/,
    ],
    [
      'id,组织机构代码,industry,place,nox_kg',
      /"id" \(column 1\) and "组织机构代码" \(column 2\) both fit id/,
      /columns: \{ id: id \}/,
    ],
  ])('that is not understood is an error: %s', async (header, message, remedy) => {
    await expect(layout(`${header}\n`)).rejects.toMatchObject({
      message: expect.stringMatching(message) as string,
      remedy: expect.stringMatching(remedy) as string,
    });
  });
});

describe('a suggestion', () => {
  const suggested = async (header: string, parameters: Parameters): Promise<string | null> => {
    const error: unknown = await layout(`${header}\n`, parameters).catch((thrown: unknown) => thrown);
    if (!(error instanceof StageError)) throw new Error('no error');
    return /columns: \{ .* \}/.exec(error.remedy)?.[0] ?? null;
  };

  it.each([
    ['id,industry,place,nox_kg', { pollutants: ['SO2'] }],
    ['id,industry,place,nox_emisions_kg', { pollutants: ['SO2'] }],
    ['id,industry,place,二氧化碳排放量（吨）', { pollutants: ['SO2'] }],
    ['id,industry,place,co2_kg', { pollutants: ['CO'] }],
    ['id,industry,place,cod_kg', { pollutants: ['CO'] }],
    ['id,industry,place,so3_kg', { pollutants: ['SO2'] }],
    ['id,industry,place,nh3_kg,hg_kg', { pollutants: ['Hg', 'Hf'] }],
    ['id,industry,nox_kg,place_name', { columns: { name: 'place_name' } }],
    // Generated is not emitted.
    ['id,industry,place,氮氧化物产生量（吨）', {}],
  ])('is never what is another column, or like one: %s', async (header, parameters) => {
    expect(await suggested(header, parameters)).toBeNull();
  });

  it.each([
    ['id,industry,place,so2_emision_kg,nox_emission_kg', { pollutants: ['SO2'] }, 'columns: { SO2: so2_emision_kg }'],
    ['id,industy,place,nox_kg', {}, 'columns: { industry: industy }'],
    ['id,industry,所在地区域,nox_kg', {}, 'columns: { place: 所在地区域 }'],
    ['企业代号,industry,place,nox_kg', { columns: { id: '企业编号' } }, 'columns: { id: [企业编号, 企业代号] }'],
  ])('is the cell that is most like it: %s', async (header, parameters, expected) => {
    expect(await suggested(header, parameters as Parameters)).toBe(expected);
  });
});

describe('the parameter columns', () => {
  const header = '代码,组织机构代码,行业代码,所在,排放量,nox_kg\n';

  it('says what is what, in place of names that are known', async () => {
    const columns = { id: '代码', place: '所在', NOx: { column: '排放量', unit: '吨' } };
    expect(told(await layout(header, { columns }))).toEqual({ id: 0, industry: 2, place: 3, NOx: [4, 3] });
    const withUnit = { id: '代码', place: '所在', nox: 'nox_kg' };
    expect(told(await layout(header, { columns: withUnit }))).toMatchObject({ NOx: [5, 0] });
  });

  it('may name a column by what it is called in one file and in another', async () => {
    const columns = { id: ['编码', '代码'], place: '所在' };
    expect(told(await layout(header, { columns }))).toMatchObject({ id: 0 });
  });

  it.each([
    [['排放量1', { column: '氮氧化物', unit: '吨' }, 'nox_kg']],
    [
      [
        { column: ['排放量1', 'nox_kg'], unit: 'kg' },
        { column: '氮氧化物', unit: 't' },
      ],
    ],
  ])('may list names with the unit of each: %j', async (NOx) => {
    const tonnes = await layout('id,industry,place,氮氧化物\n', { columns: { NOx } });
    const kilograms = await layout('id,industry,place,nox_kg\n', { columns: { NOx } });
    expect([told(tonnes)['NOx'], told(kilograms)['NOx']]).toEqual([[3, 3], [3, 0]]); // prettier-ignore
  });

  it('says that its names hold for all files, and how to list them', async () => {
    const columns = { NOx: { column: '排放量1', unit: 'kg' } };
    await expect(layout('id,industry,place,nox_kg\n', { columns })).rejects.toMatchObject({
      message: expect.stringContaining('there is no column "排放量1" (NOx)') as string,
      remedy: expect.stringMatching(
        /in place of the names that are known\. Where files differ, list .* columns: \{ NOx: \[排放量1, \{ column: NAME, unit: \.\.\. \}\] \}/,
      ) as string,
    });
  });

  it('takes what it names away from other columns', async () => {
    const columns = { id: '企业名称' };
    expect(told(await layout('企业名称,industry,place,nox_kg\n', { columns }))).toEqual({
      id: 0,
      industry: 1,
      place: 2,
      NOx: [3, 0],
    });
  });

  it('names a column that a file has not: an error, also where another would fit', async () => {
    await expect(layout(header, { columns: { id: '编号', place: '所在' } })).rejects.toThrow(
      'there is no column "编号" (id)',
    );
  });

  it('says another unit than the header: an error', async () => {
    const columns = { id: '代码', place: '所在', NOx: { column: 'nox_kg', unit: 't' } };
    await expect(layout(header, { columns })).rejects.toThrow(
      '"nox_kg" (column 6) is in kg by its header, in t by the parameter columns',
    );
  });
});

describe('a parameter that cannot be', () => {
  it.each([
    [{ pollutants: [] }, /^parameter pollutants of stage enterprises is \[\]/],
    [{ pollutants: ['NOx', 'nox'] }, /parameter pollutants/],
    [{ pollutants: ['place'] }, /parameter pollutants/],
    [{ pollutants: 'NOx' }, /parameter pollutants/],
    [{ columns: ['id'] }, /parameter columns of stage enterprises is \["id"\]/],
    [
      { columns: { SO2: 'x' } },
      /parameter columns of stage enterprises has the key SO2, which is no column and none of its pollutants/,
    ],
    [{ columns: { id: 5 } }, /parameter columns\.id of stage enterprises is 5/],
    [{ columns: { NOx: { unit: 'kg' } } }, /parameter columns\.NOx of stage enterprises/],
    [{ columns: { NOx: { column: [], unit: 'kg' } } }, /parameter columns\.NOx of stage enterprises/],
    [{ columns: { NOx: { column: ['x', 5], unit: 'kg' } } }, /parameter columns\.NOx of stage enterprises/],
    [{ columns: { NOx: { column: 'x', unit: 'lb' } } }, /parameter columns\.NOx\.unit of stage enterprises is "lb"/],
    [{ columns: { NOx: { column: 'x', units: 'kg' } } }, /parameter columns\.NOx\.units of stage enterprises/],
    [{ columns: { id: { column: 'x', unit: 'kg' } } }, /parameter columns\.id\.unit of stage enterprises/],
    [{ blank: 'one' }, /parameter blank of stage enterprises is "one"/],
    [{ max_rejects: -1 }, /parameter max_rejects of stage enterprises is -1/],
    [{ industry_edition: 2002 }, /parameter industry_edition of stage enterprises is 2002/],
  ] as [Parameters, RegExp][])('%j', (parameters, message) => {
    expect(() => options(parameters)).toThrow(message);
  });
});
