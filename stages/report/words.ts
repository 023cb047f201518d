import { StageError, type Parameter, type StageContext } from '../../runner/stage.ts';
import { numberParameter, optionalText, requiredText } from '../parameters.ts';

const STAGE = 'report';

/** What one is called, and what many are. */
export interface Noun {
  readonly one: string;
  readonly many: string;
}

/** What the page calls things: the parameters of the stage. */
export interface Words {
  readonly title: string;
  readonly subtitle: string;
  /** The year of the results; null: it is not said. */
  readonly year: string | null;
  /** What the regions of the page are called together; null: by their number. */
  readonly group: string | null;
  /** A region of the page, and one outside. */
  readonly region: Noun;
  readonly outside: Noun;
  /** The pollutant of the printed figures, where there are any. */
  readonly printedPollutant: string | null;
}

/** @throws StageError where a parameter is missing or is not what it has to be */
export const readWords = (context: StageContext): Words => ({
  title: requiredText(context, STAGE, 'title'),
  subtitle: requiredText(context, STAGE, 'subtitle'),
  year: yearParameter(context),
  group: optionalText(context, STAGE, 'group'),
  region: nounParameter(context, 'region'),
  outside: nounParameter(context, 'outside'),
  printedPollutant: optionalText(context, STAGE, 'printed_pollutant'),
});

const inFocus = (noun: string): string => `${noun} in focus`;

/**
 * The words of a page that shows some of the regions only. Where both kinds are called the same, those that are shown are
 * told apart: no sentence about them is to be read as one about all.
 */
export function wordsBeside(words: Words, outside: number): Words {
  const { one, many } = words.region;
  if (outside === 0 || one !== words.outside.one) return words;
  return { ...words, region: { one: inFocus(one), many: inFocus(many) } };
}

/** The regions outside: `other shires` beside towns, `shires outside` beside shires in focus. */
export const otherRegions = ({ region, outside: { one, many } }: Words): string =>
  region.one === inFocus(one) ? `${many} outside` : `other ${many}`;

function yearParameter(context: StageContext): string | null {
  if ((context.parameters['year'] ?? null) === null) return null;
  const year = numberParameter(context, STAGE, 'year', {
    accepts: Number.isSafeInteger,
    remedy: 'give the year of the results as a whole number, or null',
  });
  return String(year);
}

const REGION: Noun = { one: 'region', many: 'regions' };

/** A parameter `{ one, many }`; left out: region, regions. */
function nounParameter({ parameters }: StageContext, name: string): Noun {
  const value: Parameter | undefined = parameters[name];
  if (value === undefined) return REGION;
  if (typeof value === 'object' && value !== null && 'one' in value && 'many' in value) {
    const { one, many } = value;
    if (typeof one === 'string' && typeof many === 'string') return { one, many };
  }
  throw new StageError(
    `parameter ${name} of stage ${STAGE} is ${JSON.stringify(value)}`,
    'give both forms of the word, for example { one: region, many: regions }',
  );
}
