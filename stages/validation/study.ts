import { anais, problemOf, type AnaisOptions } from '../../mrio/anais/anais.ts';
import type { Division } from '../../mrio/anais/disaggregation.ts';
import { tableWithCells, type AnaisProblem } from '../../mrio/anais/problem.ts';
import { ModelError } from '../../mrio/error.ts';
import type { MrioTable } from '../../mrio/table.ts';
import { weightedLeastSquares } from '../../mrio/updating/least-squares.ts';
import { perturbedTarget } from '../../mrio/updating/perturbed-target.ts';
import { scaleToEquations } from '../../mrio/updating/scaling.ts';
import {
  cityAccountScores,
  cityAccounts,
  estimatedCells,
  tableScores,
  type CityAccountScores,
  type EmissionSetting,
  type TableScores,
} from '../../mrio/updating/scores.ts';
import { createRandom } from '../stand-in/random.ts';
import type { ComparisonOptions } from './parameters.ts';

/** A table that is known, and what methods were given to estimate it from. */
export interface Study {
  readonly truth: MrioTable;
  /** Reference and target table. */
  readonly known: Division;
  /** What the stage anais made of them. */
  readonly result: MrioTable;
  readonly setting: EmissionSetting;
}

/** One method at one level of noise: its scores, or why it found no table. */
export interface StudyScore {
  readonly noise: number;
  readonly method: string;
  readonly scores: (TableScores & CityAccountScores) | null;
  readonly message: string | null;
  readonly trueInefficientShare: number;
}

/** Told what is being computed: how much is done, of how much, and what comes next. */
export type StudyProgress = (done: number, total: number, note: string) => void;

type Method = (known: Division, problem: AnaisProblem, progress: (note: string) => void) => Promise<MrioTable>;

/** The rivals, in the order in which they are shown. All of them get the same reference and the same target. */
const METHODS = ['ANAIS', 'RAS', 'weighted least squares'] as const;

/**
 * Scores every method at every level of noise against the true table. The errors are drawn once: a level multiplies
 * them, so that levels differ by the size of the errors and not by luck.
 * @throws ModelError for a fault of the true table; a method that finds no table is a score without numbers
 */
export async function studyScores(
  { truth, known, result, setting }: Study,
  options: ComparisonOptions,
  progress: StudyProgress,
): Promise<StudyScore[]> {
  const cells = estimatedCells(known);
  const truthAccounts = cityAccounts(truth, setting);
  const scoresOf = (table: MrioTable): StudyScore['scores'] => ({
    ...tableScores(table, truth, cells),
    ...cityAccountScores(cityAccounts(table, setting), truthAccounts),
  });
  const total = options.noise.length * METHODS.length;
  const found: StudyScore[] = [];
  for (const noise of options.noise) {
    const given = { noise, trueInefficientShare: truthAccounts.inefficientShare };
    const disturbed = { ...known, target: perturbedTarget(known, noise, createRandom(options.seed, 'totals').normal) };
    const problem = problemOf(disturbed, options.anais);
    const methods = methodsFor(noise === 0 ? result : null, options.anais);
    for (const method of METHODS) {
      const done = found.length;
      const say = (note: string): void => {
        progress(done, total, `${method}, noise ${noise}${note}`);
      };
      say('');
      try {
        const table = await methods[method](disturbed, problem, say);
        found.push({ ...given, method, scores: scoresOf(table), message: null });
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        found.push({ ...given, method, scores: null, message: error.message });
      }
    }
  }
  return found;
}

/** @param result of the stage anais, where it was given the same target: it is not computed again */
const methodsFor = (
  result: MrioTable | null,
  options: AnaisOptions,
): Readonly<Record<(typeof METHODS)[number], Method>> => ({
  ANAIS: async (known, _problem, progress) => {
    if (result !== null) return result;
    const { table } = await anais(known, options, (step, iteration) => {
      progress(`: step ${step}, iteration ${iteration}`);
    });
    return table;
  },
  RAS: (_known, problem, progress) => {
    const { values } = scaleToEquations(problem, (round) => {
      if (round % 20 === 0) progress(`: round ${round}`);
    });
    return Promise.resolve(tableWithCells(problem, values));
  },
  'weighted least squares': (_known, problem, progress) => {
    const { values } = weightedLeastSquares(problem, options.largestGap, (iteration) => {
      progress(`: iteration ${iteration}`);
    });
    return Promise.resolve(tableWithCells(problem, values));
  },
});
