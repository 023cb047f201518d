/**
 * A linear programme as an interior-point method sees it: pairs of a slack s > 0 and its multiplier l > 0, whose products
 * go to 0 together, and a way to solve for the direction that takes them there.
 */
export interface PrimalDualModel {
  /** Slacks and multipliers, one of each per pair. Pairs that are not in use have 0 in both. */
  readonly slack: Float64Array;
  readonly multiplier: Float64Array;
  /** How many pairs are in use. */
  readonly pairs: number;
  /** How far the iterate is: called before each step. */
  measure(averageProduct: number): Progress;
  /** Prepares directions from the present iterate. */
  linearise(): void;
  /** The Newton direction for which s dl + l ds = target in every pair. */
  direction(target: Float64Array, result: Direction): void;
  /** Moves primal variables by `primal` and dual ones by `dual` of the direction; slack and multiplier are moved already. */
  move(direction: Direction, primal: number, dual: number): void;
}

export interface Progress {
  readonly finished: boolean;
  readonly gap: number;
  readonly residual: number;
}

/** A direction: of slacks and multipliers, and what else a model keeps. */
export interface Direction {
  slack: Float64Array;
  multiplier: Float64Array;
  /** Duals of the rows, then w. */
  solution: Float64Array;
  /** Of rmax. */
  rmax: number;
}

export interface PrimalDualOptions {
  readonly maxIterations: number;
  readonly onIteration: (iteration: number, progress: Progress) => void;
}

/** Steps end this far before a slack or multiplier would be 0. */
const STEP_SHARE = 0.9995;
/** The least and the greatest centring, and the one where the predictor makes no progress. */
const LEAST_CENTRING = 1e-4;
const STUCK_STEP = 0.1;
const STUCK_CENTRING = 0.3;
/** Gondzio's correctors: how many, how much longer a step is aimed at, and which products are left alone. */
const CORRECTORS = 3;
const LONGER_STEP = 0.3;
const PRODUCT_RANGE = 10;
const LONG_ENOUGH = 0.9;

export interface PrimalDualResult {
  readonly finished: boolean;
  readonly iterations: number;
}

/**
 * Mehrotra's predictor-corrector method (1992) with Gondzio's correctors (1996), and steps of their own for primal
 * and dual variables. Ends when the model says so: going on can destroy a good iterate.
 */
export function primalDual(
  model: PrimalDualModel,
  directions: readonly [Direction, Direction],
  { maxIterations, onIteration }: PrimalDualOptions,
): PrimalDualResult {
  const { slack, multiplier } = model;
  const count = slack.length;
  const target = new Float64Array(count);
  let [direction, spare] = directions;
  for (let iteration = 0; ; iteration++) {
    const average = dotProduct(slack, multiplier) / model.pairs;
    const progress = model.measure(average);
    onIteration(iteration, progress);
    if (progress.finished || iteration === maxIterations || !Number.isFinite(average)) {
      return { finished: progress.finished, iterations: iteration };
    }
    model.linearise();
    for (let i = 0; i < count; i++) target[i] = -slack[i]! * multiplier[i]!;
    model.direction(target, direction);
    const predictor = stepsAlong(model, direction);
    const centred = centring(model, direction, predictor, average) * average;
    const both = predictor.primal * predictor.dual;
    for (let i = 0; i < count; i++) {
      const product = slack[i]! * multiplier[i]!;
      target[i] = product === 0 ? 0 : centred - product - both * direction.slack[i]! * direction.multiplier[i]!;
    }
    model.direction(target, direction);
    let steps = stepsAlong(model, direction);
    for (let corrector = 0; corrector < CORRECTORS && Math.min(steps.primal, steps.dual) < LONG_ENOUGH; corrector++) {
      spreadProducts(model, direction, steps, centred, target);
      model.direction(target, spare);
      const longer = stepsAlong(model, spare);
      if (longer.primal + longer.dual >= steps.primal + steps.dual) {
        [direction, spare] = [spare, direction];
        steps = longer;
      } else break;
    }
    const primal = steps.primal < 1 ? STEP_SHARE * steps.primal : 1;
    const dual = steps.dual < 1 ? STEP_SHARE * steps.dual : 1;
    for (let i = 0; i < count; i++) {
      slack[i]! += primal * direction.slack[i]!;
      multiplier[i]! += dual * direction.multiplier[i]!;
    }
    model.move(direction, primal, dual);
  }
}

interface Steps {
  readonly primal: number;
  readonly dual: number;
}

function dotProduct(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The longest steps of at most 1 that leave every slack and every multiplier at 0 or more. */
function stepsAlong({ slack, multiplier }: PrimalDualModel, direction: Direction): Steps {
  return { primal: longestStep(slack, direction.slack), dual: longestStep(multiplier, direction.multiplier) };
}

function longestStep(values: Float64Array, change: Float64Array): number {
  let step = 1;
  for (let i = 0; i < values.length; i++) {
    if (values[i]! + step * change[i]! < 0) step = -values[i]! / change[i]!;
  }
  return step;
}

/** Mehrotra's centring: the cube of how much the predictor lowers the average product. */
function centring(model: PrimalDualModel, direction: Direction, { primal, dual }: Steps, average: number): number {
  const { slack, multiplier, pairs } = model;
  let sum = 0;
  for (let i = 0; i < slack.length; i++) {
    sum += (slack[i]! + primal * direction.slack[i]!) * (multiplier[i]! + dual * direction.multiplier[i]!);
  }
  const share = Math.min(1, Math.max(LEAST_CENTRING, (Math.max(0, sum) / pairs / average) ** 3));
  return Math.min(primal, dual) < STUCK_STEP ? Math.max(share, STUCK_CENTRING) : share;
}

/** Adds to the target what brings products far from the centred one, a longer step ahead, back into its range. */
function spreadProducts(
  { slack, multiplier }: PrimalDualModel,
  direction: Direction,
  steps: Steps,
  centred: number,
  target: Float64Array,
): void {
  const primal = Math.min(1, steps.primal + LONGER_STEP);
  const dual = Math.min(1, steps.dual + LONGER_STEP);
  const [least, most] = [centred / PRODUCT_RANGE, centred * PRODUCT_RANGE];
  for (let i = 0; i < slack.length; i++) {
    if (slack[i] === 0) continue;
    const product = (slack[i]! + primal * direction.slack[i]!) * (multiplier[i]! + dual * direction.multiplier[i]!);
    if (product < least) target[i]! += least - product;
    else if (product > most) target[i]! += Math.max(most - product, -most);
  }
}
