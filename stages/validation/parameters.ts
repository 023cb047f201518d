import type { AnaisOptions } from '../../mrio/anais/anais.ts';
import { StageError, type Parameter, type StageContext } from '../../runner/stage.ts';
import { readAnaisOptions } from '../anais-parameters.ts';
import { seedParameter } from '../parameters.ts';

/** What both comparisons of methods have in common. */
export interface ComparisonOptions {
  readonly anais: AnaisOptions;
  /** Standard deviations of the errors in the totals that methods are given, as shares of each. */
  readonly noise: readonly number[];
  readonly seed: number;
}

export const readComparisonOptions = (context: StageContext, stage: string): ComparisonOptions => ({
  anais: readAnaisOptions({ parameters: anaisParameters(context, stage) }, stage),
  noise: noiseParameter(context, stage),
  seed: seedParameter(context, stage),
});

function anaisParameters({ parameters }: StageContext, stage: string): Readonly<Record<string, Parameter>> {
  const value = parameters['anais'];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, Parameter>>;
  }
  throw new StageError(
    `parameter anais of stage ${stage} is ${JSON.stringify(value)}`,
    'give it the parameters of the stage anais: `anais: *anais`',
  );
}

/** Levels of noise; each once, in ascending order, the first of them 0. */
function noiseParameter({ parameters }: StageContext, stage: string): number[] {
  const value = parameters['noise'];
  const levels = Array.isArray(value) ? (value as readonly Parameter[]) : [];
  const isGood = levels.every(
    (level, k) => typeof level === 'number' && (k === 0 ? level === 0 : level > Number(levels[k - 1])),
  );
  if (levels.length > 0 && isGood) return levels as number[];
  throw new StageError(
    `parameter noise of stage ${stage} is ${JSON.stringify(value)}`,
    'give a list of shares in ascending order that begins with 0, for example [0, 0.01, 0.05, 0.1]',
  );
}
