import type { AnaisOptions } from '../mrio/anais/anais.ts';
import type { Measure } from '../mrio/anais/problem.ts';
import type { StageContext } from '../runner/stage.ts';
import { choiceParameter, numberParameter } from './parameters.ts';

/** What is bounded and what is summed: relative deviations, as (1) and the text say; or absolute ones, as (2), (7)-(9). */
const PRESETS = {
  'as-described': { bound: 'relative', objective: 'relative' },
  'as-printed': { bound: 'absolute', objective: 'absolute' },
} as const;

const MEASURES = ['relative', 'absolute'] as const;

const SHARE = {
  accepts: (value: number) => value >= 0 && value < 1,
  remedy: 'give a share of 0 or more and less than 1, for example 0.01',
};

/** What the target table says: its deliveries between regions, or of one region no more than the totals of its sectors. */
const TARGET_KNOWN = ['blocks', 'margins'] as const;
export type TargetKnown = (typeof TARGET_KNOWN)[number];

export const targetKnown = (given: Pick<StageContext, 'parameters'>, stage: string): TargetKnown =>
  given.parameters['target_known'] === undefined
    ? 'blocks'
    : choiceParameter(given, stage, 'target_known', TARGET_KNOWN);

/** The parameters of ANAIS, as the stage `anais` has them and those of validation share them. */
export function readAnaisOptions(given: Pick<StageContext, 'parameters'>, stage: string): AnaisOptions {
  const choice = <const Choice extends string>(name: string, choices: readonly Choice[]): Choice =>
    choiceParameter(given, stage, name, choices);
  const preset = PRESETS[choice('preset', ['as-described', 'as-printed'])];
  const measure = (name: 'bound' | 'objective'): Measure =>
    given.parameters[name] === undefined ? preset[name] : choice(name, MEASURES);
  return {
    bound: measure('bound'),
    objective: measure('objective'),
    consistency: choice('consistency', ['totals', 'blocks']),
    reference: choice('reference', ['shares', 'base-year']),
    solver: choice('solver', ['structured', 'highs']),
    slack: numberParameter(given, stage, 'slack', SHARE),
    bandWidening: numberParameter(given, stage, 'band_widening', SHARE),
    largestGap: numberParameter(given, stage, 'largest_gap', SHARE),
  };
}
