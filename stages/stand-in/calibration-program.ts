import { ModelError } from '../../mrio/error.ts';
import { LinearProgrammeBuilder, solveLinearProgramme } from '../../mrio/linear-programme.ts';
import { valueOf, type Condition } from './calibration-types.ts';

/**
 * Factors around the prior at which the price of moving on changes. Between two of them the price of a further step is
 * the logarithm of the factor in between: the distance x ln x - x + 1 (relative entropy), piece by piece. So
 * deviations spread over all emissions that can help, instead of a few going to a bound.
 */
const FACTORS = [
  1 / 32,
  1 / 16,
  1 / 8,
  1 / 5,
  0.3,
  0.4,
  0.5,
  0.6,
  0.7,
  0.8,
  0.87,
  0.94,
  1,
  1.06,
  1.13,
  1.22,
  1.35,
  1.5,
  1.7,
  2,
  2.5,
  3.2,
  4,
  5.5,
  8,
  16,
  32,
];
/** Beyond these factors a step costs this many times as much: only where nothing else helps. */
const USUAL_FACTOR = 8;
const UNUSUAL_PRICE = 5;

/** Only scales the objective, so that HiGHS's tolerances fit it. */
const OBJECTIVE_SCALE = 1e4;
/** Emissions below this share of the total count as this share: else they would move for nothing. */
const LEAST_SHARE = 1e-6;

const STEPS = FACTORS.slice(1).map((upper, s) => {
  const lower = FACTORS[s]!;
  const usual = Math.max(upper, 1 / lower) <= USUAL_FACTOR + 1e-9;
  return { length: upper - lower, price: Math.log(Math.sqrt(lower * upper)) * (usual ? 1 : UNUSUAL_PRICE) };
});

/**
 * The emissions nearest to a prior that meet the conditions, as a linear programme on HiGHS. Every condition is
 * elastic: what cannot be met together is missed, figures of little weight first.
 * @param prior t, n; an account without a prior stays at 0
 * @returns t, n
 * @throws ModelError where HiGHS does not prove an optimum
 */
export async function nearestEmissions(prior: Float64Array, conditions: readonly Condition[]): Promise<Float64Array> {
  const cells = Array.from(prior.keys()).filter((k) => prior[k]! > 0);
  const total = prior.reduce((sum, value) => sum + value, 0);
  const rows = conditions.map((condition) => conditionRow(condition, prior));
  const rowCount = conditions.length + cells.length;
  const limit = cells.length * (1 + STEPS.length) + 2 * conditions.length;
  const programme = new LinearProgrammeBuilder(limit, cells.length * (conditions.length + 1) + limit);
  cells.forEach((k, c) => {
    rows.forEach(({ coefficients }, row) => {
      programme.coefficient(row, coefficients[k]!);
    });
    programme.coefficient(conditions.length + c, 1);
    programme.column(0, FACTORS[0]!, FACTORS.at(-1)!);
  });
  cells.forEach((k, c) => {
    const weight = OBJECTIVE_SCALE * Math.max(LEAST_SHARE, prior[k]! / total);
    for (const { length, price } of STEPS) {
      programme.coefficient(conditions.length + c, -1);
      programme.column(weight * price, 0, length);
    }
  });
  conditions.forEach(({ sense, weight }, row) => {
    const price = (OBJECTIVE_SCALE * weight * rows[row]!.tonnes) / total;
    if (sense !== 'at most') {
      programme.coefficient(row, 1);
      programme.column(price, 0, Infinity);
    }
    if (sense !== 'at least') {
      programme.coefficient(row, -1);
      programme.column(price, 0, Infinity);
    }
  });
  const lower = new Float64Array(rowCount).fill(FACTORS[0]!);
  const upper = lower.slice();
  rows.forEach(({ rightHandSide }, row) => {
    lower[row] = conditions[row]!.sense === 'at most' ? -Infinity : rightHandSide;
    upper[row] = conditions[row]!.sense === 'at least' ? Infinity : rightHandSide;
  });
  const { status, columns } = await solveLinearProgramme(programme.build(lower, upper), {
    options: { solver: 'simplex' },
  });
  if (status !== 'optimal') {
    throw new ModelError(
      `the calibration of emissions ended without an optimum: HiGHS says ${status}`,
      'give stand-in-tables another seed, or data-raw/emission-prior.csv intensities nearer to the printed figures',
    );
  }
  const emissions = new Float64Array(prior.length);
  cells.forEach((k, c) => {
    emissions[k] = prior[k]! * columns[c]!;
  });
  return emissions;
}

/** A condition as a row in factors around the prior, scaled so that a residual is relative to the value sought. */
interface ConditionRow {
  readonly coefficients: Float64Array;
  readonly rightHandSide: number;
  /** The emissions that a residual of 100% stands for, t. */
  readonly tonnes: number;
}

function conditionRow({ numerator, denominator, value }: Condition, prior: Float64Array): ConditionRow {
  const form = denominator === null ? numerator : numerator.map((c, k) => c - value * denominator[k]!);
  const scale = value * (denominator === null ? 1 : valueOf(denominator, prior));
  const largest = form.reduce((most, coefficient) => Math.max(most, Math.abs(coefficient)), 0);
  return {
    coefficients: form.map((coefficient, k) => (coefficient * prior[k]!) / scale),
    rightHandSide: denominator === null ? 1 : 0,
    tonnes: scale / largest,
  };
}
