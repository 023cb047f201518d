import { fitMargins } from './economy-fit.ts';
import { distances } from './economy-geography.ts';
import type { Noise } from './economy-noise.ts';
import type { Geography } from './economy-types.ts';

/** Trade in what hardly travels falls with distance as (NEAR_KM + distance) to this power. */
const DISTANCE_DECAY = 1.4;
const NEAR_KM = 300;
/** What is made at home is preferred by up to e to this power where a product hardly travels. */
const HOME_PREFERENCE = 5;
/** An origin that would supply less than this share of a region's use of a product supplies nothing. */
const LEAST_SHARE = 1e-5;

/** Concentration up to which a product may still be used where it is made, and at which it travels freely. */
const LOCAL_CONCENTRATION = 0.1;
const FREE_CONCENTRATION = 0.5;
/** Share of output sent abroad at which a product travels freely. */
const FREE_EXPORT_SHARE = 0.4;

/**
 * How well each product travels, 0 to 1, S. Two signs: the share of its output that would have to move for every region
 * to have as much of it as its part of the whole economy (Hoover's index of concentration), and the share sent abroad.
 * Coal and electronics travel; construction, electricity and services stay.
 * @param output n = R x S
 * @param exports n
 */
export function tradability(output: Float64Array, exports: Float64Array, regions: number): Float64Array {
  const sectors = output.length / regions;
  const total = output.reduce((sum, value) => sum + value, 0);
  const byRegion = new Float64Array(regions);
  const bySector = new Float64Array(sectors);
  const abroad = new Float64Array(sectors);
  output.forEach((value, k) => {
    byRegion[Math.floor(k / sectors)]! += value / total;
    bySector[k % sectors]! += value;
    abroad[k % sectors]! += exports[k]!;
  });
  return bySector.map((made, i) => {
    if (made === 0) return 0;
    const concentration = byRegion.reduce(
      (sum, share, r) => sum + 0.5 * Math.abs(output[r * sectors + i]! / made - share),
      0,
    );
    const concentrated = (concentration - LOCAL_CONCENTRATION) / (FREE_CONCENTRATION - LOCAL_CONCENTRATION);
    return Math.min(1, Math.max(0, concentrated) + abroad[i]! / made / FREE_EXPORT_SHARE);
  });
}

/**
 * Gravity: what share of a region's use of a product each origin is expected to supply, S x R x R (product, origin,
 * destination), before origins are made to sell what they make. Negligible links are zero.
 * @param supply domestic supply of each account, n = R x S
 */
export function tradeShares(
  geography: Geography,
  supply: Float64Array,
  travels: Float64Array,
  noise: Noise,
): Float64Array {
  const regions = geography.regions.length;
  const sectors = travels.length;
  const km = distances(geography);
  const shares = new Float64Array(sectors * regions * regions);
  for (let i = 0; i < sectors; i++) {
    const home = Math.exp(HOME_PREFERENCE * (1 - travels[i]!));
    for (let to = 0; to < regions; to++) {
      const at = (from: number): number => (i * regions + from) * regions + to;
      let total = 0;
      for (let from = 0; from < regions; from++) {
        const pull =
          (from === to ? home : 1) * (NEAR_KM + km[from * regions + to]!) ** (-DISTANCE_DECAY * (1 - travels[i]!));
        shares[at(from)] = supply[from * sectors + i]! * pull * Math.exp(noise.trade[at(from)]!);
        total += shares[at(from)]!;
      }
      for (let from = 0; from < regions; from++) {
        const share = shares[at(from)]! / total;
        shares[at(from)] = total > 0 && (share >= LEAST_SHARE || from === to) ? share : 0;
      }
    }
  }
  return shares;
}

/** Uses of products by accounts and by final demand, summed over origins; row-major, S rows each. */
export interface ProductUses {
  /** S x n. */
  readonly intermediate: Float64Array;
  /** S x (R x C). */
  readonly finalDemand: Float64Array;
}

/** Deliveries by origin: n x n and n x (R x C), row-major. */
export interface Deliveries {
  readonly intermediate: Float64Array;
  readonly finalDemand: Float64Array;
}

/**
 * Spreads every use of a product over its origins by gravity, so that each origin delivers its supply and each user
 * receives its use (RAS, product by product).
 * @param supply domestic supply of each account, n; adds up to the uses by product
 * @param shares S x R x R: product, origin, destination
 */
export function deliveries(
  uses: ProductUses,
  supply: Float64Array,
  shares: Float64Array,
  noise: Noise,
  regions: number,
): Deliveries {
  const n = supply.length;
  const sectors = n / regions;
  const demands = uses.finalDemand.length / sectors;
  const users = n + demands;
  const regionOf = (user: number): number =>
    user < n ? Math.floor(user / sectors) : Math.floor((user - n) / (demands / regions));
  const result = { intermediate: new Float64Array(n * n), finalDemand: new Float64Array(n * demands) };
  for (let i = 0; i < sectors; i++) {
    const useOf = new Float64Array(users);
    useOf.set(uses.intermediate.subarray(i * n, (i + 1) * n));
    useOf.set(uses.finalDemand.subarray(i * demands, (i + 1) * demands), n);
    const prior = new Float64Array(regions * users);
    const supplyOf = Float64Array.from({ length: regions }, (_, from) => supply[from * sectors + i]!);
    for (let from = 0; from < regions; from++) {
      for (let user = 0; user < users; user++) {
        const share = shares[(i * regions + from) * regions + regionOf(user)]!;
        const odd = Math.exp(noise.delivery[(i * regions + from) * users + user]!);
        prior[from * users + user] = useOf[user]! * share * odd;
      }
    }
    const fitted = fitMargins({ rows: regions, columns: users, values: prior }, supplyOf, useOf);
    for (let from = 0; from < regions; from++) {
      const account = from * sectors + i;
      const row = fitted.subarray(from * users, (from + 1) * users);
      result.intermediate.set(row.subarray(0, n), account * n);
      result.finalDemand.set(row.subarray(n), account * demands);
    }
  }
  return result;
}
