import type { ReportData } from './data.ts';
import type { Emissions } from './emissions-data.ts';
import { fixed, percent, tonnes } from './numbers.ts';

/** Whether exports are among what regions consume. */
const areConsumed = ({ exports }: Emissions): boolean => exports?.treatment === 'with-region';

/** What consumption-based emissions are caused by, before a verb. */
export const demand = (emissions: Emissions, consumption = 'consumption'): string =>
  areConsumed(emissions) ? 'final demand, exports abroad included,' : consumption;

/** What is done with the products that they are embodied in. */
export const buys = (emissions: Emissions): string =>
  areConsumed(emissions) ? 'finally buys or exports abroad' : 'finally buys';
export const bought = (emissions: Emissions): string =>
  areConsumed(emissions) ? 'finally bought and exported abroad' : 'finally bought';

/** How exports are counted, and what they are behind; nothing where there are none. */
export function exportSentence(emissions: Emissions, { words: { region }, several }: ReportData): string {
  const { exports, pollutant, regions } = emissions;
  if (exports === null) return '';
  const alone = regions.length === 1;
  const they = `the ${alone ? region.one : region.many}`;
  const total = (account: 'production' | 'consumption'): number =>
    regions.reduce((sum, accounts) => sum + accounts[account], 0);
  const part = (of: number): string => `${tonnes(exports.total)} (${percent(exports.total / of, 0)})`;
  const what = several ? `emissions of ${pollutant}` : 'emissions';
  if (exports.treatment === 'separate') {
    return `exports abroad are counted apart, as nobody’s consumption: ${part(total('production'))} of the ${what} of ${they} were for them.`;
  }
  return (
    `exports abroad count as final demand of the ${region.one} that delivers them: they caused ` +
    `${part(total('consumption'))} of the consumption-based ${what}, and what ${they} bought ` +
    `${alone ? 'itself' : 'themselves'} ${tonnes(total('consumption') - exports.total)}.${withoutExports(emissions, region.many)}`
  );
}

/** How many regions emit more than they cause, with their exports and without; nothing where these are as many. */
function withoutExports({ regions, exports }: Emissions, many: string): string {
  const own = regions.filter(
    ({ code, production, consumption }) => production > consumption - (exports?.byRegion.get(code) ?? 0),
  ).length;
  const counted = regions.filter(({ netInflow }) => netInflow > 0).length;
  if (regions.length === 1 || own === counted) return '';
  const number = (count: number): string => (count === 0 ? 'none' : count === regions.length ? 'all' : fixed(count));
  return (
    ` Without exports, ${number(own)} of the ${fixed(regions.length)} ${many} would emit more than their consumption ` +
    `causes; with them, ${number(counted)}.`
  );
}

/** The same in a caption of a table with a column of exports. */
export function exportNote({ exports }: Emissions, one: string): string {
  if (exports === null) return '';
  const amount = `${tonnes(exports.total)} in all`;
  return exports.treatment === 'separate'
    ? ` Exports abroad are nobody’s consumption: emissions for them are in production alone, ${amount}.`
    : ` Exports abroad count as final demand of the ${one} that delivers them: what they caused is in consumption, ${amount}.`;
}
