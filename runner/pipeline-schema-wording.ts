import { shown } from './shown.ts';
import type { YamlPath } from './yaml-document.ts';

/** What is wrong with a value, as zod has it. */
interface SchemaIssue {
  readonly code: string;
  readonly path: YamlPath;
  readonly message: string;
  readonly input?: unknown;
  /** The type that is wanted, by zod's name. */
  readonly expected?: string;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly values?: readonly unknown[];
}

interface Worded {
  readonly message: string;
  readonly remedy: string;
}

const REMEDY = 'docs/pipeline.md describes what may stand here.';

/** A type by zod's name, in words; by key, what may stand there for example. */
const TYPES: Readonly<Record<string, { readonly words: string; readonly examples: Readonly<Record<string, string>> }>> =
  {
    string: {
      words: 'a text',
      examples: {
        base: 'pipeline.yaml',
        run: 'stages/totals.sql',
        file: 'data-raw/sales.csv',
        references: 'table.column',
      },
    },
    number: { words: 'a number', examples: {} },
    int: { words: 'a whole number', examples: { threads: '4' } },
    boolean: { words: '`true` or `false`', examples: {} },
    array: {
      words: 'a list',
      examples: { inputs: '[sale, shop]', optional_inputs: '[sale, shop]', key: '[shop, year]' },
    },
    record: {
      words: 'a map',
      examples: {
        sources: '{ sale: { file: data-raw/sales.csv } }',
        stages: '{ totals: { run: stages/totals.sql, ... } }',
        parameters: '{ confidence: 0.95 }',
        outputs: '{ total: { columns: { shop: VARCHAR } } }',
        columns: '{ shop: VARCHAR, amount: DOUBLE }',
        parameter_types: '{ confidence: number }',
      },
    },
    object: { words: 'a map', examples: {} },
  };

const PARAMETER_TYPE = '{ type: number, min: 0 }';

/** The members of these maps have names of the user's own. */
const MEMBERS: Readonly<Record<string, string>> = {
  sources: '{ file: data-raw/sales.csv }',
  stages: '{ run: stages/totals.sql, ... }',
  outputs: '{ columns: { shop: VARCHAR } }',
  columns: '{ type: DOUBLE, unit: CNY }',
  parameter_types: PARAMETER_TYPE,
  members: PARAMETER_TYPE,
  list_of: PARAMETER_TYPE,
};

/** Where a word may stand for a map. */
const WORDS: Readonly<Record<string, string>> = {
  columns: 'VARCHAR',
  parameter_types: 'number',
  members: 'number',
  list_of: 'number',
};

/** A mistake in the pipeline file in its own words, not in those of the library that found it. */
export function worded(issue: SchemaIssue): Worded {
  if (issue.path.length === 0 && (issue.input === null || issue.input === undefined))
    return { message: 'the pipeline file is empty', remedy: `Write \`pipeline: NAME\` and \`stages:\`. ${REMEDY}` };
  const where =
    issue.path.length === 0 ? 'the pipeline file' : `\`${issue.path.map((step) => shown(String(step))).join('.')}\``;
  const wanted = wantedInstead(issue);
  if (wanted !== null) {
    const what = issue.input === undefined ? 'is missing: it' : '';
    return { message: [where, what, 'has to be', wanted].filter((word) => word !== '').join(' '), remedy: REMEDY };
  }
  const [message = '', remedy = REMEDY] = issue.message.split('\n');
  return { message: `${where}: ${message}`, remedy };
}

/** Null: the message is one of ours. */
function wantedInstead(issue: SchemaIssue): string | null {
  switch (issue.code) {
    case 'invalid_type':
      return typeInWords(issue.expected ?? '', issue.path);
    case 'invalid_value':
      return `\`${(issue.values ?? []).map(String).join('` or `')}\``;
    case 'too_small':
      return typeof issue.input === 'string' ? 'a text that is not empty' : `at least ${String(issue.minimum)}`;
    case 'too_big':
      return typeof issue.input === 'string'
        ? `a text of at most ${String(issue.maximum)} characters`
        : `at most ${String(issue.maximum)}`;
    default:
      return null;
  }
}

function typeInWords(expected: string, path: YamlPath): string {
  const type = TYPES[expected] ?? { words: `of type ${expected}`, examples: {} };
  const [parent, last] = [String(path.at(-2) ?? ''), String(path.at(-1) ?? '')];
  const examples = expected === 'object' ? MEMBERS : type.examples;
  const name = expected === 'object' && last !== 'list_of' ? parent : last;
  const example = Object.hasOwn(examples, name) ? `, such as \`${examples[name]!}\`` : '';
  const word = expected === 'object' && Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  const either = word === undefined ? '' : `a type, such as \`${word}\`, or `;
  return `${either}${type.words}${example}`;
}
