import type { StageContext } from '../../runner/stage.ts';
import type { EnterpriseOptions } from './parameters.ts';
import { rowsOf } from './rows.ts';

/** What an industry code says; `reason`: why it says nothing. */
export type IndustryFinding =
  { readonly digits: string; readonly sector: number; readonly reason: null } | { readonly reason: string };

export interface Division {
  readonly section: string;
  readonly sector: number;
  /** Whether emissions of the sector come from enterprise records. */
  readonly reports: boolean;
}

export interface Industries {
  /** By their two digits, GB/T 4754-2017. */
  readonly divisions: ReadonlyMap<string, Division>;
  /** Classes and groups of 2011 that went to a division of another sector, and what they are in 2017. */
  readonly moves: ReadonlyMap<string, string>;
}

/** Tables industry and sector, and industry_move where codes are of 2011. */
export async function readIndustries(
  context: StageContext,
  edition: EnterpriseOptions['industryEdition'],
): Promise<Industries> {
  const divisions = await rowsOf(
    context,
    ['division', 'section', 'sector', 'emissions_from'],
    'SELECT division, section, sector, emissions_from FROM industry JOIN sector ON sector.id = industry.sector',
  );
  const moves = await rowsOf(context, ['code_2011', 'code_2017'], 'FROM industry_move');
  return {
    divisions: new Map(
      divisions.map(({ division, section, sector, emissions_from }) => [
        String(division),
        { section: String(section), sector: Number(sector), reports: emissions_from === 'enterprises' },
      ]),
    ),
    moves: new Map(
      edition === 2011 ? moves.map(({ code_2011, code_2017 }) => [String(code_2011), String(code_2017)]) : [],
    ),
  };
}

/**
 * What a code of GB/T 4754 says at any depth: `31`, `311`, `3110`, `C3110`. Its first two digits are the division.
 * A code of one or three digits that begins with 6 to 9 has lost its zero where a program took it for a number: 610 is 0610.
 */
export function findIndustry(given: string, { divisions, moves }: Industries): IndustryFinding {
  const text = given.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase().replace(/\.0*$/, '');
  if (/^[A-T]$/.test(text)) return { reason: 'industry is only a section' };
  const [, section = '', written = ''] = /^([A-T]?)(\d{1,4})$/.exec(text) ?? [];
  const code = section === '' && /^[6-9](?:\d\d)?$/.test(written) ? `0${written}` : written;
  const digits = moves.get(code) ?? code;
  const division = digits.length < 2 ? undefined : divisions.get(digits.slice(0, 2));
  if (division === undefined || (section !== '' && section !== divisions.get(code.slice(0, 2))?.section))
    return { reason: 'unknown industry' };
  if (!division.reports) return { reason: 'industry outside the sectors with enterprise records' };
  return { digits, sector: division.sector, reason: null };
}
