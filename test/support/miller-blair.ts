/**
 * The three-sector example of Miller and Blair (2009), chapter 7.4, as the model library of GAMS has it (IOBALANCE): base
 * coefficients A(0), and the true deliveries Z(1) of the later year, of which only x(1), u(1) and v(1) are given.
 */
export const MILLER_BLAIR = {
  sectors: [1, 2, 3],
  // prettier-ignore
  baseCoefficients: Float64Array.of(
    0.12, 0.1, 0.049,
    0.21, 0.247, 0.265,
    0.026, 0.249, 0.145,
  ),
  // prettier-ignore
  trueDeliveries: Float64Array.of(
    98, 72, 75,
    65, 8, 63,
    88, 27, 44,
  ),
  /** Gross output. */
  output: Float64Array.of(421, 284, 283),
  /** Intermediate sales. */
  sales: Float64Array.of(245, 136, 159),
  /** Intermediate inputs. */
  inputs: Float64Array.of(251, 107, 182),
} as const;

/** A(0) times the new outputs: where every method begins. 3 x 3. */
export const baseDeliveries = (): Float64Array =>
  MILLER_BLAIR.baseCoefficients.map((a, cell) => a * MILLER_BLAIR.output[cell % 3]!);
