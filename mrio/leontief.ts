import { ModelError } from './error.ts';
import { factorise, inverse, SingularMatrixError } from './linear-algebra/lu.ts';
import { columnSums } from './table.ts';

/**
 * A = X W^-1: input of the row per unit of gross output of the column. An account without output has zero coefficients.
 * @param intermediate X, n x n, row-major
 * @param output w, n
 * @param labels names of the n accounts, for messages
 * @returns A, n x n, row-major
 * @throws ModelError for a delivery that is no number, or inputs of an account that has no output
 */
export function technicalCoefficients(
  intermediate: Float64Array,
  output: Float64Array,
  labels: readonly string[],
): Float64Array {
  const n = output.length;
  const coefficients = new Float64Array(n * n);
  for (let k = 0; k < n * n; k++) {
    const delivery = intermediate[k]!;
    if (delivery === 0) continue;
    const [producer, user] = [Math.floor(k / n), k % n];
    if (!Number.isFinite(delivery)) {
      throw new ModelError(
        `the delivery of ${labels[producer]!} to ${labels[user]!} is ${delivery}`,
        'write the number there, or 0 where there is nothing',
      );
    }
    if (!isOutput(output[user]!)) {
      throw new ModelError(
        `${labels[user]!} has inputs (${delivery} from ${labels[producer]!}) but a gross output of ${output[user]!}`,
        'give the sector its output, or remove its inputs from the table',
      );
    }
    coefficients[k] = delivery / output[user]!;
  }
  return coefficients;
}

/** 0 and -0 are none, nor is what is no number. */
const isOutput = (value: number): boolean => value > 0 && Number.isFinite(value);

/**
 * Output of its own that a unit of final demand for an account may call for. Of what is near to 1e16 all digits are
 * rounding: a matrix that is singular but for its last bits is not to pass for one that has an inverse.
 */
const MOST_OWN_OUTPUT = 1e10;

/**
 * L = (I - A)^-1, the Leontief inverse: output of the row per unit of final demand for the column.
 * @param coefficients A, n x n, row-major
 * @param labels names of the n accounts, for messages
 * @returns L, n x n, row-major
 * @throws ModelError where I - A is singular, to the bit or as far as numbers tell, or the economy is not productive
 * (A consumes more than it makes)
 */
export function leontiefInverse(coefficients: Float64Array, labels: readonly string[]): Float64Array {
  const n = labels.length;
  const difference = coefficients.map((value) => -value);
  for (let k = 0; k < n; k++) difference[k * n + k]! += 1;
  const inputs = columnSums(coefficients, n, n);
  const result = invert(difference, inputs, labels);
  // The trace is the sum of 1 / (1 - eigenvalue), in any unit of any account.
  const endless = labels.findIndex((_, k) => !(Math.abs(result[k * n + k]!) <= MOST_OWN_OUTPUT));
  if (endless >= 0) {
    throw singular(
      `I - A is singular as far as numbers tell at ${labels[endless]!}: a unit of final demand for it would call for ` +
        `${result[endless * (n + 1)]!.toPrecision(2)} of its own output`,
      inputs,
      labels,
    );
  }
  // A >= 0 is productive exactly where L >= 0 (Hawkins and Simon 1949); rounding alone leaves about -1e-16.
  const negative = result.findIndex((value) => value < -1e-9);
  if (negative >= 0 && coefficients.every((value) => value >= 0)) {
    throw new ModelError(
      `the Leontief inverse has a negative entry (${result[negative]!}) at row ${labels[Math.floor(negative / n)]!}, ` +
        `column ${labels[negative % n]!}: the economy uses more than it produces${usedUp(inputs, labels)}`,
      'look for columns of the table whose inputs exceed their output',
    );
  }
  return result;
}

function invert(matrix: Float64Array, inputs: Float64Array, labels: readonly string[]): Float64Array {
  try {
    return inverse(factorise(matrix, labels.length));
  } catch (error) {
    if (!(error instanceof SingularMatrixError)) throw error;
    throw singular(`I - A is singular at ${labels[error.column]!}`, inputs, labels);
  }
}

const singular = (message: string, inputs: Float64Array, labels: readonly string[]): ModelError =>
  new ModelError(
    message + usedUp(inputs, labels),
    'look at these columns of the table: inputs that add up to the whole output, with no primary input, make it singular',
  );

/** `; inputs per unit of output are 1.2 of A.1, 1 of A.2`: the accounts that leave nothing, the worst five. */
function usedUp(inputs: Float64Array, labels: readonly string[]): string {
  const accounts = labels
    .map((label, k) => ({ label, sum: inputs[k]! }))
    // A sum of 1 may be less by rounding.
    .filter(({ sum }) => sum > 1 - 1e-9)
    .sort((a, b) => b.sum - a.sum);
  if (accounts.length === 0) return '';
  const named = accounts.slice(0, 5).map(({ label, sum }) => `${Number(sum.toPrecision(6))} of ${label}`);
  const others =
    accounts.length > named.length ? ` and of ${accounts.length - named.length} others no less than 1` : '';
  return `; inputs per unit of output are ${named.join(', ')}${others}`;
}

/**
 * e: direct emissions per unit of gross output; 0 for an account without output.
 * @param emissions t, n
 * @param output unit of value, n
 * @returns t per unit of value, n
 * @throws ModelError for emissions that are no number, or of accounts that have no output, of which it names the largest: they
 * could not be attributed to anybody
 */
export function directIntensity(
  emissions: Float64Array,
  output: Float64Array,
  labels: readonly string[],
): Float64Array {
  const broken = labels.findIndex((_, k) => !Number.isFinite(emissions[k]!));
  if (broken !== -1) {
    throw new ModelError(
      `${labels[broken]!} emits ${emissions[broken]!} t`,
      'write the number there, or 0 where there is nothing',
    );
  }
  const lost = labels.flatMap((label, k) =>
    emissions[k] === 0 || isOutput(output[k]!) ? [] : [{ label, emission: emissions[k]!, output: output[k]! }],
  );
  if (lost.length > 0) throw emittedWithoutOutput(lost);
  return emissions.map((emission, k) => (emission === 0 ? 0 : emission / output[k]!));
}

function emittedWithoutOutput(
  lost: readonly { readonly label: string; readonly emission: number; readonly output: number }[],
): ModelError {
  const [first, ...others] = lost.toSorted((a, b) => Math.abs(b.emission) - Math.abs(a.emission));
  const { label, emission, output } = first!;
  const more = others
    .slice(0, 9)
    .map((account) => `${account.label} (${account.emission} t)`)
    .join(', ');
  return new ModelError(
    `${label} emits ${emission} t but has a gross output of ${output} in the table` +
      (others.length === 0 ? '' : `; so have ${others.length} more: ${more}${others.length > 9 ? ', ...' : ''}`),
    'count these emissions in a sector that has output, or give the sector its output',
  );
}

/** e'L: emissions along the whole chain per unit of final demand for each account; n. */
export function multipliers(intensity: Float64Array, leontief: Float64Array): Float64Array {
  const n = intensity.length;
  const sums = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const e = intensity[k]!;
    if (e === 0) continue;
    for (let l = 0; l < n; l++) sums[l]! += e * leontief[k * n + l]!;
  }
  return sums;
}

/**
 * (13), (14): C = diag(e) L Y, the emissions of each account that each consumer's final demand causes.
 * Its row sums are the production-based emissions, its column sums the consumption-based ones.
 * @param demand Y, n x consumers, row-major
 * @returns C, n x consumers, row-major
 */
export function consumptionBased(
  intensity: Float64Array,
  leontief: Float64Array,
  demand: Float64Array,
  consumers: number,
): Float64Array {
  const n = intensity.length;
  const result = new Float64Array(n * consumers);
  for (let k = 0; k < n; k++) {
    const row = result.subarray(k * consumers, (k + 1) * consumers);
    for (let l = 0; l < n; l++) {
      const factor = intensity[k]! * leontief[k * n + l]!;
      if (factor === 0) continue;
      for (let c = 0; c < consumers; c++) row[c]! += factor * demand[l * consumers + c]!;
    }
  }
  return result;
}

/**
 * Emissions embodied in each consumer's final demand, by the sector whose product is bought: the sum over
 * regions r of (e'L)_rj y_rj,c. Adds up over products to the consumer's consumption-based emissions.
 * @param multiplier e'L, n
 * @param demand Y, n x consumers, row-major
 * @returns consumers x sectors, row-major
 */
export function footprintByProduct(
  multiplier: Float64Array,
  demand: Float64Array,
  consumers: number,
  sectors: number,
): Float64Array {
  const result = new Float64Array(consumers * sectors);
  for (let l = 0; l < multiplier.length; l++) {
    for (let c = 0; c < consumers; c++) {
      result[c * sectors + (l % sectors)]! += multiplier[l]! * demand[l * consumers + c]!;
    }
  }
  return result;
}

/**
 * (15): F = diag(e) L X = diag(e) (L - I) diag(w), since X = A diag(w) and L A = L - I: no matrix product.
 * Emissions of account k embodied in the intermediate use of account l. They are passed on at each step of a
 * chain, so that F adds up to more than the emissions.
 * @returns F, n x n, row-major
 */
export function embodiedFlows(intensity: Float64Array, leontief: Float64Array, output: Float64Array): Float64Array {
  const n = intensity.length;
  const flows = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let l = 0; l < n; l++) {
      // -0 is 0.
      flows[k * n + l] = intensity[k]! * (leontief[k * n + l]! - (k === l ? 1 : 0)) * output[l]! + 0;
    }
  }
  return flows;
}

/**
 * diag(e) L diag(y): emissions of account k embodied in all final demand for the product of account l.
 * Adds up to the emissions exactly.
 * @param demand y, final demand for each account over all consumers, n
 * @returns n x n, row-major
 */
export function finalDemandFlows(intensity: Float64Array, leontief: Float64Array, demand: Float64Array): Float64Array {
  const n = intensity.length;
  // Nothing times negative demand is 0, not -0.
  return leontief.map((value, k) => intensity[Math.floor(k / n)]! * value * demand[k % n]! + 0);
}
