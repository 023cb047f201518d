import type { StageContext } from '../../runner/stage.ts';
import type { EnterpriseOptions } from './parameters.ts';
import { rows } from '../rows.ts';

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
  /** The four digits of its classes that have enterprise records. */
  readonly classes: ReadonlySet<string>;
  /** Classes and groups of 2011 that went to a division of another sector, and what they are in 2017. */
  readonly moves: ReadonlyMap<string, string>;
}

/** Tables industry, sector and industry_class, and industry_move where codes are of 2011. */
export async function readIndustries(
  context: StageContext,
  edition: EnterpriseOptions['industryEdition'],
): Promise<Industries> {
  const divisions = await rows(
    context,
    { division: 'text', section: 'text', sector: 'number', emissions_from: 'text' },
    'SELECT division, section, sector, emissions_from FROM industry JOIN sector ON sector.id = industry.sector',
  );
  const classes = await rows(context, { class: 'text' }, 'SELECT class FROM industry_class');
  const moves = await rows(context, { code_2011: 'text', code_2017: 'text' }, 'FROM industry_move');
  return {
    divisions: new Map(
      divisions.map(({ division, section, sector, emissions_from }) => [
        division,
        { section, sector, reports: emissions_from === 'enterprises' },
      ]),
    ),
    classes: new Set(classes.map((row) => row.class)),
    moves: new Map(edition === 2011 ? moves.map(({ code_2011, code_2017 }) => [code_2011, code_2017]) : []),
  };
}

/** Classes of mining that the edition of 2011 has and that of 2017 divides: oil and gas. */
const CLASSES_OF_2011: readonly string[] = ['0710', '0720'];

/**
 * Groups of services, by the edition of 2011 or of 2017, that are classes of mining without their zero: 711 is the hire of
 * machines, and 0711 is oil.
 */
const GROUPS_OF_SERVICES: readonly string[] = '711 712 721 722 911 912 913 919 921 922 929 931 932'.split(' ');

/**
 * What a code of GB/T 4754 says at any depth: `31`, `311`, `3110`, `C3110`. Its first two digits are the division. What is a
 * class or division of mining but for its zero has lost that where a program took it for a number: 610 is 0610, 6 is 06.
 */
export function findIndustry(given: string, { divisions, classes, moves }: Industries): IndustryFinding {
  const text = given.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase().replace(/\.0*$/, '');
  if (/^[A-T]$/.test(text)) return { reason: 'industry is only a section' };
  const [, section = '', written = ''] = /^([A-T]?)(\d{1,4})$/.exec(text) ?? [];
  const zeroLost = section === '' && isMining(`0${written}`, classes);
  if (zeroLost && GROUPS_OF_SERVICES.includes(written)) return { reason: 'ambiguous industry' };
  const code = zeroLost ? `0${written}` : written;
  const digits = moves.get(code) ?? code;
  const division = digits.length < 2 ? undefined : divisions.get(digits.slice(0, 2));
  if (division === undefined || (section !== '' && section !== divisions.get(code.slice(0, 2))?.section))
    return { reason: 'unknown industry' };
  if (!division.reports) return { reason: 'industry outside the sectors with enterprise records' };
  return { digits, sector: division.sector, reason: null };
}

/** Whether a code is a division or a class of mining, not a group: without its zero that has two digits, as others have. */
const isMining = (code: string, classes: ReadonlySet<string>): boolean =>
  /^0[6-9]$/.test(code) || (/^0[6-9]\d\d$/.test(code) && (classes.has(code) || CLASSES_OF_2011.includes(code)));
