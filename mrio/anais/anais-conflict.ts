import { ModelError } from '../error.ts';
import { opposition, finding, percentDown, suggestion, subject } from './conflict-words.ts';
import { conflicts, type Conflict } from './conflicts.ts';
import { elasticRun } from './interior-point/elastic-run.ts';
import type { AnaisProblem } from './problem.ts';
import type { IterationProgress } from './solver.ts';

/** How many conflicts an error shows, and how many other ways out of each. */
const CONFLICTS_SHOWN = 3;
const ALTERNATIVES_SHOWN = 3;

/** Violations that add up to less are rounding in the data. */
const LEAST_CONFLICT = 1e-9;

/** The constraints of ANAIS cannot all hold: which of them, and what would have to change. */
export class AnaisConflict extends ModelError {
  readonly conflicts: readonly Conflict[];

  /** @param bound what violations, each as a share of its constraint, add up to in any table */
  constructor(found: readonly Conflict[], bound: number) {
    const shown = found.slice(0, CONFLICTS_SHOWN);
    const more = found.length > shown.length ? [`  and ${found.length - shown.length} more`] : [];
    super(
      [
        'the constraints of ANAIS cannot all hold: in every table the violations, each as a share of its constraint, ' +
          `add up to ${percentDown(bound)} or more`,
        ...shown.flatMap((conflict) => [
          `  ${finding(conflict.relaxation)}`,
          ...opposition(conflict).map((line) => `    ${line}`),
        ]),
        ...more,
      ].join('\n'),
      [
        found.length === 1 ? 'This change is enough:' : 'These changes are enough together:',
        ...shown.map(({ relaxation }) => `  ${suggestion(relaxation)}`),
        ...more,
        ...shown.flatMap(alternatives),
      ].join('\n'),
    );
    this.conflicts = found;
  }
}

/** Other constraints that could give way instead. */
function alternatives({ against, relaxation }: Conflict): string[] {
  const others = against.filter(({ needed }) => needed !== null).slice(0, ALTERNATIVES_SHOWN);
  if (others.length === 0) return [];
  const head = `In place of ${subject(relaxation)}, one of these, alone, would have to change by about as much or more:`;
  return [head, ...others.map((other) => `  ${suggestion(other)}`)];
}

/**
 * Asks the elastic run whether the constraints can all hold.
 * @throws AnaisConflict where its bound proves that they cannot
 */
export async function requireNoConflict(problem: AnaisProblem, progress: IterationProgress): Promise<void> {
  const solution = elasticRun(problem, progress);
  if (solution.bound > LEAST_CONFLICT) throw new AnaisConflict(await conflicts(problem, solution), solution.bound);
}
