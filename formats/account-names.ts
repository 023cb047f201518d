import type { ColumnLabel, RowLabel } from './open-table.ts';

/** What a row or column is that belongs to no sector of a region. Of final demand the region is told by its place. */
export type SpecialAccount =
  | Exclude<RowLabel, { kind: 'account' }>
  | Exclude<ColumnLabel, { kind: 'account' | 'final demand' }>
  /** Where there is the category `sumOf`, it is a total of that and others. */
  | { readonly kind: 'final demand'; readonly category: string; readonly sumOf?: string };

/** A row or column by the code and by the names that tables of China's statistics and of CEADs give it. */
interface Known {
  readonly code: RegExp;
  /** Of names without spaces and punctuation, in lower case. */
  readonly name: RegExp;
  /** In which direction it stands for this; a column of imports is subtracted, a row of them is an input. */
  readonly axis?: 'row' | 'column';
  readonly is: SpecialAccount;
}

const stated = (of: Extract<SpecialAccount, { kind: 'stated' }>['of'], name: string): SpecialAccount => ({
  kind: 'stated',
  of,
  name,
});
const demand = (category: string) => ({ kind: 'final demand', category }) as const;
const input = (name: string, imports = false): SpecialAccount => ({ kind: 'primary input', name, imports });

/** The first that fits counts. */
const KNOWN: readonly Known[] = [
  {
    code: /^FU101$/,
    name: /^(rural(household|resident)?s?(consumption|consumer)?(expenditure)?|农村居民消费(支出)?)$/,
    is: demand('rural_households'),
  },
  {
    code: /^FU102$/,
    name: /^(urban(household|resident)?s?(consumption|consumer)?(expenditure)?|城镇居民消费(支出)?)$/,
    is: demand('urban_households'),
  },
  { code: /^FU103$/, name: /^(government(consumption)?(expenditure)?|政府消费(支出)?)$/, is: demand('government') },
  {
    code: /^FU201$/,
    name: /^((gross)?fixedcapitalformation|固定资本形成(总额)?)$/,
    is: demand('fixed_capital_formation'),
  },
  {
    code: /^FU202$/,
    name: /^(inventor(y|ies)(increase)?|(changes?|increase)ininventor(y|ies)|stockchange|存货(变动|增加))$/,
    is: demand('inventory_change'),
  },
  {
    code: /^TC$/,
    name: /^(totalconsumption|最终消费(支出)?合计)$/,
    is: { ...demand('consumption'), sumOf: 'government' },
  },
  {
    code: /^GCF$/,
    name: /^((gross|total)capitalformation|资本形成(总额)?合计)$/,
    is: { ...demand('capital_formation'), sumOf: 'fixed_capital_formation' },
  },
  {
    code: /^(EX|EXP)$/,
    name: /^((international|foreign|overseas)?exports?|exportsabroad|(国外|国际|海外)?出口(总额|合计)?)$/,
    is: { kind: 'export', name: 'Exports' },
  },
  {
    code: /^(ERR|OTH)$/,
    name: /^((statistical|balance|balancing)?errors?|err|others?|(statistical)?discrepanc(y|ies)|(statistical)?residuals?|balancingitems?|其他|(统计|平衡)?误差(项)?|残差(项)?|平衡项)$/,
    axis: 'column',
    is: { kind: 'discrepancy', name: 'Statistical discrepancy' },
  },
  {
    code: /^TIU$/,
    name: /^(total)?intermediateuses?$|^中间使用(合计)?$/,
    is: stated('intermediate', 'Intermediate use'),
  },
  { code: /^TFU$/, name: /^(total)?finaluses?$|^最终使用(合计)?$/, is: stated('final use', 'Final use') },
  {
    code: /^TII$/,
    name: /^(total)?intermediateinputs?$|^中间投入(合计)?$/,
    is: stated('intermediate', 'Intermediate input'),
  },
  {
    code: /^(GO|TO)$/,
    name: /^(gross|total)?outputs?$|^(总产出|总产值|产出合计)$/,
    axis: 'column',
    is: stated('all', 'Gross output'),
  },
  {
    code: /^(TI|GI|GO|TO)$/,
    name: /^(gross|total)?(in|out)puts?$|^(总投入|投入合计|总产出)$/,
    axis: 'row',
    is: stated('all', 'Gross input'),
  },
  {
    code: /^IM$/,
    name: /^((international|foreign|overseas)?imports?|(imported|foreign)intermediates?(inputs?|products?|goods)?|(国外|国际|海外)?进口(总额|合计)?|进口中间(投入|产品|品))$/,
    axis: 'row',
    is: input('Imports', true),
  },
  {
    code: /^IM$/,
    name: /^((international|foreign|overseas)?imports?|(国外|国际|海外)?进口(总额|合计)?)$/,
    axis: 'column',
    is: { kind: 'imports', name: 'Imports' },
  },
  {
    code: /^VA0*1$/,
    name: /^(compensation|conpensation)ofemployees?$|^劳动者报酬$/,
    is: input('Compensation of employees'),
  },
  { code: /^VA0*2$/, name: /^nettaxes(onproduction)?$|^生产税净额$/, is: input('Net taxes on production') },
  {
    code: /^VA0*3$/,
    name: /^depreciation(of|on)?(the)?(fixed)?(assets|capital)?$|^固定资产折旧$/,
    is: input('Depreciation of fixed assets'),
  },
  { code: /^VA0*4$/, name: /^operatin?gi?surplus$|^operationg?surplus$|^营业盈余$/, is: input('Operating surplus') },
  { code: /^TVA$/, name: /^(total)?valueadded$|^增加值合计$/, is: stated('value added', 'Value added') },
];

/** A name as it is compared: without spaces, punctuation and case. */
export const plainName = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/** The same without what stands in brackets. */
export const bareName = (name: string): string => plainName(name.normalize('NFKC').replace(/\([^)]*\)/g, ''));

/** Whether a text is one of the codes that rows and columns have beside sectors. */
export const isSpecialCode = (text: string): boolean => KNOWN.some(({ code }) => code.test(text.toUpperCase()));

/** The number in a code of a sector, such as `01` or `001`; null: it is none. */
export const sectorNumber = (text: string): number | null =>
  /^\d{1,3}$/.test(text) && Number(text) > 0 ? Number(text) : null;

/** What a row or column is by its code, or where it has none by one of its names; null: nothing that is known. */
export function specialAccount(
  axis: 'row' | 'column',
  code: string | null,
  names: readonly string[],
): SpecialAccount | null {
  const fits = KNOWN.filter((known) => known.axis === undefined || known.axis === axis);
  const byCode = code === null ? undefined : fits.find((known) => known.code.test(code.toUpperCase()));
  if (byCode !== undefined) return byCode.is;
  // A code may stand among the names, and a name in the line of codes.
  const texts = code === null ? names : [...names, code];
  const bare = texts.map(bareName);
  const byName = fits.find((known) => bare.some((name) => known.name.test(name)));
  if (byName !== undefined) return byName.is;
  const nearest = code === null ? names.at(-1)?.trim().toUpperCase() : undefined;
  const codeAsName = nearest === undefined ? undefined : fits.find((known) => known.code.test(nearest));
  if (codeAsName !== undefined) return codeAsName.is;
  const co2 = names.find((name) => /^co2\b/i.test(name));
  if (axis === 'row' && co2 !== undefined)
    return { kind: 'stressor', name: 'CO2', unit: /\(([^)]+)\)/.exec(co2)?.[1] ?? null };
  return null;
}

/** What the rows of a table may be told to be of, where it has a row for each sector twice. */
export const isOrigin = (text: string): boolean =>
  /^(domestic|imports?|imported|tot|total|国内|进口|合计)$/.test(bareName(text));
export const isImportOrigin = (text: string): boolean => /^(imports?|imported|进口)$/.test(bareName(text));
