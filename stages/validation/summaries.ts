import type { NationalScore } from './national.ts';

/** The mean over draws, and their standard deviation; NaN where there are too few. */
export interface Summary {
  readonly mean: number;
  readonly deviation: number;
}

/** One method at one level of noise, over all draws of errors. */
export interface MethodSummary {
  readonly noise: number;
  readonly method: string;
  readonly draws: number;
  /** Draws for which it found a table; means are over these. */
  readonly solved: number;
  /** Why it found none, for the first draw where it did not. */
  readonly message: string | null;
  readonly wape: Summary;
  readonly stpe: Summary;
  readonly mad: Summary;
  readonly theilU: Summary;
}

export function summary(values: readonly number[]): Summary {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: count < 2 ? NaN : Math.sqrt(squares / (count - 1)) };
}

/** Mean and spread of the scores of each method at each level of noise. */
export function summaries(scores: readonly NationalScore[]): MethodSummary[] {
  const groups = new Map<string, NationalScore[]>();
  for (const score of scores) {
    const name = `${score.noise} ${score.method}`;
    groups.set(name, [...(groups.get(name) ?? []), score]);
  }
  return Array.from(groups.values(), (group) => {
    const found = group.flatMap((score) => (score.scores === null ? [] : [score.scores]));
    return {
      noise: group[0]!.noise,
      method: group[0]!.method,
      draws: group.length,
      solved: found.length,
      message: group.find(({ message }) => message !== null)?.message ?? null,
      wape: summary(found.map(({ wape }) => wape)),
      stpe: summary(found.map(({ stpe }) => stpe)),
      mad: summary(found.map(({ mad }) => mad)),
      theilU: summary(found.map(({ theilU }) => theilU)),
    };
  });
}
