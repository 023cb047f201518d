import { kilograms } from './enterprise-quantities.ts';
import type { Random } from './random.ts';
import { pick } from './random.ts';

export const HEADER = 'id,name,industry,place,nox_kg';

/** One enterprise as the file has it. */
export interface EnterpriseRecord {
  readonly id: string;
  readonly name: string;
  /** GB/T 4754-2017 class, four digits. */
  readonly industry: string;
  /** GB/T 2260 code, six digits. */
  readonly place: string;
  readonly grams: number;
}

/** What can be wrong with a line of the stand-in file; each kind has about the same number of lines. */
export const FAULTS = [
  'not a number',
  'negative',
  'unknown industry',
  'unknown place',
  'duplicate id',
  'missing columns',
  'stray quote',
] as const;
export type Fault = (typeof FAULTS)[number];

const field = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const fields = ({ id, name, industry, place, grams }: EnterpriseRecord): string[] => [
  id,
  field(name),
  industry,
  place,
  kilograms(grams),
];

/** The line of a valid record, RFC 4180, without its end. */
export const validLine = (record: EnterpriseRecord): string => fields(record).join(',');

/**
 * A line with one fault.
 *
 * @param record what the line would say; grams > 0, so that a minus sign makes it negative
 * @param earlierId identifier of a valid record on an earlier line
 */
export function faultyLine(fault: Fault, record: EnterpriseRecord, earlierId: string, random: Random): string {
  const [id, name, industry, place, kg] = fields(record) as [string, string, string, string, string];
  switch (fault) {
    case 'not a number':
      return [id, name, industry, place, pick(random, ['abc', '1.2.3', '', '-', `${kg}kg`])].join(',');
    case 'negative':
      return [id, name, industry, place, `-${kg}`].join(',');
    case 'unknown industry':
      return [id, name, pick(random, ['0000', '9910', `${industry}9`, 'C', '']), place, kg].join(',');
    case 'unknown place':
      return [id, name, industry, pick(random, ['000000', '990100', 'n/a', '']), kg].join(',');
    case 'duplicate id':
      return [earlierId, name, industry, place, kg].join(',');
    case 'missing columns':
      return [id, name, industry, place].slice(0, 2 + random.integer(3)).join(',');
    case 'stray quote': {
      const bare = record.name.replace(/[",]/g, '');
      const broken = pick(random, [
        `"${bare}`,
        `${bare.slice(0, 2)}"${bare.slice(2)}`,
        `"${bare.slice(0, 4)}"${bare.slice(4)}`,
      ]);
      return [id, broken, industry, place, kg].join(',');
    }
  }
}
