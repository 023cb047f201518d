import highsLoader from 'highs';
import type { AnaisProblem } from '../../mrio/anais/problem.ts';
import { dimensions } from '../../mrio/table.ts';

const loaded = highsLoader();

/** What is asked of the constraints. */
export interface Question {
  /** What each constraint costs per unit of money that it gives way, by row; without an entry it holds. */
  readonly cost?: ReadonlyMap<number, number>;
  /** Constraints that are there beside the balances; all of them without it. */
  readonly only?: ReadonlySet<number>;
  /** The total output whose largest value is sought instead. */
  readonly largest?: number;
}

/** The rows of a problem as they stand in the paper: cells and outputs, a band as two inequalities. */
function plainRows(problem: AnaisProblem): Map<number, { terms: string[]; relation: '=' | '>=' | '<='; side: number }> {
  const { layout, accounts, cells, bandLow, bandWidth, rightHandSide, reference } = problem;
  const { n, sectorCount: S, finalDemandCount } = dimensions(reference);
  const unitOf = new Map([...accounts].map((account, u) => [account, u]));
  const rows = new Map<number, { terms: string[]; relation: '=' | '>=' | '<='; side: number }>();
  const row = (at: number, relation: '=' | '>=' | '<=', side: number): string[] => {
    const known = rows.get(at) ?? { terms: [], relation, side };
    rows.set(at, known);
    return known.terms;
  };
  accounts.forEach((account, u) => {
    row(layout.rowBalance(u), '=', 0).push(`- w${u}`);
    row(layout.columnBalance(u), '=', 0).push(`- w${u}`);
    for (let i = 0; i < S; i++) {
      const [low, high] = [bandLow[u * S + i]!, bandLow[u * S + i]! + bandWidth[u * S + i]!];
      row(layout.coherence(u, i), '>=', 0).push(`- ${low} w${u}`);
      row(layout.coherenceCap(u, i), '<=', 0).push(`- ${high} w${u}`);
    }
    const total = layout.totalOutput(layout.groupOfAccount(u), account % S);
    row(total, '=', rightHandSide[total]!).push(`+ w${u}`);
  });
  const totals = layout.range('total output');
  for (let k = 0; k < cells.count; k++) {
    const position = cells.position[k]!;
    const columns = [n, finalDemandCount, 1][cells.block[k]!]!;
    const [from, to] = [Math.floor(position / columns), position % columns];
    const supplier = cells.block[k] === 2 ? undefined : unitOf.get(from);
    const user = cells.block[k] === 1 ? undefined : unitOf.get(cells.block[k] === 2 ? from : to);
    if (supplier !== undefined) row(layout.rowBalance(supplier), '=', 0).push(`+ x${k}`);
    if (user !== undefined) row(layout.columnBalance(user), '=', 0).push(`+ x${k}`);
    if (user !== undefined && cells.block[k] === 0) {
      row(layout.coherence(user, from % S), '>=', 0).push(`+ x${k}`);
      row(layout.coherenceCap(user, from % S), '<=', 0).push(`+ x${k}`);
    }
    for (const at of cells.rows.subarray(3 * k, 3 * k + 3)) {
      if (at >= totals.start) row(at, '=', rightHandSide[at]!).push(`+ x${k}`);
    }
  }
  return rows;
}

/** The least cost of giving way (or the largest value sought), by the simplex method on the plain constraints; null where there is no solution. */
export async function askPlainly(problem: AnaisProblem, { cost, only, largest }: Question): Promise<number | null> {
  const { layout } = problem;
  const balances = layout.range('coherence').start;
  const objective: string[] = [];
  const rows: string[] = [];
  for (const [at, { terms, relation, side }] of plainRows(problem)) {
    if (at >= balances && only !== undefined && !only.has(at)) continue;
    if (at === largest) {
      objective.push(...terms);
      continue;
    }
    const price = cost?.get(at);
    const give =
      price === undefined
        ? []
        : [...(relation === '<=' ? [] : [`+ up${at}`]), ...(relation === '>=' ? [] : [`- down${at}`])];
    if (price !== undefined) objective.push(...give.map((name) => `+ ${price} ${name.slice(2)}`));
    rows.push(` c${at}: ${[...terms, ...give].join(' ')} ${relation} ${side}`);
  }
  const sense = largest === undefined ? 'Minimize' : 'Maximize';
  const text = `${sense}\n obj: ${objective.join(' ') || '0 w0'}\nSubject To\n${rows.join('\n')}\nEnd`;
  const highs = await loaded;
  const solution = highs.solve(text, { primal_feasibility_tolerance: 1e-9, dual_feasibility_tolerance: 1e-9 });
  if (solution.Status === 'Optimal') return solution.ObjectiveValue;
  if (solution.Status === 'Infeasible') return null;
  throw new Error(`HiGHS ended with status ${solution.Status}`);
}
