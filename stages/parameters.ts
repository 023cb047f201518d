import type { ExportTreatment } from '../mrio/table.ts';
import { StageError, type StageContext } from '../runner/stage.ts';

/** What a number has to be, in code and in words. */
interface NumberRule {
  readonly accepts: (value: number) => boolean;
  readonly remedy: string;
}

/** A parameter of a stage that has to be a number of a kind. */
export function numberParameter(
  { parameters }: Pick<StageContext, 'parameters'>,
  stage: string,
  name: string,
  { accepts, remedy }: NumberRule,
): number {
  const value = parameters[name];
  if (typeof value === 'number' && accepts(value)) return value;
  throw new StageError(`parameter ${name} of stage ${stage} is ${JSON.stringify(value)}`, remedy);
}

/** A parameter of a stage that has to be one of a few words. */
export function choiceParameter<const Choice extends string>(
  { parameters }: Pick<StageContext, 'parameters'>,
  stage: string,
  name: string,
  choices: readonly Choice[],
): Choice {
  const value = parameters[name];
  const choice = choices.find((known) => known === value);
  if (choice !== undefined) return choice;
  throw new StageError(
    `parameter ${name} of stage ${stage} is ${JSON.stringify(value)}`,
    `set it to ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)!}`,
  );
}

/** The parameter `seed`: a whole number; the same one gives the same bytes. */
export const seedParameter = (context: StageContext, stage: string): number =>
  numberParameter(context, stage, 'seed', {
    accepts: Number.isSafeInteger,
    remedy: 'give a whole number, for example 20170101',
  });

/** The parameter `exports`: with the exporting region's final demand, or a consumer of their own. */
export const exportTreatment = (context: StageContext, stage: string): ExportTreatment =>
  choiceParameter(context, stage, 'exports', ['with-region', 'separate']);

/** A parameter of a stage that is a text, or null. */
export function optionalText(
  { parameters }: Pick<StageContext, 'parameters'>,
  stage: string,
  name: string,
): string | null {
  const value = parameters[name] ?? null;
  if (value === null || typeof value === 'string') return value;
  throw new StageError(`parameter ${name} of stage ${stage} is ${JSON.stringify(value)}`, 'give a text, or null');
}

/** A parameter of a stage that is a text. */
export function requiredText(context: Pick<StageContext, 'parameters'>, stage: string, name: string): string {
  const value = optionalText(context, stage, name);
  if (value !== null) return value;
  throw new StageError(`stage ${stage} has no parameter ${name}`, 'give a text');
}

/** A parameter of a stage that is a list of texts. */
export function textList(
  { parameters }: Pick<StageContext, 'parameters'>,
  stage: string,
  name: string,
): readonly string[] {
  const value = parameters[name];
  if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value;
  throw new StageError(`parameter ${name} of stage ${stage} is ${JSON.stringify(value)}`, 'give a list of texts');
}
