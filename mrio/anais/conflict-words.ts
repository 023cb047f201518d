import { shareOf, type Conflict, type Relaxation } from './conflicts.ts';
import { EXPORTS, partLabel, placeLabel, type Family, type Part } from './rows.ts';

/** What a constraint is about. */
const SUBJECT: Readonly<Record<Family, (from: string, to: string) => string>> = {
  'row balance': (from) => `the row of ${from}`,
  'column balance': (from) => `the column of ${from}`,
  coherence: (from, to) => `the technical coefficient ${from} -> ${to}`,
  'coherence cap': (from, to) => `the technical coefficient ${from} -> ${to}`,
  'total output': (from) => `the total output of ${from}`,
  'total final demand': (from) => `the total final demand for ${from}`,
  'total primary input': (from) => `the total primary input of ${from}`,
  'known supplier': (from, to) => `what ${from} delivers to the industries of ${to} in all`,
  'known user': (from, to) => `what ${to} buys of ${from} in all`,
  'block of inputs': (from, to) => `what ${from} delivers to ${to}`,
  'block of sales': (from, to) => `what ${to} buys of ${from}`,
  'block within': (from, to) => `what ${from} delivers to ${to}`,
  'block of final demand': (from, to) => `the final demand of ${to} for ${from}`,
};

/** One and many of a kind. */
const COUNTED: Readonly<Record<Family, readonly [string, string]>> = {
  'row balance': ['row balance', 'row balances'],
  'column balance': ['column balance', 'column balances'],
  coherence: ['lower end of a band', 'lower ends of bands'],
  'coherence cap': ['upper end of a band', 'upper ends of bands'],
  'total output': ['total output', 'total outputs'],
  'total final demand': ['total final demand', 'total final demands'],
  'total primary input': ['total primary input', 'total primary inputs'],
  'known supplier': ['known supplier', 'known suppliers'],
  'known user': ['known user', 'known users'],
  'block of inputs': ['block of inputs', 'blocks of inputs'],
  'block of sales': ['block of sales', 'blocks of sales'],
  'block within': ['block within', 'blocks within'],
  'block of final demand': ['block of final demand', 'blocks of final demand'],
};

/** Constraints that are named one by one; more are counted by family. */
const NAMED = 4;

export const subject = ({ family, place: { from, to } }: Pick<Relaxation, 'family' | 'place'>): string =>
  to?.region === EXPORTS
    ? `the exports of ${partLabel(from)}`
    : SUBJECT[family](partLabel(from), to === null ? '' : partLabel(to));

/**
 * What the data say, and what all other constraints allow: `the total output of HE.14 is 1,234 in the target table,
 * all else allows at most 1,100`.
 */
export function finding(relaxation: Relaxation): string {
  const { give, given, needed, measure } = relaxation;
  if (needed === null) {
    const shown = measure === 'money' ? `${amount(given)} in the target table` : digits(given, 4);
    return `${subject(relaxation)} is ${shown}, all else allows none, not even 0`;
  }
  if (measure === 'money') {
    const end = give === 'lower' ? 'at most' : 'at least';
    return `${subject(relaxation)} is ${amount(given)} in the target table, all else allows ${end} ${amount(needed)}`;
  }
  const end = give === 'lower' ? 'at least' : 'at most';
  return `${subject(relaxation)} is to be ${end} ${digits(given, 4)}, all else asks for ${outward(needed, give)}`;
}

/** How the constraint may give way: `lower the total output of HE.14 by 134 (10.9%), to 1,100`. */
export function suggestion(relaxation: Relaxation): string {
  const { give, given, needed, measure, place } = relaxation;
  if (needed === null) return '';
  const share = given === 0 ? '' : percentUp(shareOf(relaxation));
  if (measure === 'money') {
    const brackets = share === '' ? '' : ` (${share})`;
    return `${give} ${subject(relaxation)} by ${amount(Math.abs(needed - given))}${brackets}, to ${amount(needed)}`;
  }
  const by = share === '' ? '' : ` by ${share}`;
  const end = give === 'lower' ? 'a-' : 'a+';
  return `widen the band of ${placeLabel(place)}${by} (${end} from ${digits(given, 4)} to ${outward(needed, give)})`;
}

/** What stands against it: by name where it is little, else counted by family with what its members share. */
export function opposition({ against, irreducible }: Conflict): string[] {
  if (against.length === 0) return [];
  const among = irreducible ? 'against it, with nothing to spare:' : 'against it, among others that are met:';
  if (against.length <= NAMED) return [`${among} ${against.map(subject).join('; ')}`];
  const families = new Map<Family, Relaxation[]>();
  for (const one of against) families.set(one.family, [...(families.get(one.family) ?? []), one]);
  const list = [...families].map(([family, members]) => {
    if (members.length === 1) return subject(members[0]!);
    return `${members.length} ${COUNTED[family][1]}${shared(members)}`;
  });
  return [`${among} ${list.join(', ')}`];
}

/** ` (21 -> *)`: what all places have in common. */
function shared(members: readonly Relaxation[]): string {
  const common = (parts: readonly (Part | null)[]): string => {
    const [first] = parts;
    const same = (name: keyof Part): boolean => parts.every((part) => part?.[name] === first?.[name]);
    const kept: Part = { region: same('region') ? first!.region : null, sector: same('sector') ? first!.sector : null };
    return partLabel(kept) || '*';
  };
  const from = common(members.map(({ place }) => place.from));
  if (members[0]!.place.to === null) return from === '*' ? '' : ` (${from})`;
  const to = common(members.map(({ place }) => place.to));
  return from === '*' && to === '*' ? '' : ` (${from} -> ${to})`;
}

/** `1,234.568`: seven digits, thousands apart. */
function amount(value: number): string {
  const [whole = '', part] = digits(value, 7).split('.');
  if (whole.includes('e')) return digits(value, 7);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return part === undefined ? grouped : `${grouped}.${part}`;
}

const digits = (value: number, count: number): string => String(Number(value.toPrecision(count)));

/** Three digits, upwards or downwards. */
const percentUp = (share: number): string => `${rounded(100 * share, 3, 1)}%`;
export const percentDown = (share: number): string => `${rounded(100 * share, 3, -1)}%`;

/** An end of a band with four digits, rounded so that the band is no narrower. */
const outward = (value: number, give: Relaxation['give']): string => rounded(value, 4, give === 'lower' ? -1 : 1);

/** Rounds a number of 0 or more up (1) or down (-1) to some digits. */
function rounded(value: number, count: number, direction: 1 | -1): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const unit = 10 ** (count - 1 - Math.floor(Math.log10(value)));
  // What is off by a rounding error only is not rounded further.
  const exact = value * unit * (1 - direction * 1e-9);
  return digits((direction > 0 ? Math.ceil(exact) : Math.floor(exact)) / unit, count);
}
