import { valueOf, type Condition, type Figure, type Form } from './calibration-types.ts';

/** A figure without its name, value and unit. */
export type Reading = Pick<Figure, 'conditions' | 'reached'>;

/** numerator(E) / denominator(E), or numerator(E) itself. */
export interface Ratio {
  readonly numerator: Form;
  readonly denominator: Form | null;
}

export const total = (form: Form): Ratio => ({ numerator: form, denominator: null });

export const share = (part: Form, whole: Form): Ratio => ({ numerator: part, denominator: whole });

export const difference = (a: Form, b: Form): Form => a.map((value, k) => value - b[k]!);

export const scaled = (form: Form, factor: number): Form => form.map((value) => value * factor);

/** The sum of forms; at least one. */
export const sum = (forms: readonly Form[]): Form =>
  forms.reduce((total, form) => total.map((value, k) => value + form[k]!));

/** The mean of forms; at least one. */
export const mean = (forms: readonly Form[]): Form => scaled(sum(forms), 1 / forms.length);

const read = ({ numerator, denominator }: Ratio, emissions: Float64Array): number =>
  valueOf(numerator, emissions) / (denominator === null ? 1 : valueOf(denominator, emissions));

/** A figure that is one ratio. */
export function equal(ratio: Ratio, value: number, weight: number): Reading {
  return {
    conditions: [{ ...ratio, sense: 'equal', value, weight }],
    reached: (emissions) => read(ratio, emissions),
  };
}

/**
 * A figure that is the least or greatest of several ratios: the one at that end in the reference meets it, all others
 * stay within.
 */
export function extreme(
  end: 'min' | 'max',
  ratios: readonly Ratio[],
  value: number,
  weight: number,
  reference: Float64Array,
): Reading {
  const pick = end === 'min' ? Math.min : Math.max;
  const ofAll = (emissions: Float64Array): number[] => ratios.map((ratio) => read(ratio, emissions));
  const known = ofAll(reference);
  const atEnd = known.indexOf(pick(...known));
  return {
    conditions: ratios.map((ratio, r) => ({
      ...ratio,
      sense: r === atEnd ? 'equal' : end === 'min' ? 'at least' : 'at most',
      value,
      weight,
    })),
    reached: (emissions) => pick(...ofAll(emissions)),
  };
}

/** Production- over consumption-based emissions within this of 1: about equal, as in the stage `compare`. */
const ABOUT_EQUAL = 0.05;
/** What a calibrated city keeps from that border, on either side. */
const MARGIN = 0.01;

/** 1: production-based emissions are above consumption-based ones, 0: about equal, -1: below. */
export function orientationOf(production: Form, consumption: Form, emissions: Float64Array): number {
  const excess = valueOf(production, emissions) / valueOf(consumption, emissions) - 1;
  return Math.abs(excess) <= ABOUT_EQUAL ? 0 : Math.sign(excess);
}

/** A figure that is a city's orientation. */
export function orientation(production: Form, consumption: Form, value: number, weight: number): Reading {
  const ratio = share(production, consumption);
  const within = (sense: Condition['sense'], bound: number): Condition => ({ ...ratio, sense, value: bound, weight });
  const conditions =
    value > 0
      ? [within('at least', 1 + ABOUT_EQUAL + MARGIN)]
      : value < 0
        ? [within('at most', 1 - ABOUT_EQUAL - MARGIN)]
        : [within('at least', 1 - ABOUT_EQUAL + MARGIN), within('at most', 1 + ABOUT_EQUAL - MARGIN)];
  return { conditions, reached: (emissions) => orientationOf(production, consumption, emissions) };
}
