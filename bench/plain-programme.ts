import type { AnaisProblem } from '../mrio/anais/problem.ts';
import { ROWS_PER_CELL } from '../mrio/anais/problem.ts';
import type { AnaisSolver, IterationProgress, StepSolution } from '../mrio/anais/solver.ts';
import { LinearProgrammeBuilder, solveLinearProgramme, type LinearProgramme } from '../mrio/linear-programme.ts';
import { dimensions } from '../mrio/table.ts';

/**
 * ANAIS as the paper writes it, without a change of variables: cells x and outputs w as they are, balances of columns in
 * cells, a band as two inequalities, and two rows a cell, x - d r <= x0 and x + d r >= x0.
 *
 * Step 1 has one r, rmax, and minimises it. Step 2 has one for each cell, no more than rmax, and minimises their sum.
 * @param rmax how far cells may deviate in step 2; null in step 1
 */
export function plainProgramme(problem: AnaisProblem, rmax: number | null): LinearProgramme {
  const { layout, cells } = problem;
  const { sectorCount: S } = dimensions(problem.reference);
  const coherence = layout.range('coherence');
  const accounts = problem.accounts.length;
  const limit = accounts * (3 + 2 * S) + (ROWS_PER_CELL + 2 + 4) * cells.count;
  const builder = new LinearProgrammeBuilder(2 * cells.count + accounts + 1, limit);

  for (let k = 0; k < cells.count; k++) {
    for (const row of cells.rows.subarray(ROWS_PER_CELL * k, ROWS_PER_CELL * (k + 1))) {
      if (row < 0) continue;
      builder.coefficient(row, 1);
      const at = row - coherence.start;
      if (at < 0 || at >= coherence.size) continue;
      builder.coefficient(layout.coherenceCap(Math.floor(at / S), at % S), 1);
      builder.coefficient(layout.columnBalance(Math.floor(at / S)), 1);
    }
    builder.coefficient(layout.count + 2 * k, 1);
    builder.coefficient(layout.count + 2 * k + 1, 1);
    builder.column(0, 0, Infinity);
  }
  addOutputs(builder, problem);
  for (let k = 0; k < cells.count; k++) {
    builder.coefficient(layout.count + 2 * k, -cells.unit[k]!);
    builder.coefficient(layout.count + 2 * k + 1, cells.unit[k]!);
    if (rmax !== null) builder.column(cells.cost[k]!, 0, rmax);
  }
  if (rmax === null) builder.column(1, 0, Infinity);
  return builder.build(...rowEnds(problem));
}

/** Writes the columns of w. */
function addOutputs(builder: LinearProgrammeBuilder, problem: AnaisProblem): void {
  const { layout, accounts, bandLow, bandWidth } = problem;
  const { sectorCount: S } = dimensions(problem.reference);
  accounts.forEach((account, u) => {
    builder.coefficient(layout.rowBalance(u), -1);
    builder.coefficient(layout.columnBalance(u), -1);
    for (let i = 0; i < S; i++) {
      builder.coefficient(layout.coherence(u, i), -bandLow[u * S + i]!);
      builder.coefficient(layout.coherenceCap(u, i), -(bandLow[u * S + i]! + bandWidth[u * S + i]!));
    }
    builder.coefficient(layout.totalOutput(layout.groupOfAccount(u), account % S), 1);
    builder.column(0, 0, Infinity);
  });
}

/** Lower and upper ends of the rows: those of the problem, then two a cell. */
function rowEnds({ layout, cells, rightHandSide }: AnaisProblem): [Float64Array, Float64Array] {
  const lower = new Float64Array(layout.count + 2 * cells.count).fill(-Infinity);
  const upper = new Float64Array(lower.length).fill(Infinity);
  rightHandSide.forEach((b, row) => {
    const family = layout.family(row);
    if (family !== 'coherence cap') lower[row] = b;
    if (family !== 'coherence') upper[row] = b;
  });
  cells.value.forEach((x0, k) => {
    upper[layout.count + 2 * k] = x0;
    lower[layout.count + 2 * k + 1] = x0;
  });
  return [lower, upper];
}

/**
 * Duals of the problem's rows from those of the plain ones. The problem has q, input above a band's lower end, in its
 * balances of columns, where the plain programme has the cells: the price of an input is what all three rows charge.
 */
function problemDuals({ layout, accounts, reference }: AnaisProblem, rowDuals: Float64Array): Float64Array {
  const { sectorCount: S } = dimensions(reference);
  const duals = rowDuals.slice(0, layout.count);
  accounts.forEach((_, u) => {
    for (let i = 0; i < S; i++) {
      duals[layout.coherence(u, i)]! += duals[layout.coherenceCap(u, i)]! + duals[layout.columnBalance(u)]!;
    }
  });
  return duals;
}

/** HiGHS on the plain programme of both steps: interior point without crossover. */
export function plainSolver(): AnaisSolver {
  const solve = async (
    problem: AnaisProblem,
    rmax: number | null,
    progress: IterationProgress,
  ): Promise<StepSolution> => {
    const { columns, rowDuals, status, iterations } = await solveLinearProgramme(plainProgramme(problem, rmax), {
      options: { solver: 'ipm', run_crossover: 'off' },
      onIteration: (iteration) => {
        progress(iteration, null);
      },
    });
    const values = columns.slice(0, problem.cells.count);
    return { values, duals: problemDuals(problem, rowDuals), status, iterations };
  };
  return {
    name: 'HiGHS interior point (WebAssembly), plain formulation',
    leastDeviation: (problem, progress) => solve(problem, null, progress),
    totalDeviation: (problem, rmax, progress) => solve(problem, rmax, progress),
  };
}
