import type { KeyFields } from './cache-key.ts';
import { canonicalJson } from './hash.ts';
import { filesChange, filesChangeText, inputFromText, type FilesChange } from './inputs-from.ts';
import type { Receipt } from './store.ts';

/** One thing that differs between two runs of a stage. */
export interface Change {
  /** `parameter year`, `input emission`, `package highs`. */
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Of a folder: which of its files. Absent where that is not known of both. */
  readonly files?: FilesChange;
}

/** What a run is compared by: its key, what that was made of, where its inputs were from, and the files of its code. */
export type Comparable = Pick<Receipt, 'key' | 'fields' | 'from' | 'files'>;

/** All that changed between two runs of a stage, field by field; nothing only if their keys are equal. */
export function changes(before: Comparable, after: Comparable): Change[] {
  if (before.key === after.key) return [];
  const [old, now] = [before.fields, after.fields];
  const format = compare('', { 'cache format': String(old.format) }, { 'cache format': String(now.format) });
  // Fields of another format cannot be told apart one by one.
  if (format.length > 0) return format;
  const found = [
    ...compareNested('parameter ', old.parameters, now.parameters),
    ...inputChanges(before, after),
    ...codeChanges(before, after),
    ...compare('package ', old.packages, now.packages),
    ...compareNested('output ', old.outputs, now.outputs),
    ...compare('runner ', { code: old.worker.code }, { code: now.worker.code }),
    ...compare("runner's package ", old.worker.packages, now.worker.packages),
    ...compare("Node's ", old.node, now.node),
    ...compareNested('origin ', byArtifact(old), byArtifact(now)),
    ...compareOrder('origins', artifactsOf(old), artifactsOf(now)),
  ];
  return found.length > 0 ? found : compare('', { 'cache key': before.key }, { 'cache key': after.key });
}

type Texts = Readonly<Record<string, string>>;

function compare(prefix: string, before: Texts, after: Texts): Change[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => before[name] !== after[name])
    .map((name) => ({ what: `${prefix}${name}`, before: before[name] ?? null, after: after[name] ?? null }));
}

/** By content; where another file, folder or artifact took the place of an input, or files of a folder changed, by name. */
function inputChanges(before: Comparable, after: Comparable): Change[] {
  return compare('', inputTexts(before), inputTexts(after)).map((change) => {
    const name = change.what;
    const what = `input ${name}`;
    const [old, now] = [before.from?.[name], after.from?.[name]];
    const files = filesChange(old, now);
    const moved = old !== undefined && now !== undefined && old.from !== now.from;
    const told = (text: string | null, { fields, from }: Comparable) => {
      const input = from?.[name];
      if (text === null || input === undefined || !(moved || input.folder)) return text;
      return inputFromText(input, fields.inputs[name]!.sha256);
    };
    const texts = { before: told(change.before, before), after: told(change.after, after) };
    return { what, ...texts, ...(files === null ? {} : { files }) };
  });
}

const inputTexts = ({ fields: { inputs } }: Comparable): Texts =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { sha256, kind, extension }]) => [name, `${sha256} (${kind}${extension})`]),
  );

const byArtifact = ({ origins }: KeyFields) =>
  Object.fromEntries(origins.map((origin) => [origin.artifact, origin] as const));
const artifactsOf = ({ origins }: KeyFields): string[] => origins.map(({ artifact }) => artifact);

/** Values by their leaves, and the order of their lists. */
function compareNested(prefix: string, before: object, after: object): Change[] {
  const [old, now] = [orders(before), orders(after)];
  const reordered = Object.entries(old).flatMap(([path, names]) =>
    now[path] === undefined ? [] : compareOrder(`${prefix}${path}`, names, now[path]),
  );
  return [...compare(prefix, leaves(before), leaves(after)), ...reordered];
}

/** Whether names that are in both lists changed places: only the stretch in which they did is shown. */
function compareOrder(what: string, before: readonly string[], after: readonly string[]): Change[] {
  const old = before.filter((name) => after.includes(name));
  const now = after.filter((name) => before.includes(name));
  const differs = (name: string, index: number) => name !== now[index];
  const [first, last] = [old.findIndex(differs), old.findLastIndex(differs)];
  if (first < 0) return [];
  const stretch = (names: readonly string[]) => names.slice(first, last + 1).join(', ');
  return [{ what: `order of ${what}`, before: stretch(old), after: stretch(now) }];
}

/** The files that differ; a comment alone may differ too, but then the bundle does not. */
function codeChanges(before: Comparable, after: Comparable): Change[] {
  if (before.fields.code === after.fields.code) return [];
  const files = compare('code ', before.files, after.files);
  return files.length > 0 ? files : compare('', { code: before.fields.code ?? '' }, { code: after.fields.code ?? '' });
}

/** A nested value as one text for each leaf, by dotted path. */
function leaves(value: unknown, path = ''): Texts {
  const members = membersOf(value);
  if (members === null || (members.length === 0 && path !== '')) return { [path]: canonicalJson(value) };
  return Object.assign({}, ...members.map(([name, member]) => leaves(member, below(path, name)))) as Texts;
}

/** The names in each list of named members, by dotted path. */
function orders(value: unknown, path = ''): Record<string, readonly string[]> {
  const members = membersOf(value) ?? [];
  const own = Array.isArray(value) && members.length > 0 ? { [path]: members.map(([name]) => name) } : {};
  return Object.assign(own, ...members.map(([name, member]) => orders(member, below(path, name)))) as typeof own;
}

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** The members of a map, or of a list in which each has a `name` of its own. Any other list reads better whole: null. */
function membersOf(value: unknown): (readonly [string, unknown])[] | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value)) return Object.entries(value);
  const named = value.flatMap((member: unknown) => {
    const name = nameOf(member);
    return name === null ? [] : [[name, member] as const];
  });
  const distinct = new Set(named.map(([name]) => name)).size === value.length;
  return distinct && value.length > 0 ? named : null;
}

const nameOf = (member: unknown): string | null =>
  typeof member === 'object' && member !== null && 'name' in member && typeof member.name === 'string'
    ? member.name
    : null;

/** One line for a change; hashes are cut short. */
export function changeLine({ what, before, after, files }: Change): string {
  if (before === null) return `${what}: new, ${brief(after!)}`;
  if (after === null) return `${what}: gone, was ${brief(before)}`;
  if (files !== undefined) return `${what}: ${brief(after)}: ${filesChangeText(files)}`;
  return `${what}: ${brief(before)} -> ${brief(after)}`;
}

const brief = (text: string): string => {
  const short = text.replace(/\b([0-9a-f]{8})[0-9a-f]{56}\b/g, '$1').replace(/ sha512-(.{6})\S*/, ' $1');
  return short.length > 100 ? `${short.slice(0, 97)}...` : short;
};

/**
 * Why a stage has to run, in a few words.
 * @param latest what it used last in the pipeline of this name; null: nothing
 */
export function reasonToRun(latest: Comparable | null, now: Comparable, pipeline: string): string {
  if (latest === null) return `never ran in ${pipeline}`;
  const found = changes(latest, now);
  if (found.length === 0) return 'its stored outputs are gone or damaged';
  const [first] = found;
  const others = found.length === 1 ? '' : ` and ${found.length - 1} more`;
  return `${changeLine(first!)}${others}`;
}
