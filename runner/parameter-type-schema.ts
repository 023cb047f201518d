import { z } from 'zod';
import { suggest } from './nearest.ts';
import type { ParameterType } from './parameter-types.ts';
import { columnName, scalar, strict } from './schema-pieces.ts';
import { shown } from './shown.ts';

const KINDS = ['number', 'integer', 'text', 'boolean', 'any'] as const;
const LIST = 'list of ';
/** What may stand in one word, or a few. */
const WORDS = [...KINDS, ...KINDS.map((kind) => LIST + kind)];
const TYPE = new RegExp(`^(?:${LIST})*(?:${KINDS.join('|')})$`);

const typeWord = z
  .string()
  .regex(TYPE, { error: ({ input }) => `unknown type \`${shown(String(input))}\`\n${suggest(String(input), WORDS)}` })
  .meta({ anyOf: [{ enum: WORDS }, {}] });

const length = z.int().min(0).max(1e9).optional();
const bound = z.number().optional();

/** The type of a parameter: a word, or a map that says more. */
export const parameterType: z.ZodType<ParameterType> = z
  .lazy(() =>
    z.preprocess(
      (value) => (typeof value === 'string' ? { type: value } : value),
      written.superRefine(refuseContradictions).transform(built),
    ),
  )
  .meta({ id: 'parameter_type', description: 'A type in a word, or a map that says more.', shorthand: 'type' });

const written = strict({
  type: typeWord.optional().meta({
    description: '`number`, `integer`, `text`, `boolean`, `any`, or `list of` one of these.',
  }),
  one_of: z
    .array(scalar)
    .min(1)
    .optional()
    .meta({ description: 'The values it may have.', examples: [['relative', 'absolute']] }),
  list_of: parameterType.optional().meta({
    description: 'It is a list; what each of its values has to be.',
    examples: [{ type: 'number', min: 0 }],
  }),
  members: z
    .record(columnName, parameterType)
    .optional()
    .meta({ description: 'It is a map; what each of its members has to be.', examples: [{ name: 'text' }] }),
  min: bound.describe('The least value, itself included.'),
  max: bound.describe('The largest value, itself included.'),
  above: bound.describe('It has to be larger than this.'),
  below: bound.describe('It has to be smaller than this.'),
  min_length: length.describe('How many values a list has at least.'),
  max_length: length.describe('How many values a list has at most.'),
  optional: z.boolean().optional().describe('`true`: may be left out.'),
  nullable: z.boolean().optional().describe('`true`: may be null.'),
}).meta({
  oneOf: [{ required: ['type'] }, { required: ['one_of'] }, { required: ['list_of'] }, { required: ['members'] }],
});

type Written = z.infer<typeof written>;

const WAYS = ['type', 'one_of', 'list_of', 'members'] as const;
const BOUNDS = ['min', 'max', 'above', 'below'] as const;
const LENGTHS = ['min_length', 'max_length'] as const;

function refuseContradictions(said: Written, context: z.RefinementCtx): void {
  const ways = WAYS.filter((way) => said[way] !== undefined);
  if (ways.length !== 1) {
    const what =
      ways.length === 0
        ? 'does not say what the parameter is'
        : `cannot have ${ways.map((way) => `\`${way}\``).join(' and ')}`;
    context.addIssue(`it ${what}\nGive it one of ${WAYS.map((way) => `\`${way}\``).join(', ')}.`);
    return;
  }
  const isNumber = said.type === 'number' || said.type === 'integer';
  const bounds = BOUNDS.filter((one) => said[one] !== undefined);
  if (!isNumber && bounds.length > 0) {
    const remedy = 'Those of a list are written so: `list_of: { type: number, min: 0 }`.';
    context.addIssue(`only a number has \`${bounds[0]!}\`\n${remedy}`);
  }
  const lengths = LENGTHS.filter((one) => said[one] !== undefined);
  if (!isList(said) && lengths.length > 0) context.addIssue(`only a list has \`${lengths[0]!}\`\nRemove it.`);
  if (said.list_of?.optional) {
    context.addIssue('a value of a list cannot be left out\nRemove `optional`, or say `min_length: 0` of the list.');
  }
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = said;
  if (min > max || above >= below || min >= below || above >= max) {
    context.addIssue('no number is within these bounds\nCorrect one of them.');
  }
  if ((said.min_length ?? 0) > (said.max_length ?? Infinity)) {
    context.addIssue('no list has this length\nCorrect one of `min_length` and `max_length`.');
  }
}

const isList = ({ type, list_of }: Written): boolean => list_of !== undefined || (type?.startsWith(LIST) ?? false);

/** Without keys that are undefined: what is kept of a pipeline has none. */
function built(said: Written): ParameterType {
  const common = { optional: said.optional ?? false, nullable: said.nullable ?? false };
  if (said.one_of !== undefined) return { ...common, kind: 'choice', choices: said.one_of };
  if (said.members !== undefined) return { ...common, kind: 'map', members: said.members };
  if (isList(said)) {
    const of = said.list_of ?? built({ type: said.type?.slice(LIST.length) });
    return {
      ...common,
      kind: 'list',
      of,
      ...(said.min_length === undefined ? {} : { minLength: said.min_length }),
      ...(said.max_length === undefined ? {} : { maxLength: said.max_length }),
    };
  }
  const kind = said.type as (typeof KINDS)[number];
  const bounds = BOUNDS.flatMap((one) => (said[one] === undefined ? [] : [[one, said[one]] as const]));
  return { ...common, kind, ...Object.fromEntries(bounds) };
}
