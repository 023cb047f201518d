/** How values of two columns are compared: as SQL, by their types. */

export interface Comparison {
  readonly same: string;
  readonly differs: string;
  /** The same number in other bits: 0 and -0. */
  readonly inBitsOnly: string;
  /** A DOUBLE: |after - before|, NULL or not finite where nothing can be subtracted. */
  readonly absolute: string;
  /** A DOUBLE: |after - before| / max(|before|, |after|). */
  readonly relative: string;
}

type Family = 'whole' | 'decimal' | 'real' | 'other';

function familyOf(type: string): Family {
  if (/^U?(TINY|SMALL|BIG|HUGE)INT$|^U?INTEGER$/.test(type)) return 'whole';
  if (type.startsWith('DECIMAL')) return 'decimal';
  return type === 'DOUBLE' || type === 'FLOAT' ? 'real' : 'other';
}

/** @param types of the columns; numbers of two types are compared as numbers, all else of two types as texts */
export function comparisonOf(
  before: string,
  after: string,
  types: readonly [before: string, after: string],
): Comparison {
  const families = types.map(familyOf);
  const numbers = !families.includes('other');
  const as = types[0] === types[1] ? null : commonType(families);
  const [old, now] = [before, after].map((name) => (as === null ? name : `${name}::${as}`)) as [string, string];
  const signed = families.every((family) => family === 'real');
  const absolute = numbers ? difference([before, after], families) : 'NULL::DOUBLE';
  return {
    same: `${old} IS NOT DISTINCT FROM ${now}`,
    differs: `(${old} IS DISTINCT FROM ${now})`,
    inBitsOnly: signed ? `coalesce(${old} = ${now} AND signbit(${old}) <> signbit(${now}), false)` : 'false',
    absolute,
    relative: numbers ? `(${absolute} / greatest(abs(${before}::DOUBLE), abs(${after}::DOUBLE)))` : 'NULL::DOUBLE',
  };
}

function commonType(families: readonly Family[]): string {
  if (families.every((family) => family === 'whole')) return 'HUGEINT';
  return families.includes('other') ? 'VARCHAR' : 'DOUBLE';
}

/** Whole numbers and decimals are subtracted before they are rounded to a DOUBLE, where the difference fits. */
function difference([before, after]: readonly [string, string], families: readonly Family[]): string {
  const rounded = `abs(${after}::DOUBLE - ${before}::DOUBLE)`;
  const exactly = families.every((family) => family === 'whole')
    ? `${after}::HUGEINT - ${before}::HUGEINT`
    : families.every((family) => family === 'decimal')
      ? `${after} - ${before}`
      : null;
  return exactly === null ? rounded : `coalesce(abs(TRY(${exactly})::DOUBLE), ${rounded})`;
}
