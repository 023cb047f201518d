/** A national input-output table of domestic products; imports stand among the primary inputs of the using sector. */
export interface NationalTable {
  /** Numbers of the S sectors. */
  readonly sectors: readonly number[];
  /** Categories of domestic final demand; C of them, exports not among them. */
  readonly demandCategories: readonly string[];
  /** Categories of primary inputs; P of them. */
  readonly primaryCategories: readonly string[];
  /** S x S, row-major; row = product, column = using sector. 10,000 CNY. */
  readonly intermediate: Float64Array;
  /** S x C, row-major. 10,000 CNY. */
  readonly finalDemand: Float64Array;
  /** S. 10,000 CNY. */
  readonly exports: Float64Array;
  /** P x S, row-major. 10,000 CNY. */
  readonly primaryInputs: Float64Array;
}

/** What does not change from year to year. Regions that share a parent are its parts: cities of one province. */
export interface Geography {
  /** Codes of the R regions. */
  readonly regions: readonly string[];
  /** For each region, the name of its parent. */
  readonly parents: readonly string[];
  readonly longitude: Float64Array;
  readonly latitude: Float64Array;
  /** Location quotients, R x S, row-major; 0: the region does not have the sector. */
  readonly quotients: Float64Array;
}

/** What differs from year to year. */
export interface YearFacts {
  readonly national: NationalTable;
  /** GDP by region; only the proportions matter. */
  readonly gdp: Float64Array;
  /** Population by region; only the proportions matter. */
  readonly population: Float64Array;
  /** What a region's final demand is multiplied by, beyond its size and income; only the proportions matter. */
  readonly demandWeight: Float64Array;
}

/** A region's known share in the output that a group of regions has in a group of sectors. */
export interface OutputShare {
  readonly region: number;
  /** The regions whose output is shared, `region` among them. */
  readonly regions: readonly number[];
  readonly sectors: readonly number[];
  readonly share: number;
}

/**
 * A multi-regional table with the categories of final demand and primary inputs kept apart.
 * Accounts are ordered region by region: n = R x S. 10,000 CNY.
 */
export interface DetailedTable {
  readonly regions: readonly string[];
  readonly sectors: readonly number[];
  readonly demandCategories: readonly string[];
  readonly primaryCategories: readonly string[];
  /** n x n, row-major. */
  readonly intermediate: Float64Array;
  /** n x (R x C), row-major; column r * C + c is category c of region r. */
  readonly finalDemand: Float64Array;
  /** n. */
  readonly exports: Float64Array;
  /** P x n, row-major. */
  readonly primaryInputs: Float64Array;
}
