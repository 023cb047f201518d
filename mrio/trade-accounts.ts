import type { ConsumerDemand } from './table.ts';

/** Emissions of R regions and S sectors under four ways of counting; n = R x S values each, ordered region by region. */
export interface TradeAccounts {
  /** Emitted by the account, for anybody. */
  readonly production: Float64Array;
  /** Caused anywhere by final demand of the region for products of the sector, of any origin. */
  readonly consumption: Float64Array;
  /** What of this is emitted in other regions. */
  readonly imports: Float64Array;
  /** Emitted by the account for final demand of other regions. */
  readonly exports: Float64Array;
}

/**
 * With X_k,(r,i) = the sum over regions s of L_k,(s,i) Y_(s,i),r, the output of account k that region r's final demand
 * for product i calls for, whoever delivers it:
 * production_k = e_k times the sum of X_k over all (r,i); exports_k = the same over the regions r that k is not in;
 * consumption_(r,i) = the sum over k of e_k X_k,(r,i); imports_(r,i) = the same over the accounts k outside of r.
 *
 * These are D_pba, D_exp, D_cba and D_imp of pymrio (Stadler 2021, doi:10.5334/jors.251). Of each kind of emissions,
 * those of production and of consumption add up to the same.
 * @param intensity e, direct emissions per unit of output, n
 * @param leontief L, n x n, row-major
 * @param demand Y, n x R, row-major; column r = final demand of region r, over all categories
 */
export function tradeAccounts(
  intensity: Float64Array,
  leontief: Float64Array,
  demand: ConsumerDemand['values'],
  regionCount: number,
): TradeAccounts {
  const n = intensity.length;
  const S = n / regionCount;
  const empty = (): Float64Array => new Float64Array(n);
  const accounts = { production: empty(), consumption: empty(), imports: empty(), exports: empty() };
  const calledFor = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const home = Math.floor(k / S);
    outputCalledFor(leontief.subarray(k * n, (k + 1) * n), demand, regionCount, calledFor);
    for (let consumed = 0; consumed < n; consumed++) {
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

/** X_k of one account k, from its row of L: n. */
function outputCalledFor(row: Float64Array, demand: Float64Array, regionCount: number, result: Float64Array): void {
  const S = row.length / regionCount;
  result.fill(0);
  for (const [account, output] of row.entries()) {
    for (let r = 0; r < regionCount; r++) {
      result[r * S + (account % S)]! += output * demand[account * regionCount + r]!;
    }
  }
}

/** Sums over the sectors of each region: R. */
export function byRegion(values: Float64Array, regionCount: number): Float64Array {
  const S = values.length / regionCount;
  const sums = new Float64Array(regionCount);
  for (const [k, value] of values.entries()) sums[Math.floor(k / S)]! += value;
  return sums;
}

/**
 * Emissions of each region (row) that final demand of each region (column) causes: C of (13) summed over sectors.
 * @param caused C, n x R, row-major
 * @returns R x R, row-major
 */
export function regionByRegion(caused: Float64Array, regionCount: number): Float64Array {
  const S = caused.length / regionCount / regionCount;
  const sums = new Float64Array(regionCount * regionCount);
  for (const [cell, value] of caused.entries()) {
    const home = Math.floor(cell / regionCount / S);
    sums[home * regionCount + (cell % regionCount)]! += value;
  }
  return sums;
}
