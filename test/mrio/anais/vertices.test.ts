import { describe, expect, it } from 'vitest';
import { largestDeviation, totalDeviation } from '../../../mrio/anais/bounds.ts';
import { division } from '../../../mrio/anais/disaggregation.ts';
import { highsSolver } from '../../../mrio/anais/highs-solver.ts';
import { interiorPoint } from '../../../mrio/anais/interior-point/interior-point.ts';
import { tableOfMargins } from '../../../mrio/anais/margins.ts';
import { anaisProblem, type AnaisProblem, type Measure } from '../../../mrio/anais/problem.ts';
import { emptyTable } from '../../../mrio/table.ts';
import { createRandom } from '../../../stages/stand-in/random.ts';

/**
 * One region, two sectors, final demand in the region and exports: ten cells, seven independent equations. So every table
 * that meets them is a point of three numbers t = (x_11, y_1 at home, y_2 at home), and a linear programme over such
 * tables has its optimum where three planes meet; four, with rmax. All of these points are listed here.
 */
interface Tiny {
  readonly problem: AnaisProblem;
  /** Each cell of the problem as an affine function of t: three slopes and a constant. */
  readonly cells: readonly (readonly number[])[];
  /** What has to be 0 or more besides the cells: both ends of each band of coefficients. */
  readonly bands: readonly (readonly number[])[];
}

function tiny(seed: number, bound: Measure): Tiny {
  const random = createRandom(seed, 'vertices').uniform;
  const draw = (): number => 5 + 20 * random();
  const output = Float64Array.of(60 + draw(), 60 + draw());
  const finalDemand = output.map((w) => w * (0.4 + 0.2 * random()));
  const sales = output.map((w, i) => w - finalDemand[i]!);
  const bought = (0.4 + 0.2 * random()) * (sales[0]! + sales[1]!);
  const inputs = Float64Array.of(bought, sales[0]! + sales[1]! - bought);
  const primaryInput = output.map((w, j) => w - inputs[j]!);
  const reference = {
    ...emptyTable(['N'], [1, 2]),
    intermediate: Float64Array.from({ length: 4 }, draw),
    finalDemand: Float64Array.from({ length: 4 }, draw),
    primaryInput: primaryInput.map((z) => z * (0.8 + 0.4 * random())),
  };
  const target = tableOfMargins('N', [1, 2], { grossOutput: output, finalDemand, primaryInput });
  const known = division(
    reference,
    target,
    (region) => region,
    () => true,
  );
  // Bands that hold the coefficients of the margins' own table, so that there is a table, but cut off a part of the others.
  const low = target.intermediate.map((z, cell) => (0.6 * z) / output[cell % 2]!);
  const high = target.intermediate.map((z, cell) => (1.25 * z) / output[cell % 2]!);
  const variant = { bound, objective: bound, consistency: 'totals' } as const;
  const problem = anaisProblem(known, reference, { low, high }, variant);
  const [u1, u2, v1] = [sales[0]!, sales[1]!, inputs[0]!];
  const x11 = [1, 0, 0, 0];
  const x12 = [-1, 0, 0, u1];
  const x21 = [-1, 0, 0, v1];
  const x22 = [1, 0, 0, u2 - v1];
  const y = [
    [0, 1, 0, 0],
    [0, -1, 0, finalDemand[0]!],
    [0, 0, 1, 0],
    [0, 0, -1, finalDemand[1]!],
  ];
  const z = Array.from(primaryInput, (value) => [0, 0, 0, value]);
  const blocks = [[x11, x12, x21, x22], y, z];
  const cells = Array.from(problem.cells.position, (position, k) => blocks[problem.cells.block[k]!]![position]!);
  const bands = blocks[0]!.flatMap((x, cell) => {
    const w = output[cell % 2]!;
    return [plus(x, -low[cell]! * w), minus(high[cell]! * w, x)];
  });
  return { problem, cells, bands };
}

const plus = (affine: readonly number[], constant: number): number[] =>
  affine.map((value, i) => (i === affine.length - 1 ? value + constant : value));
const minus = (constant: number, affine: readonly number[]): number[] =>
  plus(
    affine.map((value) => -value),
    constant,
  );

const valueAt = (affine: readonly number[], point: readonly number[]): number =>
  point.reduce((sum, t, i) => sum + affine[i]! * t, affine.at(-1)!);

/** The point where planes meet, by elimination with pivots; none where they do not meet in one. */
function meeting(planes: readonly (readonly number[])[]): number[] | null {
  const size = planes.length;
  const rows = planes.map((plane) => [...plane.slice(0, -1), -plane.at(-1)!]);
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let i = column; i < size; i++) if (Math.abs(rows[i]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = i;
    if (Math.abs(rows[pivot]![column]!) < 1e-9) return null;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let i = 0; i < size; i++) {
      if (i === column) continue;
      const factor = rows[i]![column]! / rows[column]![column]!;
      for (let j = column; j <= size; j++) rows[i]![j]! -= factor * rows[column]![j]!;
    }
  }
  return rows.map((row, i) => row[size]! / row[i]!);
}

/** The least objective over all points where `dimension` of the planes meet and every condition holds. */
function leastOverVertices(
  dimension: number,
  planes: readonly (readonly number[])[],
  conditions: readonly (readonly number[])[],
  objective: (point: readonly number[]) => number,
): number {
  let least = Infinity;
  const choose = (from: number, chosen: (readonly number[])[]): void => {
    if (chosen.length === dimension) {
      const point = meeting(chosen);
      if (point === null) return;
      const value = objective(point);
      if (value < least && conditions.every((condition) => valueAt(condition, point) >= -1e-9)) least = value;
      return;
    }
    for (let k = from; k < planes.length; k++) choose(k + 1, [...chosen, planes[k]!]);
  };
  choose(0, []);
  return least;
}

/** An affine function of t as one of (t, r), with a slope in r. */
const withSlope = (affine: readonly number[], slope: number): number[] => affine.toSpliced(-1, 0, slope);

function leastRmax({ problem: { cells: given }, cells, bands }: Tiny): number {
  const conditions = [
    ...cells.flatMap((x, k) => {
      const [x0, d] = [given.value[k]!, given.unit[k]!];
      return [withSlope(minus(x0, x), d), withSlope(plus(x, -x0), d), withSlope(x, 0)];
    }),
    ...bands.map((band) => withSlope(band, 0)),
  ];
  return leastOverVertices(4, conditions, conditions, (point) => point[3]!);
}

function leastTotal({ problem: { cells: given }, cells, bands }: Tiny, rmax: number): number {
  const conditions = [
    ...cells.flatMap((x, k) => {
      const [x0, reach] = [given.value[k]!, rmax * given.unit[k]!];
      return [minus(x0 + reach, x), plus(x, reach - x0), x];
    }),
    ...bands,
  ];
  // The objective has a kink where a cell is at its reference.
  const kinks = cells.map((x, k) => plus(x, -given.value[k]!));
  return leastOverVertices(3, [...conditions, ...kinks], conditions, (point) =>
    cells.reduce(
      (sum, x, k) => sum + (given.cost[k]! * Math.abs(valueAt(x, point) - given.value[k]!)) / given.unit[k]!,
      0,
    ),
  );
}

const cases = ([1, 2, 3] as const).flatMap((seed) =>
  (['relative', 'absolute'] as const).map((bound) => ({ seed, bound })),
);

describe.each(cases)(
  'a programme of which every vertex is listed: seed $seed, $bound deviations',
  ({ seed, bound }) => {
    const example = tiny(seed, bound);
    const rmax = leastRmax(example);
    const slack = 1.05;
    const total = leastTotal(example, rmax * slack);

    it.each([interiorPoint(), highsSolver()])('both steps reach the best vertex: $name', async (solver) => {
      expect(rmax).toBeGreaterThan(0.01);
      const { problem } = example;
      const first = await solver.leastDeviation(problem, () => undefined);
      expect(Math.abs(largestDeviation(problem, first.values) / rmax - 1)).toBeLessThan(1e-6);
      const second = await solver.totalDeviation(problem, rmax * slack, () => undefined);
      expect(Math.abs(totalDeviation(problem, second.values) / total - 1)).toBeLessThan(1e-6);
    });
  },
);
