import { ModelError } from '../mrio/error.ts';
import { factorise, SingularMatrixError, solve } from '../mrio/linear-algebra/lu.ts';
import type { OpenTable, Stripe } from './open-table.ts';

/**
 * A table of deliveries and totals, also where the file has them per unit of output: Z = A diag(x) with
 * x = (I - A)^-1 Y 1, the output that final demand, exports and discrepancies call for. A is held in memory for that.
 *
 * Throws a ModelError where I - A is singular.
 */
export async function asDeliveries(open: OpenTable): Promise<OpenTable> {
  const ofDeliveries = open.intermediate === 'deliveries';
  const ofTotals = open.extensions !== 'coefficients';
  if (ofDeliveries && ofTotals) return open;
  const output = ofDeliveries ? await statedOutput(open) : await outputCalledFor(open);
  const accounts = positions(open.columns);
  /** What the values of a row are multiplied by in the column of account k. */
  const factor = (row: number, k: number): number => {
    const isPerUnit = open.rows[row]!.kind === 'account' ? !ofDeliveries : !ofTotals;
    return isPerUnit ? output[k]! : 1;
  };
  async function* stripes(): AsyncGenerator<Stripe> {
    for await (const stripe of open.stripes()) {
      const { axis, index, start } = stripe;
      yield {
        ...stripe,
        values: stripe.values.map((value, at) => {
          const [row, column] = axis === 'row' ? [index, start + at] : [start + at, index];
          const account = accounts[column]!;
          return account === NONE || open.rows[row]!.kind === 'stated' ? value : value * factor(row, account);
        }),
      };
    }
  }
  return { ...open, intermediate: 'deliveries', extensions: 'totals', stripes };
}

const NONE = -1;

/** Which account each row or column is, from 0; -1: none. */
function positions(labels: readonly { kind: string }[]): Int32Array {
  let next = 0;
  return Int32Array.from(labels, ({ kind }) => (kind === 'account' ? next++ : NONE));
}

/** Calls `use` with each value of an account's row: the account, the column, and the account that the column is, or -1. */
async function eachOfAccounts(
  open: OpenTable,
  use: (account: number, column: number, user: number, value: number) => void,
): Promise<void> {
  const [rows, columns] = [positions(open.rows), positions(open.columns)];
  for await (const { axis, index, start, values } of open.stripes()) {
    for (let at = 0; at < values.length; at++) {
      const [row, column] = axis === 'row' ? [index, start + at] : [start + at, index];
      if (rows[row] !== NONE && open.columns[column]!.kind !== 'stated')
        use(rows[row]!, column, columns[column]!, values[at]!);
    }
  }
}

const countOf = (open: OpenTable): number => open.rows.filter(({ kind }) => kind === 'account').length;

/** x where deliveries are in the file: row totals. */
async function statedOutput(open: OpenTable): Promise<Float64Array> {
  const output = new Float64Array(countOf(open));
  await eachOfAccounts(open, (account, _, __, value) => (output[account]! += value));
  return output;
}

/** x where only coefficients are. */
async function outputCalledFor(open: OpenTable): Promise<Float64Array> {
  const n = countOf(open);
  const system = new Float64Array(n * n);
  const demand = new Float64Array(n);
  await eachOfAccounts(open, (account, _, user, value) => {
    if (user === NONE) demand[account]! += value;
    else system[account * n + user]! -= value;
  });
  for (let k = 0; k < n; k++) system[k * n + k]! += 1;
  let output: Float64Array;
  try {
    output = solve(factorise(system, n), demand, 1);
  } catch (error) {
    if (!(error instanceof SingularMatrixError)) throw error;
    throw singular(open, error.column);
  }
  const most = demand.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const endless = output.findIndex((value) => !(Math.abs(value) <= MOST_OUTPUT * most));
  if (endless >= 0) throw singular(open, endless);
  return output;
}

/** Times the largest final demand: of more than that all digits are rounding, and I - A is singular but for its last bits. */
const MOST_OUTPUT = 1e10;

function singular(open: OpenTable, account: number): ModelError {
  const label = open.columns.filter(({ kind }) => kind === 'account')[account]!;
  return new ModelError(
    `${open.format}: I - A is singular at ${'region' in label ? label.region : ''} ${'sector' in label ? label.sector : ''}`,
    'look at its column of A: inputs that add up to one, with nothing else, make it singular',
  );
}
