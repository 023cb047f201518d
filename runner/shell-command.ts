import { INNER_PATH, INNER_PATH_RULE, missingFile } from './inner-path.ts';
import { suggest } from './nearest.ts';
import type { StageDeclaration } from './pipeline.ts';
import { problem, type Problem } from './problem.ts';

/** A shell command as a template: text, placeholder, text, placeholder, ..., text. */
export interface Command {
  /** As written in the pipeline file. */
  readonly text: string;
  readonly pieces: readonly string[];
  /** What stands in the braces: `inputs.emission`, `parameters.year`, `file:tools/extra.py`. */
  readonly placeholders: readonly string[];
  /** Parts of the command in which a value would be read by the shell again. */
  readonly unsafe: readonly string[];
}

// A word in braces; `{a,b}`, `{1..3}`, `{ a; }` and `{}` are the shell's.
const PLACEHOLDER = /\{((?!-?\w+\.\.)[^{}\s,;]+)\}/;
// A backslash or quotes and what they hold, a variable, a comment, redirections from text, a quote that never ends.
const SHELTER =
  /\\[^]|\$'(?:\\[^]|[^'\\])*'|'[^']*'|"(?:\\[^]|[^"\\])*"|`(?:\\[^]|[^`\\])*`|\$\{[\w.:/-]*\}|(?<=^|[\s;&|()])#[^\n]*|<<<?|["'`][^]*$/;
const TOKEN = new RegExp(`${SHELTER.source}|${PLACEHOLDER.source}`, 'g');
const OURS = /\{(?:(?:inputs|outputs|parameters)\.|file:)/;
/** A command or default value within double quotes, which may hold double quotes in turn. */
const NESTED = /^".*(?:\$\(|\$\{[^}]*$)/s;

export function parseCommand(text: string): Command {
  const pieces: string[] = [];
  const placeholders: string[] = [];
  const unsafe: string[] = [];
  let start = 0;
  for (const { 0: token, 1: placeholder, index } of text.matchAll(TOKEN)) {
    if (placeholder === undefined) {
      if (OURS.test(token) || NESTED.test(token) || token === '<<') unsafe.push(token);
      continue;
    }
    pieces.push(text.slice(start, index));
    placeholders.push(placeholder);
    start = index + token.length;
  }
  return { text, pieces: [...pieces, text.slice(start)], placeholders, unsafe };
}

const FILE = 'file:';

/** Paths of the project's files that a command names, relative to the project. */
export const filesOf = ({ placeholders }: Command): string[] => [
  ...new Set(placeholders.filter((name) => name.startsWith(FILE)).map((name) => name.slice(FILE.length))),
];

/** Placeholders that mean nothing, files that are not there, outputs that the command cannot know of. */
export function commandProblems(
  stage: Extract<StageDeclaration, { language: 'shell' }>,
  root: string,
  exists: (path: string) => boolean,
): Problem[] {
  const { placeholders, unsafe } = stage.command;
  const wrong = (message: string, remedy: string) => problem(['stages', stage.name, 'sh'], 'value', message, remedy);
  const outputs = stage.outputs.map(({ name }) => `outputs.${name}`);
  const known = [
    ...[...stage.inputs, ...stage.optionalInputs].map((name) => `inputs.${name}`),
    ...outputs,
    ...Object.keys(stage.parameters).map((name) => `parameters.${name}`),
  ];
  const unknown = placeholders.filter((name) => !name.startsWith(FILE) && !known.includes(name));
  const unnamed = outputs.filter((name) => !placeholders.includes(name));
  return [
    ...unknown.map((name) => wrong(`unknown placeholder \`{${name}}\``, suggest(name, [...known, `${FILE}PATH`]))),
    ...filesOf(stage.command).flatMap((file) => fileProblems(file, root, exists, wrong)),
    ...unnamed.map((name) => wrong(`the command does not write \`{${name}}\``, 'Name it there, or remove the output.')),
    ...unsafe.map((part) =>
      wrong(
        `the shell would read a value again in \`${part}\``,
        'Write placeholders bare, they come quoted: not in quotes, ${...} or comments. A here-document, or a command within double quotes, belongs in a script: {file:PATH}.',
      ),
    ),
  ];
}

function fileProblems(
  file: string,
  root: string,
  exists: (path: string) => boolean,
  wrong: (message: string, remedy: string) => Problem,
): Problem[] {
  if (!INNER_PATH.test(file)) return [wrong(`the path \`${file}\` leads outside the project`, INNER_PATH_RULE)];
  if (exists(file)) return [];
  const { message, remedy } = missingFile(file, root);
  return [wrong(message, remedy)];
}
