import { sum } from '../../table.ts';

/**
 * A linear programme as an interior-point method sees it: pairs of a slack s > 0 and its multiplier l > 0, whose products
 * go to 0 together, and a way to solve for the direction that takes them there.
 */
export interface PrimalDualModel {
  /** Slacks and multipliers, one of each per pair. Pairs that are not in use have 0 in both. */
  readonly slack: Float64Array;
  readonly multiplier: Float64Array;
  /** What product each pair is led to, as a multiple of the common one: 0 for pairs that are not in use. */
  readonly weight: Float64Array;
  /**
   * The least and the most that the common product may be led to, as a share of the present one; 1e-4 and 1 where not given.
   * With less, the last iterations are so far from the centre that rounding can take over; with more, steps are longer and
   * yet may gain less.
   */
  readonly centring?: readonly [least: number, most: number];
  /**
   * Whether cells differ in size by orders of magnitude, so that some are always just at the turn from free to bound. Then
   * a few multipliers may be stopped on their own, so that they do not hold the dual step of all others short: what that
   * leaves in the equations of single cells is a residual as any other. And after a short step the next one goes to the
   * centre and nowhere else, so that those after it can be longer.
   */
  readonly isUneven?: boolean;
  /** What the solution is read from: of a run that does not finish, it is left as it was at the nearest iterate. */
  readonly point: readonly Float64Array[];
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
  /** Length of `solution` in a direction: rows and w. */
  readonly solutionSize: number;
  readonly maxIterations: number;
  readonly onIteration: (iteration: number, progress: Progress) => void;
}

/** Steps end this far before a slack or multiplier would be 0. */
const STEP_SHARE = 0.9995;
/** Centring as it is where a model does not say, and the least where the predictor makes no progress. */
const CENTRING = [1e-4, 1] as const;
const STUCK_STEP = 0.1;
const STUCK_CENTRING = 0.3;
/** A step that the next one goes to the centre after, where cells are uneven. */
const SHORT_STEP = 0.04;
/** Gondzio's correctors: how many, how much longer a step is aimed at, and which products are left alone. */
const CORRECTORS = 3;
const LONGER_STEP = 0.3;
const PRODUCT_RANGE = 10;
const LONG_ENOUGH = 0.9;
/** Of multipliers that may be stopped, this share at most is, at this share of what they were; found to a bin. */
const STOPPED = 1e-3;
const STOPPED_AT = 0.3;
const BINS = 256;
/** After so many iterations without coming nearer by a tenth, in the rows or altogether, there is nothing more to come. */
const PATIENCE = 60;
const NEARER = 0.9;
/** An iterate this near is one that a run may end with: going on can lose it. */
const WORTH_KEEPING = 1e-5;

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
  { solutionSize, maxIterations, onIteration }: PrimalDualOptions,
): PrimalDualResult {
  const { slack, multiplier, weight } = model;
  const count = slack.length;
  const target = new Float64Array(count);
  const weights = sum(weight);
  const empty = (): Direction => ({
    slack: new Float64Array(count),
    multiplier: new Float64Array(count),
    solution: new Float64Array(solutionSize),
    rmax: 0,
  });
  let [direction, spare] = [empty(), empty()];
  let best = { distance: Infinity, residual: Infinity, iteration: 0 };
  let isShort = false;
  const nearest = nearestIterate(model);
  for (let iteration = 0; ; iteration++) {
    const average = dotProduct(slack, multiplier) / weights;
    const progress = model.measure(average);
    onIteration(iteration, progress);
    const distance = Math.max(Math.abs(progress.gap), progress.residual);
    if (distance < NEARER * best.distance) best = { ...best, distance, iteration };
    if (progress.residual < NEARER * best.residual) best = { ...best, residual: progress.residual, iteration };
    nearest.look(distance);
    const stuck = iteration - best.iteration === PATIENCE;
    if (progress.finished || stuck || iteration === maxIterations || !Number.isFinite(average)) {
      if (!progress.finished) nearest.restore();
      return { finished: progress.finished, iterations: iteration };
    }
    model.linearise();
    const { centred, both } = isShort ? { centred: average, both: 0 } : predict(model, direction, target, average);
    for (let i = 0; i < count; i++) {
      const product = slack[i]! * multiplier[i]!;
      const second = both * direction.slack[i]! * direction.multiplier[i]!;
      target[i] = product === 0 ? 0 : centred * weight[i]! - product - second;
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
    isShort = model.isUneven === true && Math.min(steps.primal, steps.dual) < SHORT_STEP;
    const primal = steps.primal < 1 ? STEP_SHARE * steps.primal : 1;
    const dual = steps.dual < 1 ? STEP_SHARE * steps.dual : 1;
    const least = model.isUneven === true ? STOPPED_AT : 0;
    for (let i = 0; i < count; i++) {
      slack[i]! += primal * direction.slack[i]!;
      const floor = least * multiplier[i]!;
      multiplier[i]! += dual * direction.multiplier[i]!;
      if (multiplier[i]! < floor) multiplier[i] = floor;
    }
    model.move(direction, primal, dual);
  }
}

/**
 * Mehrotra's predictor, straight to the optimum: what the products are then to be led to, and how much of its second-order
 * term is to be made up for.
 */
function predict(model: PrimalDualModel, direction: Direction, target: Float64Array, average: number) {
  const { slack, multiplier, weight } = model;
  for (let i = 0; i < target.length; i++) target[i] = -slack[i]! * multiplier[i]!;
  model.direction(target, direction);
  const steps = stepsAlong(model, direction);
  const centred = centring(model, direction, steps, average * sum(weight)) * average;
  return { centred, both: steps.primal * steps.dual };
}

/** Keeps the point of the nearest iterate. */
function nearestIterate({ point }: PrimalDualModel): { look(distance: number): void; restore(): void } {
  let least = WORTH_KEEPING;
  let kept: readonly Float64Array[] | null = null;
  return {
    look: (distance) => {
      if (!(distance < least)) return;
      least = distance;
      kept ??= point.map((values) => new Float64Array(values.length));
      kept.forEach((values, k) => {
        values.set(point[k]!);
      });
    },
    restore: () => {
      kept?.forEach((values, k) => {
        point[k]!.set(values);
      });
    },
  };
}

interface Steps {
  readonly primal: number;
  readonly dual: number;
}

function dotProduct(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

/** The longest steps of at most 1 that leave every slack at 0 or more, and every multiplier but for those stopped. */
function stepsAlong({ slack, multiplier, isUneven }: PrimalDualModel, direction: Direction): Steps {
  return {
    primal: longestStep(slack, direction.slack),
    dual: isUneven
      ? stepOfMost(multiplier, direction.multiplier, STOPPED * multiplier.length)
      : longestStep(multiplier, direction.multiplier),
  };
}

function longestStep(values: Float64Array, change: Float64Array): number {
  let step = 1;
  for (let i = 0; i < values.length; i++) {
    if (values[i]! + step * change[i]! < 0) step = -values[i]! / change[i]!;
  }
  return step;
}

/** The longest step that takes no more than `allowed` of the values below 0, to a bin. */
function stepOfMost(values: Float64Array, change: Float64Array, allowed: number): number {
  const ends = new Int32Array(BINS);
  for (let i = 0; i < values.length; i++) {
    if (values[i]! + change[i]! < 0) ends[Math.min(BINS - 1, Math.floor((-BINS * values[i]!) / change[i]!))]!++;
  }
  let bin = 0;
  for (let count = ends[0]!; count <= allowed; count += ends[bin]!) if (++bin === BINS) return 1;
  return (bin + 0.5) / BINS;
}

/** Mehrotra's centring: the cube of how much the predictor lowers the sum of products. */
function centring(model: PrimalDualModel, direction: Direction, { primal, dual }: Steps, total: number): number {
  const { slack, multiplier, centring: [least, most] = CENTRING } = model;
  let ahead = 0;
  for (let i = 0; i < slack.length; i++) {
    ahead += (slack[i]! + primal * direction.slack[i]!) * (multiplier[i]! + dual * direction.multiplier[i]!);
  }
  const share = Math.min(most, Math.max(least, (Math.max(0, ahead) / total) ** 3));
  return Math.min(primal, dual) < STUCK_STEP ? Math.max(share, STUCK_CENTRING) : share;
}

/** Adds to the target what brings products far from the centred one, a longer step ahead, back into its range. */
function spreadProducts(
  { slack, multiplier, weight }: PrimalDualModel,
  direction: Direction,
  steps: Steps,
  centred: number,
  target: Float64Array,
): void {
  const primal = Math.min(1, steps.primal + LONGER_STEP);
  const dual = Math.min(1, steps.dual + LONGER_STEP);
  for (let i = 0; i < slack.length; i++) {
    if (slack[i] === 0) continue;
    const product = (slack[i]! + primal * direction.slack[i]!) * (multiplier[i]! + dual * direction.multiplier[i]!);
    const wanted = centred * weight[i]!;
    const [least, most] = [wanted / PRODUCT_RANGE, wanted * PRODUCT_RANGE];
    if (product < least) target[i]! += least - product;
    else if (product > most) target[i]! += Math.max(most - product, -most);
  }
}
