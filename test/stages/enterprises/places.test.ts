import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StageContext } from '../../../runner/stage.ts';
import { Places, readPlaces, type PlaceFinding } from '../../../stages/enterprises/places.ts';
import { projectFile } from '../../data-raw/facts.ts';

const rowsOf = (file: string): string[][] =>
  readFileSync(projectFile(`data-raw/${file}`), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

const entries = rowsOf('place-history.csv').map(([code, name, city, until]) => ({
  code: code!,
  name: name!,
  city: city!,
  until: until === '' ? null : Number(until),
}));
/** Hebei by its cities, all else by provinces. */
const regions = [
  ...['11 BJ', '12 TJ', '1301 SJZ', '1302 TS', '1303 QHD', '1304 HD', '1305 XT', '1306 BD', '1307 ZJK', '1308 CD'],
  ...[
    '1309 CZ',
    '1310 LF',
    '1311 HS',
    '14 SX',
    '15 NM',
    '21 LN',
    '31 SH',
    '32 JS',
    '34 AH',
    '37 SD',
    '44 GD',
    '46 HI',
    '50 CQ',
    '51 SC',
  ],
].map((text) => {
  const [gb2260, code] = text.split(' ') as [string, string];
  return { code, gb2260, names: [code] };
});
const places = new Places(entries, regions);
const said = (finding: PlaceFinding): string => (finding.reason === null ? finding.region : finding.reason);

describe('a code of GB/T 2260', () => {
  it.each([
    ['130283', 'TS'],
    ['110105', 'BJ'],
    ['1302', 'TS'],
    ['11', 'BJ'],
    ['440000', 'GD'],
    ['130983123', 'CZ'],
    ['130983123456', 'CZ'],
    ['１３０２８３', 'TS'],
    [' 130283.0', 'TS'],
    // Merged districts.
    ['110103', 'BJ'],
    ['110104', 'BJ'],
    ['120107', 'TJ'],
    // Laiwu went to Jinan.
    ['371202', 'SD'],
    // Counties of the old prefectures of Hebei: these three went from Tangshan to Qinhuangdao.
    ['132300', 'SJZ'],
    ['132321', 'SJZ'],
    ['132702', 'QHD'],
    ['132726', 'QHD'],
    ['132621', 'QHD'],
    ['132731', 'TS'],
    // Dingzhou and Xinji, administered by the province since 2013: 139001 is Dingzhou, 139002 was Bazhou once and is Xinji.
    ['139001', 'BD'],
    ['139002', 'SJZ'],
    ['130682', 'BD'],
    ['130181', 'SJZ'],
    // Xiong'an lies in what was Baoding.
    ['133100', 'BD'],
    ['133101', 'BD'],
    // Chongqing in Sichuan, Hainan in Guangdong.
    ['510202', 'CQ'],
    ['512301', 'CQ'],
    ['510100', 'SC'],
    ['442121', 'HI'],
    // A county that is not listed lies where its digits say.
    ['130299', 'TS'],
    ['119999', 'BJ'],
    ['13', 'ambiguous place'],
    ['130000', 'ambiguous place'],
    ['139000', 'unknown place'],
    ['990100', 'unknown place'],
    ['000000', 'unknown place'],
    ['00', 'unknown place'],
    ['13028', 'unknown place'],
    ['1302830', 'unknown place'],
    ['430100', 'place outside the regions'],
    ['430000', 'place outside the regions'],
    ['43', 'place outside the regions'],
    ['4300', 'place outside the regions'],
    ['99', 'unknown place'],
  ])('%s: %s', (code, expected) => {
    expect(said(places.find(code))).toBe(expected);
  });
});

describe('a name', () => {
  it.each([
    ['唐山市', 'TS'],
    ['唐山', 'TS'],
    ['北京', 'BJ'],
    ['宣武区', 'BJ'],
    ['宣武', 'BJ'],
    ['北京市宣武区', 'BJ'],
    ['北京市市辖区宣武区', 'BJ'],
    ['河北省石家庄市桥西区', 'SJZ'],
    ['河北石家庄桥西区', 'SJZ'],
    ['河北省张家口市桥西区', 'ZJK'],
    ['河北省　唐山市 迁安市', 'TS'],
    ['迁安市', 'TS'],
    ['迁安', 'TS'],
    ['莱芜市', 'SD'],
    ['唐山地区', 'TS'],
    ['塘沽区', 'TJ'],
    ['雄安新区', 'BD'],
    ['辛集市', 'SJZ'],
    ['定州市', 'BD'],
    ['巢湖市庐江县', 'AH'],
    ['内蒙古', 'NM'],
    ['海南', 'HI'],
    // What is no place of its own, behind one that is.
    ['唐山市高新区', 'TS'],
    ['河北省唐山市路南区新华道100号', 'TS'],
    ['迁安市兴安街道', 'TS'],
    ['北京市亦庄开发区', 'BJ'],
    ['唐山市新城区', 'TS'],
    ['北京市唐山市', 'contradicting place'],
    ['河北省天津市', 'contradicting place'],
    ['河北省石家庄市唐山市', 'contradicting place'],
    ['唐山市北京市朝阳区', 'contradicting place'],
    ['天津市迁安市', 'contradicting place'],
    ['唐山市迁安市', 'TS'],
    ['唐山市北京路', 'TS'],
    ['桥西区', 'ambiguous place'],
    ['河北省桥西区', 'ambiguous place'],
    ['新华区', 'ambiguous place'],
    ['鼓楼区', 'ambiguous place'],
    ['河北省', 'ambiguous place'],
    ['河北', 'ambiguous place'],
    ['河北省某地', 'ambiguous place'],
    ['n/a', 'unknown place'],
    ['', 'unknown place'],
    ['亚特兰蒂斯', 'unknown place'],
    ['1302xx', 'unknown place'],
    ['长沙市', 'place outside the regions'],
    ['bj', 'BJ'],
  ])('%s: %s', (name, expected) => {
    expect(said(places.find(name))).toBe(expected);
  });

  it('is kept as it is given, a code without what a spreadsheet made of it', () => {
    expect(places.find('唐山')).toEqual({ place: '唐山', region: 'TS', reason: null });
    expect(places.find('130283.0')).toEqual({ place: '130283', region: 'TS', reason: null });
  });
});

describe('the regions of a study', () => {
  /** Two regions as their table has them: without Chinese names, and the second without place codes. */
  const tables: Record<string, Record<string, (string | null)[] | Float64Array>> = {
    place_history: {
      code: ['150000', '150100', '440000'],
      name_zh: ['内蒙古自治区', '呼和浩特市', '广东省'],
      city: ['150000', '150100', '440000'],
      until: Float64Array.of(NaN, NaN, NaN),
    },
    region: {
      code: ['NM', 'RW'],
      name: ['Inner Mongolia', 'Ｒest of World'],
      name_zh: [null, null],
      gb2260: ['15', null],
    },
  };
  const query: StageContext['query'] = (sql) =>
    Promise.resolve(Object.entries(tables).find(([name]) => sql.includes(`FROM ${name} `))![1]);

  it('are found by any of their names, whatever its spaces, width and case', async () => {
    const found = await readPlaces({ query } as StageContext);
    for (const name of [
      'Inner Mongolia',
      'inner mongolia',
      ' INNER  Mongolia',
      'InnerMongolia',
      'ｎｍ',
      '1501',
      '呼和浩特',
    ])
      expect(said(found.find(name)), name).toBe('NM');
    for (const name of ['rest of world', 'Ｒest of World', 'rw']) expect(said(found.find(name)), name).toBe('RW');
  });

  it('have no name that is not there, and no places without codes', async () => {
    const found = await readPlaces({ query } as StageContext);
    for (const name of ['null', 'NULL', '']) expect(said(found.find(name)), name).toBe('unknown place');
    expect(said(found.find('44'))).toBe('place outside the regions');
    expect(said(found.find('广东'))).toBe('place outside the regions');
  });
});

describe('place-history.csv', () => {
  const last = new Map(entries.map((entry) => [entry.code, entry]));

  it('rolls everything up to a place that is in use, in the same province but for Chongqing and Hainan', () => {
    for (const { code, city } of entries) {
      expect(last.has(city), `${code} lies in ${city}`).toBe(true);
      expect(
        entries.some((entry) => entry.code === city && entry.until === null),
        `${city} of ${code}`,
      ).toBe(true);
      const moved = code.slice(0, 2) !== city.slice(0, 2);
      if (moved)
        expect([code.slice(0, 2), city.slice(0, 2)]).toEqual(city.startsWith('50') ? ['51', '50'] : ['44', '46']);
    }
  });

  it('has a code in use once, where its digits say', () => {
    const inUse = entries.filter(({ until }) => until === null);
    expect(new Set(inUse.map(({ code }) => code)).size).toBe(inUse.length);
    for (const { code, city } of inUse) {
      if (code === '133100') continue;
      expect(code.startsWith(city.replace(/(?:00)+$/, '')), `${code} in ${city}`).toBe(true);
    }
  });

  it('knows all places of places.csv', () => {
    for (const [code] of rowsOf('places.csv')) expect(last.has(code!), code).toBe(true);
  });

  it('finds every city of the study by its own full name', () => {
    for (const { code, name, until } of entries) {
      if (until !== null || !/^13\d\d00$/.test(code) || code === '130000') continue;
      const region = regions.find(({ gb2260 }) => code.startsWith(gb2260))?.code ?? 'BD';
      expect(said(places.find(name)), name).toBe(region);
    }
  });
});
