import highsLoader, { type Highs, type ModelData } from 'highs';

/** A linear programme: minimise c'x over lower <= x <= upper, rowLower <= A x <= rowUpper; A by columns (CSC). */
export interface LinearProgramme {
  readonly columnCount: number;
  readonly rowCount: number;
  readonly cost: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/** Collects a linear programme column by column in typed arrays of known size. */
export class LinearProgrammeBuilder {
  private readonly cost: Float64Array;
  private readonly lower: Float64Array;
  private readonly upper: Float64Array;
  private readonly starts: Int32Array;
  private readonly indices: Int32Array;
  private readonly values: Float64Array;
  private columns = 0;
  private entries = 0;

  /** @param columnLimit most columns, @param entryLimit most non-zero coefficients */
  constructor(columnLimit: number, entryLimit: number) {
    this.cost = new Float64Array(columnLimit);
    this.lower = new Float64Array(columnLimit);
    this.upper = new Float64Array(columnLimit);
    this.starts = new Int32Array(columnLimit + 1);
    this.indices = new Int32Array(entryLimit);
    this.values = new Float64Array(entryLimit);
  }

  /** Adds a coefficient to the column that is being written. */
  coefficient(row: number, value: number): void {
    if (value === 0) return;
    this.indices[this.entries] = row;
    this.values[this.entries] = value;
    this.entries += 1;
  }

  /** Ends the column whose coefficients have been added, and returns its index. */
  column(cost: number, lower: number, upper: number): number {
    const column = this.columns;
    this.cost[column] = cost;
    this.lower[column] = lower;
    this.upper[column] = upper;
    this.columns += 1;
    this.starts[this.columns] = this.entries;
    return column;
  }

  build(rowLower: Float64Array, rowUpper: Float64Array): LinearProgramme {
    return {
      columnCount: this.columns,
      rowCount: rowLower.length,
      cost: this.cost.subarray(0, this.columns),
      lower: this.lower.subarray(0, this.columns),
      upper: this.upper.subarray(0, this.columns),
      rowLower,
      rowUpper,
      starts: this.starts.subarray(0, this.columns + 1),
      indices: this.indices.subarray(0, this.entries),
      values: this.values.subarray(0, this.entries),
    };
  }
}

/** What HiGHS returns. `status` is its own word, to be shown and not to be believed. */
export interface LinearProgrammeSolution {
  readonly status: string;
  readonly iterations: number;
  readonly objective: number;
  readonly columns: Float64Array;
  /** Dual value of each row. */
  readonly rowDuals: Float64Array;
}

export interface SolveOptions {
  /** HiGHS options by name, for example `{ solver: 'ipm', run_crossover: 'off' }`. */
  readonly options?: Readonly<Record<string, string | number | boolean>>;
  /** Called after each iteration of the interior-point method. */
  readonly onIteration?: (iteration: number) => void;
  /** HiGHS as `loadHighs` gives it, for many small programmes; a fresh one without it. */
  readonly highs?: Highs;
}

/** Loads HiGHS, which takes longer than to solve a small programme. */
export const loadHighs = (): Promise<Highs> => highsLoader();

/** Solves a linear programme with HiGHS (WebAssembly, one thread, deterministic). */
export async function solveLinearProgramme(
  programme: LinearProgramme,
  { options = {}, onIteration, highs: loaded }: SolveOptions = {},
): Promise<LinearProgrammeSolution> {
  const highs = loaded ?? (await loadHighs());
  return highs.withModel(modelData(programme), (model) => {
    model.options.set({ output_flag: false, random_seed: 0, ...options });
    model.run({
      [highs.constants.callbackType.ipmInterrupt]: (event) => {
        const iteration = event.data.ipm_iteration_count ?? -1;
        if (iteration >= 0) onIteration?.(iteration);
      },
    });
    const { colValue, rowDual } = model.getSolution();
    return {
      status: statusName(highs, model.getModelStatus()),
      iterations: iterationCount(model),
      objective: model.getObjectiveValue(),
      columns: colValue,
      rowDuals: rowDual,
    };
  });
}

function modelData(programme: LinearProgramme): ModelData {
  return {
    numCols: programme.columnCount,
    numRows: programme.rowCount,
    colCost: programme.cost,
    colLower: programme.lower,
    colUpper: programme.upper,
    rowLower: programme.rowLower,
    rowUpper: programme.rowUpper,
    matrix: {
      format: 'csc',
      numRows: programme.rowCount,
      numCols: programme.columnCount,
      starts: programme.starts,
      indices: programme.indices,
      values: programme.values,
    },
  };
}

function iterationCount(model: { info: { get(name: string): unknown } }): number {
  return ['ipm_iteration_count', 'simplex_iteration_count', 'crossover_iteration_count']
    .map((name) => Math.max(0, Number(model.info.get(name))))
    .reduce((sum, count) => sum + count, 0);
}

function statusName(highs: Highs, status: number): string {
  const entry = Object.entries(highs.constants.modelStatus).find(([, code]) => code === status);
  return entry ? entry[0] : `status ${status}`;
}
