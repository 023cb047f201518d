import { createWriteStream, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeXlsx, writeXlsxStream, type WriteSheet } from 'hucre/xlsx';

/** A cell of a made-up sheet. */
export type Cell = string | number | null;
type Grid = Cell[][];

/** A small table with names as CEADs publishes them. Values are whole numbers that tell their place. */
export interface Sample {
  readonly regions: readonly string[];
  readonly sectors: readonly string[];
  readonly demand: readonly (readonly [code: string, name: string])[];
  readonly inputs: readonly (readonly [code: string, name: string])[];
  /** Delivery from account i to account j, and so on; all counted from 0. */
  readonly z: (i: number, j: number) => number;
  readonly f: (i: number, j: number) => number;
  readonly exports: (i: number) => number;
  readonly discrepancy: (i: number) => number;
  readonly imports: (j: number) => number;
  readonly v: (k: number, j: number) => number;
}

export const DEMAND = [
  ['FU101', 'Rural household consumption'],
  ['FU102', 'Urban household consumption'],
  ['FU103', 'Government consumption'],
  ['FU201', 'Fixed capital formation'],
  ['FU202', 'Inventory increase'],
] as const;

/** With the typing mistakes of the files. */
export const INPUTS = [
  ['VA001', 'Conpensation of employees'],
  ['VA002', 'Net taxes on production'],
  ['VA003', 'Depreciation on the fixed capital'],
  ['VA004', 'Operationg surplus'],
] as const;

export const sample = (
  regions = ['Beijing', 'Tianjin', 'Shannxi'],
  sectors = ['Agriculture', 'Coal mining', 'Others', 'Services'],
): Sample => ({
  regions,
  sectors,
  demand: DEMAND,
  inputs: INPUTS,
  z: (i, j) => 1 + i * 100 + j,
  f: (i, j) => (j % DEMAND.length === 4 ? -1 - i : 5000 + i * 100 + j),
  exports: (i) => 7000 + i,
  discrepancy: (i) => i - 3,
  imports: (j) => 8000 + j,
  v: (k, j) => 9000 + 100 * k + j,
});

const code = (s: number): string => String(s + 1).padStart(2, '0');
const sum = (count: number, value: (k: number) => number): number => {
  let total = 0;
  for (let k = 0; k < count; k++) total += value(k);
  return total;
};
const times = <T>(count: number, make: (k: number) => T): T[] => Array.from({ length: count }, (_, k) => make(k));

export interface Layout {
  /** Rows above the codes, beside that of regions and that of names. */
  readonly title?: string;
  /** Columns left of the codes, beside that of regions and that of names. */
  readonly extraColumn?: boolean;
  /** A column of total intermediate use between deliveries and final demand. */
  readonly intermediateUse: boolean;
  readonly codes: boolean;
  /** Regions at the start of each only, or at every row and column. */
  readonly regionsOnce: boolean;
  /** Whether final demand has regions above it. */
  readonly regionsOfDemand: boolean;
  readonly totals: boolean;
  readonly discrepancy: 'ERR' | 'Others' | null;
  readonly codesAsNumbers?: boolean;
  readonly chinese?: boolean;
  readonly footnotes?: boolean;
  /** Whether the row of imports goes on under final demand. */
  readonly importsForDemand?: boolean;
}

/** Releases of 2018 and 2020. */
export const CEADS_2018: Layout = {
  title: 'Unit: 10,000 yuan',
  intermediateUse: true,
  codes: true,
  regionsOnce: true,
  regionsOfDemand: true,
  totals: true,
  discrepancy: 'ERR',
  footnotes: true,
};

/** Layouts of releases as their readers describe them. */
export const LAYOUTS = {
  '2017, with total intermediate use before final demand': {
    title: 'Multi-regional input-output table of China, 2017 (10,000 yuan)',
    intermediateUse: true,
    codes: true,
    regionsOnce: true,
    regionsOfDemand: true,
    totals: false,
    discrepancy: null,
  },
  '2017, without it': {
    title: '2017',
    intermediateUse: false,
    codes: true,
    regionsOnce: true,
    regionsOfDemand: true,
    totals: true,
    discrepancy: null,
  },
  '2018 and 2020': CEADS_2018,
  '2012 of 30 sectors, without codes': {
    intermediateUse: true,
    codes: false,
    regionsOnce: false,
    regionsOfDemand: true,
    totals: true,
    discrepancy: 'Others',
    importsForDemand: true,
  },
  'with a column more at the left, codes as numbers, in Chinese': {
    title: '2015年中国多区域投入产出表 (万元)',
    extraColumn: true,
    intermediateUse: true,
    codes: true,
    regionsOnce: true,
    regionsOfDemand: true,
    totals: true,
    discrepancy: 'ERR',
    codesAsNumbers: true,
    chinese: true,
  },
  'with final demand that has no regions above it': {
    intermediateUse: false,
    codes: true,
    regionsOnce: true,
    regionsOfDemand: false,
    totals: false,
    discrepancy: null,
  },
} as const satisfies Readonly<Record<string, Layout>>;

const CHINESE: Readonly<Record<string, string>> = {
  'Rural household consumption': '农村居民消费',
  'Urban household consumption': '城镇居民消费',
  'Government consumption': '政府消费',
  'Fixed capital formation': '固定资本形成总额',
  'Inventory increase': '存货增加',
  'Conpensation of employees': '劳动者报酬',
  'Net taxes on production': '生产税净额',
  'Depreciation on the fixed capital': '固定资产折旧',
  'Operationg surplus': '营业盈余',
  'Total intermediate use': '中间使用合计',
  'Total intermediate input': '中间投入合计',
  'Total value added': '增加值合计',
  Exports: '出口',
  Imports: '进口',
  'Gross Output': '总产出',
  'Gross Input': '总投入',
};

/** The rows of a sheet that holds the sample in a layout. */
export function gridOf(of: Sample, layout: Layout): Grid {
  const { regions, sectors, demand, inputs } = of;
  const n = regions.length * sectors.length;
  const name = (english: string): string => (layout.chinese === true ? (CHINESE[english] ?? english) : english);
  const codeOf = (s: number): Cell => (layout.codesAsNumbers === true ? s + 1 : code(s));

  /** What each column is: region (null: the one before), name, code, and value by row. */
  type Line = readonly [region: Cell, name: Cell, code: Cell, value: (i: number) => Cell];
  const region = (r: number, isFirst: boolean): Cell => (layout.regionsOnce && !isFirst ? null : regions[r]!);
  const columns: Line[] = [
    ...times(n, (j): Line => {
      const [r, s] = [Math.floor(j / sectors.length), j % sectors.length];
      return [region(r, s === 0), sectors[s]!, codeOf(s), (i) => of.z(i, j)];
    }),
    ...(layout.intermediateUse
      ? [[null, name('Total intermediate use'), null, (i: number) => sum(n, (j) => of.z(i, j))] as const]
      : []),
    ...times(regions.length * demand.length, (j): Line => {
      const [r, c] = [Math.floor(j / demand.length), j % demand.length];
      return [
        layout.regionsOfDemand ? region(r, c === 0) : null,
        name(demand[c]![1]),
        demand[c]![0],
        (i) => of.f(i, j),
      ];
    }),
    [null, name('Exports'), 'EX', of.exports],
    ...(layout.totals
      ? [
          [
            null,
            'Total final use',
            'TFU',
            (i: number) => sum(regions.length * demand.length, (j) => of.f(i, j)) + of.exports(i),
          ] as const,
        ]
      : []),
    ...(layout.discrepancy === null
      ? []
      : [
          [
            null,
            layout.discrepancy === 'ERR' ? 'Errors' : 'Others',
            layout.discrepancy === 'ERR' ? 'ERR' : null,
            of.discrepancy,
          ] as const,
        ]),
    ...(layout.totals
      ? [[null, name('Gross Output'), 'GO', (i: number) => output(of, i, layout.discrepancy !== null)] as const]
      : []),
    ...(layout.footnotes === true
      ? [
          [null, 'Proportion of errors in gross output (less than 5%)', null, () => 0.01] as const,
          [null, 'Gross Output Check', null, () => 0] as const,
        ]
      : []),
  ];

  const label = (regionCell: Cell, nameCell: Cell, codeCell: Cell): Cell[] => [
    ...(layout.extraColumn === true ? [null] : []),
    regionCell,
    nameCell,
    ...(layout.codes ? [codeCell] : []),
  ];
  const left = label(null, null, null);
  const across = (pick: (line: Line) => Cell): Cell[] => [...left, ...columns.map(pick)];
  const row = (labels: Cell[], value: (j: number) => Cell): Cell[] => [...labels, ...times(n, value)];
  return [
    ...(layout.title === undefined ? [] : [[layout.title]]),
    across(([region]) => region),
    across(([, name]) => name),
    ...(layout.codes ? [across(([, , code]) => code)] : []),
    ...times(n, (i) => {
      const [r, s] = [Math.floor(i / sectors.length), i % sectors.length];
      return [...label(region(r, s === 0), sectors[s]!, codeOf(s)), ...columns.map(([, , , value]) => value(i))];
    }),
    [
      ...row(label(null, name('Imports'), 'IM'), of.imports),
      ...(layout.importsForDemand === true ? columns.slice(n).map(() => 1) : []),
    ],
    ...(layout.totals
      ? [row(label(null, name('Total intermediate input'), 'TII'), (j) => sum(n, (i) => of.z(i, j)) + of.imports(j))]
      : []),
    ...inputs.map(([codeCell, english], k) => row(label(null, name(english), codeCell), (j) => of.v(k, j))),
    ...(layout.totals
      ? [
          row(label(null, name('Total value added'), 'TVA'), (j) => sum(inputs.length, (k) => of.v(k, j))),
          row(
            label(null, name('Gross Input'), 'TI'),
            (j) => sum(n, (i) => of.z(i, j)) + of.imports(j) + sum(inputs.length, (k) => of.v(k, j)),
          ),
        ]
      : []),
    ...(layout.footnotes === true ? [[], row(label(null, 'CO2 (Mt)', null), (j) => j / 4)] : []),
  ];
}

const output = (of: Sample, i: number, withDiscrepancy: boolean): number =>
  sum(of.regions.length * of.sectors.length, (j) => of.z(i, j)) +
  sum(of.regions.length * of.demand.length, (j) => of.f(i, j)) +
  of.exports(i) +
  (withDiscrepancy ? of.discrepancy(i) : 0);

export async function writeWorkbook(path: string, sheets: Readonly<Record<string, Grid>>): Promise<void> {
  const written = Object.entries(sheets).map(([name, rows]): WriteSheet => ({ name, rows }));
  writeFileSync(path, await writeXlsx({ sheets: written }));
}

/** One sheet, of any size. */
export async function writeLargeSheet(path: string, name: string, rows: Grid): Promise<void> {
  const stream = writeXlsxStream(rows, { name }) as unknown as Parameters<typeof Readable.fromWeb>[0];
  await pipeline(Readable.fromWeb(stream), createWriteStream(path));
}
