import { ModelError } from '../mrio/error.ts';
import type { WiodSheet } from './wiod.ts';

/** A value of accounts beside a table. */
export interface SatelliteCell {
  /** Among the rows of the accounts, from 0. */
  readonly row: number;
  /** Of the table. */
  readonly column: number;
  readonly value: number;
  /** Where it stands, for errors. */
  readonly place: string;
}

/** Households stand below the sectors. */
const HOUSEHOLDS = 'FC_HH';
const HOUSEHOLD_DEMAND = /^final consumption expenditure by households$/i;
/** Tables call Romania otherwise than the accounts. */
const SAME_REGION: Readonly<Record<string, string>> = { ROU: 'ROM', ROM: 'ROU' };

/** Whether a region of a table is the country that accounts beside it call so. */
export function sameRegion(ofTable: string, ofAccounts: string): boolean {
  const [known, country] = [ofTable.toUpperCase(), ofAccounts.toUpperCase()];
  return known === country || SAME_REGION[country] === known;
}

/** The regions of a table, in its order. */
export const regionsOf = ({ columns }: WiodSheet): string[] => [
  ...new Set(columns.flatMap((label) => (label.kind === 'account' ? [label.region] : []))),
];

/**
 * The column of a sector of a country, or of the demand of its households.
 * @param sector its code in accounts: `AtB`, `secAtB`, `FC_HH`
 * @param place the cells that name them, for errors
 * @throws ModelError where the table has no such region, or no such sector of it
 */
export function columnOf(sector: string, country: string, table: WiodSheet, place: string): number {
  const code = sector.replace(/^sec/, '');
  const column = table.columns.findIndex((label) => {
    if (label.kind === 'account')
      return sector !== HOUSEHOLDS && label.code === code && sameRegion(label.region, country);
    if (label.kind !== 'final demand' || sector !== HOUSEHOLDS) return false;
    return HOUSEHOLD_DEMAND.test(label.category) && sameRegion(label.region, country);
  });
  if (column >= 0) return column;
  const codes = table.columns.flatMap((label) =>
    label.kind === 'account' && sameRegion(label.region, country) ? [label.code ?? label.sector] : [],
  );
  const expected =
    codes.length === 0
      ? `no region ${country}: one of ${regionsOf(table).join(', ')} is expected`
      : `no sector ${sector} of ${country}: one of ${codes.join(', ')} is expected`;
  throw new ModelError(`${place}: the table has ${expected}`, 'give the accounts of the same release');
}
