/** A unit of mass: its kilograms are 10 to the power of `shift`. */
export interface Unit {
  readonly name: string;
  readonly shift: number;
}

/** What files call them, as `normal` has it. */
const UNITS: readonly (readonly [shift: number, names: readonly string[]])[] = [
  [-3, ['g', '克', 'gram', 'grams']],
  [0, ['kg', '千克', '公斤', 'kilogram', 'kilograms']],
  [3, ['t', '吨', 'tonne', 'tonnes']],
  [6, ['kt', '千吨', '1000t', '1,000t']],
  [7, ['万吨', '万t', '10000t', '10,000t', '10kt']],
];

/** For errors. */
export const UNIT_NAMES = 'g, kg, t, kt, 10 000 t (克, 千克, 公斤, 吨, 万吨)';

/** A name as names are compared: no matter of case, full width and spaces. */
export const normal = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll(/\s/g, '');

/** A unit by its name, also per year (`t/a`, `吨/年`); null: it is none that is known. */
export function unitNamed(text: string): Unit | null {
  const name = normal(text).replace(/\/(?:a|yr|year|年)$/, '');
  const found = UNITS.find(([, names]) => names.includes(name));
  return found === undefined ? null : { name: text.trim(), shift: found[0] };
}

/** In brackets at the end, or behind a mark: `NOx (t)`, `氮氧化物（单位：千克）`, `nox_kg`, `NOx, 10 000 t`. */
const BRACKETED = /^(.*?)\s*[([【]\s*(?:(?:单位|unit)\s*:?\s*)?([^()[\]【】]+?)\s*[)\]】]$/i;
const MARKED = /^(.*?)\s*[_,:/ -]\s*(10 ?000 t|10,000 t|[^_,:/\s-]+(?:\/[^_,:/\s-]+)?)$/i;

/** A header without the unit at its end, and that unit; the whole header and null where it names none. */
export function withoutUnit(header: string): { base: string; unit: Unit | null } {
  const text = header.normalize('NFKC').trim();
  for (const form of [BRACKETED, MARKED]) {
    const [, base, written] = form.exec(text) ?? [];
    const unit = written === undefined ? null : unitNamed(written);
    if (unit !== null && base !== '') return { base: base!, unit };
  }
  return { base: text, unit: null };
}
