import type { KeyFields } from './cache-key.ts';
import type { Receipt } from './store.ts';

/** One thing that differs between two runs of a stage. */
export interface Change {
  /** `parameter year`, `input emission`, `package highs`. */
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What a run is compared by: its key fields and the files of its code. */
export type RunRecord = Pick<Receipt, 'fields' | 'files'>;

/** All that changed between two runs of a stage, field by field. */
export function changes(before: RunRecord, after: RunRecord): Change[] {
  const [old, now] = [before.fields, after.fields];
  return [
    ...compare('parameter ', leaves(old.parameters), leaves(now.parameters)),
    ...compare('input ', inputTexts(old), inputTexts(now)),
    ...codeChanges(before, after),
    ...compare('package ', old.packages, now.packages),
    ...compare('output ', leaves(old.outputs), leaves(now.outputs)),
    ...compare('runner ', { code: old.worker.code }, { code: now.worker.code }),
    ...compare("runner's package ", old.worker.packages, now.worker.packages),
    ...compare(
      '',
      { 'Node version': old.node, 'cache format': String(old.format) },
      { 'Node version': now.node, 'cache format': String(now.format) },
    ),
    ...compare('origin ', originTexts(old), originTexts(now)),
  ];
}

type Texts = Readonly<Record<string, string>>;

function compare(prefix: string, before: Texts, after: Texts): Change[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => before[name] !== after[name])
    .map((name) => ({ what: `${prefix}${name}`, before: before[name] ?? null, after: after[name] ?? null }));
}

const inputTexts = ({ inputs }: KeyFields): Texts =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { sha256, kind, extension }]) => [name, `${sha256} (${kind}${extension})`]),
  );

const originTexts = ({ origins }: KeyFields): Texts =>
  leaves(Object.fromEntries(origins.map((origin) => [origin.artifact, origin])));

/** The files that differ; a comment alone may differ too, but then the bundle does not. */
function codeChanges(before: RunRecord, after: RunRecord): Change[] {
  if (before.fields.code === after.fields.code) return [];
  const files = compare('code ', before.files, after.files);
  return files.length > 0 ? files : compare('', { code: before.fields.code ?? '' }, { code: after.fields.code ?? '' });
}

/** A nested value as one text for each leaf, by dotted path. Members of lists go by their `name`, if they have one. */
function leaves(value: unknown, path = ''): Texts {
  if (typeof value !== 'object' || value === null) return { [path]: leafText(value) };
  const members = Array.isArray(value)
    ? value.map((member, index) => [nameOf(member) ?? String(index), member] as const)
    : Object.entries(value);
  // A list of plain values reads better whole.
  if (Array.isArray(value) && value.every((member) => nameOf(member) === null)) return { [path]: leafText(value) };
  return Object.fromEntries(
    members.flatMap(([name, member]) => Object.entries(leaves(member, path === '' ? name : `${path}.${name}`))),
  );
}

const nameOf = (member: unknown): string | null =>
  typeof member === 'object' && member !== null && 'name' in member && typeof member.name === 'string'
    ? member.name
    : null;

const leafText = (value: unknown): string => JSON.stringify(value);

/** One line for a change; hashes are cut short. */
export function changeLine({ what, before, after }: Change): string {
  if (before === null) return `${what}: new, ${brief(after!)}`;
  if (after === null) return `${what}: gone, was ${brief(before)}`;
  return `${what}: ${brief(before)} -> ${brief(after)}`;
}

const brief = (text: string): string => {
  const short = text.replace(/\b([0-9a-f]{8})[0-9a-f]{56}\b/g, '$1').replace(/ sha512-(.{6})\S*/, ' $1');
  return short.length > 100 ? `${short.slice(0, 97)}...` : short;
};

/** Why a stage has to run, in a few words. */
export function reasonToRun(latest: RunRecord | null, now: RunRecord): string {
  if (latest === null) return 'never ran here';
  const found = changes(latest, now);
  if (found.length === 0) return 'its stored outputs are gone';
  const [first] = found;
  const others = found.length === 1 ? '' : ` and ${found.length - 1} more`;
  return `${changeLine(first!)}${others}`;
}
