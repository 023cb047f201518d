import { createRandom } from './random.ts';

/** Sizes of an economy: regions, sectors, categories of final demand. */
export interface Sizes {
  readonly regions: number;
  readonly sectors: number;
  readonly categories: number;
}

/** What makes regions differ beyond the facts, as logarithms of factors. */
export interface Noise {
  /** Location quotient, R x S. */
  readonly quotient: Float64Array;
  /** Technical coefficient, R x S x S: region, using sector, product. */
  readonly technology: Float64Array;
  /** Share of value added in output, R x S. */
  readonly valueAdded: Float64Array;
  /** How much a part of a divided region resembles another region, R x S x R: part, sector, other region. */
  readonly likeness: Float64Array;
  /** Composition of final demand, R x C x S. */
  readonly taste: Float64Array;
  /** Trade, S x R x R: product, origin, destination. */
  readonly trade: Float64Array;
  /** Single deliveries, S x R x (R x S + R x C): product, origin, user. */
  readonly delivery: Float64Array;
}

type Deviations = Readonly<Record<keyof Noise, number>>;

/** Standard deviations of the economy itself. */
const ECONOMY: Deviations = {
  quotient: 0,
  technology: 0.3,
  valueAdded: 0.06,
  likeness: 1,
  taste: 0.15,
  trade: 0.35,
  delivery: 0.1,
};

/** Standard deviations of what another year adds. */
const YEAR: Deviations = {
  quotient: 0.1,
  technology: 0.15,
  valueAdded: 0.03,
  likeness: 0.3,
  taste: 0.1,
  trade: 0.3,
  delivery: 0.1,
};

function lengths({ regions, sectors, categories }: Sizes): Readonly<Record<keyof Noise, number>> {
  return {
    quotient: regions * sectors,
    technology: regions * sectors ** 2,
    valueAdded: regions * sectors,
    likeness: regions ** 2 * sectors,
    taste: regions * categories * sectors,
    trade: sectors * regions ** 2,
    delivery: sectors * regions * (regions * sectors + regions * categories),
  };
}

function draw(seed: number, name: string, sizes: Sizes, deviations: Deviations): Noise {
  const length = lengths(sizes);
  const one = (kind: keyof Noise): Float64Array => {
    const random = createRandom(seed, `${name}/${kind}`);
    const values = new Float64Array(length[kind]);
    if (deviations[kind] === 0) return values;
    return values.map(() => deviations[kind] * random.normal());
  };
  return {
    quotient: one('quotient'),
    technology: one('technology'),
    valueAdded: one('valueAdded'),
    likeness: one('likeness'),
    taste: one('taste'),
    trade: one('trade'),
    delivery: one('delivery'),
  };
}

/** The noise of the economy that a seed stands for. */
export function economyNoise(seed: number, sizes: Sizes): Noise {
  return draw(seed, 'economy', sizes, ECONOMY);
}

/** The same economy in another year: its noise plus what that year adds. */
export function otherYearNoise(base: Noise, seed: number, sizes: Sizes): Noise {
  const year = draw(seed, 'other year', sizes, YEAR);
  const sum = (kind: keyof Noise): Float64Array => base[kind].map((value, k) => value + year[kind][k]!);
  return {
    quotient: sum('quotient'),
    technology: sum('technology'),
    valueAdded: sum('valueAdded'),
    likeness: sum('likeness'),
    taste: sum('taste'),
    trade: sum('trade'),
    delivery: sum('delivery'),
  };
}
