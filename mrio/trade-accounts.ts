import type { ConsumerDemand } from './table.ts';

/**
 * Emissions of R regions and S sectors under four ways of counting, ordered region by region. Production and exports have
 * n = R x S values, consumption and imports one for each consumer and sector; consumers are the regions, and any others.
 */
export interface TradeAccounts {
  /** Emitted by the account, for anybody. */
  readonly production: Float64Array;
  /** Caused anywhere by final demand of the consumer for products of the sector, of any origin. */
  readonly consumption: Float64Array;
  /** What of this is emitted outside of the consumer's region. */
  readonly imports: Float64Array;
  /** Emitted by the account for final demand of other consumers. */
  readonly exports: Float64Array;
}

/**
 * With X_k,(r,i) = the sum over regions s of L_k,(s,i) Y_(s,i),r, the output of account k that consumer r's final demand
 * for product i calls for, whoever delivers it:
 * production_k = e_k times the sum of X_k over all (r,i); exports_k = the same over the consumers r that k is not in;
 * consumption_(r,i) = the sum over k of e_k X_k,(r,i); imports_(r,i) = the same over the accounts k outside of r.
 *
 * These are D_pba, D_exp, D_cba and D_imp of pymrio (Stadler 2021, doi:10.5334/jors.251). Of each kind of emissions,
 * those of production and of consumption add up to the same.
 * @param intensity e, direct emissions per unit of output, n
 * @param leontief L, n x n, row-major
 * @param demand Y, n x consumers, row-major; column r = final demand of consumer r, over all categories
 * @param consumerCount columns of Y: the regions, in order, then those that are no region, as exports kept apart
 */
export function tradeAccounts(
  intensity: Float64Array,
  leontief: Float64Array,
  demand: ConsumerDemand['values'],
  regionCount: number,
  consumerCount = regionCount,
): TradeAccounts {
  const n = intensity.length;
  const S = n / regionCount;
  const products = consumerCount * S;
  const accounts = {
    production: new Float64Array(n),
    consumption: new Float64Array(products),
    imports: new Float64Array(products),
    exports: new Float64Array(n),
  };
  const calledFor = new Float64Array(products);
  for (let k = 0; k < n; k++) {
    const home = Math.floor(k / S);
    outputCalledFor(leontief.subarray(k * n, (k + 1) * n), demand, S, calledFor);
    for (let consumed = 0; consumed < products; consumed++) {
      const emissions = intensity[k]! * calledFor[consumed]!;
      accounts.production[k]! += emissions;
      accounts.consumption[consumed]! += emissions;
      if (Math.floor(consumed / S) === home) continue;
      accounts.exports[k]! += emissions;
      accounts.imports[consumed]! += emissions;
    }
  }
  return accounts;
}

/** X_k of one account k, from its row of L: consumers x S. */
function outputCalledFor(row: Float64Array, demand: Float64Array, S: number, result: Float64Array): void {
  const consumers = result.length / S;
  result.fill(0);
  for (const [account, output] of row.entries()) {
    for (let r = 0; r < consumers; r++) result[r * S + (account % S)]! += output * demand[account * consumers + r]!;
  }
}

/** Sums over the sectors of each region, or of each consumer: R. */
export function byRegion(values: Float64Array, regionCount: number): Float64Array {
  const S = values.length / regionCount;
  const sums = new Float64Array(regionCount);
  for (const [k, value] of values.entries()) sums[Math.floor(k / S)]! += value;
  return sums;
}

/**
 * Emissions of each region (row) that final demand of each consumer (column) causes: C of (13) summed over sectors.
 * @param caused C, n x consumers, row-major
 * @returns R x consumers, row-major
 */
export function regionByRegion(caused: Float64Array, regionCount: number, consumerCount = regionCount): Float64Array {
  const S = caused.length / regionCount / consumerCount;
  const sums = new Float64Array(regionCount * consumerCount);
  for (const [cell, value] of caused.entries()) {
    const home = Math.floor(cell / consumerCount / S);
    sums[home * consumerCount + (cell % consumerCount)]! += value;
  }
  return sums;
}
