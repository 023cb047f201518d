import { countOf } from './count.ts';
import { nearest, suggest } from './nearest.ts';
import type { Pipeline, StageDeclaration } from './pipeline.ts';
import { problem, type Problem } from './problem.ts';
import { shown } from './shown.ts';
import type { Parameter } from './stage.ts';
import type { YamlPath } from './yaml-document.ts';

/** What a stage says a parameter has to be. */
export type ParameterType = {
  /** Whether it may be left out. */
  readonly optional: boolean;
  /** Whether it may be null. */
  readonly nullable: boolean;
} & (NumberType | ListType | ChoiceType | MapType | { readonly kind: 'text' | 'boolean' | 'any' });

interface NumberType {
  readonly kind: 'number' | 'integer';
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
}
interface ListType {
  readonly kind: 'list';
  readonly of: ParameterType;
  readonly minLength?: number;
  readonly maxLength?: number;
}
interface ChoiceType {
  readonly kind: 'choice';
  readonly choices: readonly (string | number | boolean | null)[];
}
interface MapType {
  readonly kind: 'map';
  readonly members: Readonly<Record<string, ParameterType>>;
}

type Parameters = Readonly<Record<string, Parameter>>;
type Types = Readonly<Record<string, ParameterType>>;

/** Parameters of stages, and what scenarios make of them, that are not what the stage says they have to be. */
export function parameterProblems({ stages, scenarios }: Pick<Pipeline, 'stages' | 'scenarios'>): Problem[] {
  const ofStages = [...stages.values()].flatMap(({ name, parameterTypes, parameters }) =>
    parameterTypes === null ? [] : stageProblems(name, parameterTypes, parameters),
  );
  const ofScenarios = [...scenarios].flatMap(([scenario, changes]) =>
    Object.entries(changes).flatMap(([name, parameters]) => {
      const types = stages.get(name)?.parameterTypes ?? null;
      // A scenario leaves out what it does not change.
      return types === null ? [] : valueProblems(types, parameters, ['scenarios', scenario, name]);
    }),
  );
  return [...ofStages, ...ofScenarios];
}

/** The parameters that a scenario may set: those that are there, and those that may be. */
export const settable = ({ parameters, parameterTypes }: StageDeclaration): string[] => [
  ...new Set([...Object.keys(parameters), ...Object.keys(parameterTypes ?? {})]),
];

function stageProblems(stage: string, types: Types, parameters: Parameters): Problem[] {
  const path = ['stages', stage, 'parameters'];
  const untyped = Object.keys(parameters)
    .filter((name) => !Object.hasOwn(types, name))
    .map((name) => {
      const message = `\`parameter_types\` of stage \`${stage}\` does not name the parameter \`${name}\``;
      return problem([...path, name], 'key', message, suggest(name, Object.keys(types)));
    });
  const missing = Object.entries(types)
    .filter(([name, { optional }]) => !optional && !Object.hasOwn(parameters, name))
    .map(([name]) => {
      const message = `stage \`${stage}\` is not given its parameter \`${name}\``;
      const remedy = `Write it under \`parameters\`, or give it the type \`{ ..., optional: true }\`.`;
      return problem(['stages', stage, 'parameter_types', name], 'key', message, remedy);
    });
  return [...untyped, ...missing, ...valueProblems(types, parameters, path)];
}

const valueProblems = (types: Types, parameters: Parameters, path: YamlPath): Problem[] =>
  Object.entries(parameters).flatMap(([name, value]) => {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    return type === undefined ? [] : mismatches(type, value, [...path, name], name);
  });

/** @param called the parameter, and the way to the value in it: `networks.0.name` */
function mismatches(type: ParameterType, value: Parameter, path: YamlPath, called: string): Problem[] {
  if (value === null && type.nullable) return [];
  if (type.kind === 'list' && Array.isArray(value)) {
    const members = value as readonly Parameter[];
    const wrong = members.flatMap((member, index) =>
      mismatches(type.of, member, [...path, index], `${called}.${index}`),
    );
    return hasLength(type, members.length) ? wrong : [mismatch(type, value, path, called), ...wrong];
  }
  if (type.kind === 'map' && isMap(value)) return memberProblems(type, value, path, called);
  return accepts(type, value) ? [] : [mismatch(type, value, path, called)];
}

function memberProblems({ members }: MapType, value: Parameters, path: YamlPath, called: string): Problem[] {
  const unknown = Object.keys(value)
    .filter((name) => !Object.hasOwn(members, name))
    .map((name) => {
      const message = `the parameter \`${called}\` has no member \`${name}\``;
      return problem([...path, name], 'key', message, suggest(name, Object.keys(members)));
    });
  const inside = Object.entries(members).flatMap(([name, type]) => {
    const member = Object.hasOwn(value, name) ? value[name] : undefined;
    if (member !== undefined) return mismatches(type, member, [...path, name], `${called}.${name}`);
    if (type.optional) return [];
    const message = `the parameter \`${called}\` lacks its member \`${name}\``;
    return [problem(path, 'value', message, `Add it: ${expectation(type)} is wanted.`)];
  });
  return [...unknown, ...inside];
}

const isMap = (value: Parameter): value is Parameters =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hasLength = ({ minLength = 0, maxLength = Infinity }: ListType, length: number): boolean =>
  length >= minLength && length <= maxLength;

/** Whether a value that is no list or map of the type fits it. */
function accepts(type: ParameterType, value: Parameter): boolean {
  switch (type.kind) {
    case 'any':
      return true;
    case 'text':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
      return type.choices.some((choice) => choice === value);
    case 'number':
      return typeof value === 'number' && isWithin(type, value);
    case 'integer':
      return Number.isSafeInteger(value) && isWithin(type, value as number);
    default:
      return false;
  }
}

const isWithin = (
  { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity }: NumberType,
  value: number,
): boolean => value >= min && value <= max && value > above && value < below;

function mismatch(type: ParameterType, value: Parameter, path: YamlPath, called: string): Problem {
  const message = `the parameter \`${called}\` has to be ${expectation(type)}, not ${shown(JSON.stringify(value))}`;
  const texts = type.kind === 'choice' ? type.choices.filter((choice) => typeof choice === 'string') : [];
  const guess = typeof value === 'string' ? nearest(value, texts) : null;
  const remedy =
    guess === null ? 'Correct the value, or what `parameter_types` says of it.' : `Did you mean \`${guess}\`?`;
  return problem(path, 'value', message, remedy);
}

/** What is wanted, in words: `a whole number of at least 1`. */
function expectation(type: ParameterType): string {
  const plain = plainExpectation(type);
  return type.nullable ? `${plain}, or null` : plain;
}

function plainExpectation(type: ParameterType): string {
  switch (type.kind) {
    case 'any':
      return 'anything';
    case 'text':
      return 'a text';
    case 'boolean':
      return '`true` or `false`';
    case 'choice':
      return type.choices.map((choice) => `\`${String(choice)}\``).join(' or ');
    case 'map':
      return `a map of ${Object.keys(type.members).join(', ')}`;
    case 'list':
      return ['a list', lengthInWords(type)].filter((word) => word !== '').join(' of ');
    default:
      return [type.kind === 'integer' ? 'a whole number' : 'a number', rangeInWords(type)]
        .filter((word) => word !== '')
        .join(' ');
  }
}

function lengthInWords({ minLength, maxLength }: ListType): string {
  if (minLength !== undefined && minLength === maxLength) return countOf(minLength, 'value');
  if (minLength === undefined) return maxLength === undefined ? '' : `at most ${countOf(maxLength, 'value')}`;
  const atLeast = `at least ${countOf(minLength, 'value')}`;
  return maxLength === undefined ? atLeast : `${atLeast} and at most ${maxLength}`;
}

function rangeInWords({ min, max, above, below }: NumberType): string {
  const ends: readonly (readonly [string, number | undefined])[] = [
    ['of at least', min],
    ['above', above],
    ['of at most', max],
    ['below', below],
  ];
  return ends.flatMap(([words, end]) => (end === undefined ? [] : [`${words} ${end}`])).join(' and ');
}
