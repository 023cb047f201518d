/** A linear form in emissions: what one tonne of each account adds; n. */
export type Form = Float64Array;

/** numerator(E) / denominator(E) = value, or at least or at most value; without a denominator numerator(E) itself. */
export interface Condition {
  readonly numerator: Form;
  readonly denominator: Form | null;
  readonly sense: 'equal' | 'at least' | 'at most';
  readonly value: number;
  /** To meet this condition, emissions may be changed by factors of up to e to this power, or one over it. */
  readonly weight: number;
}

/** A printed figure, as conditions on emissions, and how to read it off emissions. */
export interface Figure {
  readonly statistic: string;
  readonly target: number;
  readonly unit: string;
  readonly conditions: readonly Condition[];
  /** The figure as emissions (t, n) give it. */
  readonly reached: (emissions: Float64Array) => number;
}

/** A printed figure and how it is computed; null: all cities of the agglomeration, all sectors. */
export interface PrintedFigure {
  readonly statistic: string;
  readonly value: number;
  readonly unit: string;
  readonly measure: string;
  /** Emitting regions and sectors. */
  readonly fromRegions: readonly string[] | null;
  readonly fromSectors: readonly number[] | null;
  /** Using regions and sectors. */
  readonly toRegions: readonly string[] | null;
  readonly toSectors: readonly number[] | null;
}

export const valueOf = (form: Form, emissions: Float64Array): number =>
  form.reduce((sum, coefficient, k) => sum + coefficient * emissions[k]!, 0);
