import { suggest } from './nearest.ts';
import { hasOtherFile, type Merged } from './pipeline-base.ts';
import { listOf, mapOf, membersOf, type Plain } from './plain-values.ts';
import { problem, type Problem } from './problem.ts';

/**
 * What in a pipeline file with a base does not go with that base.
 * @param own what the file says, valid by `changesSchema`
 */
export const baseProblems = (own: Plain, base: Merged): Problem[] => [
  ...strangers(own, base),
  ...evidenceProblems(own, base),
  ...keyProblems(own, base),
];

/** Stages and sources that say too little to be something new, and are not in the base. */
function strangers(own: Plain, { inheritable }: Merged): Problem[] {
  return (['stages', 'sources'] as const).flatMap((kind) => {
    const there = membersOf(inheritable, kind);
    const [one, enough] = kind === 'stages' ? ['stage', ['run', 'sh']] : ['source', ['file']];
    return Object.entries(membersOf(own, kind)).flatMap(([name, value]) => {
      if (Object.hasOwn(there, name) || enough.some((field) => field in mapOf(value))) return [];
      const message = `the base has no ${one} \`${name}\`: give it \`${enough.join('` or `')}\`, or correct the name`;
      return [problem([kind, name], 'key', message, suggest(name, Object.keys(there)))];
    });
  });
}

/** What kind of knowledge a file is does not go over to another file. */
function evidenceProblems(own: Plain, { inheritable }: Merged): Problem[] {
  return Object.entries(membersOf(own, 'sources')).flatMap(([name, value]) => {
    const [here, there] = [mapOf(value), membersOf(membersOf(inheritable, 'sources'), name)];
    if (!hasOtherFile(here, there) || there['evidence'] === undefined || 'evidence' in here) return [];
    const message = `\`${name}\` has another file than in the base: say its \`evidence\``;
    const remedy = 'What the base says is said of its own file. For no label write `evidence: null`.';
    return [problem(['sources', name], 'key', message, remedy)];
  });
}

/** Columns that are replaced while the key of the base, which names others, stays. */
function keyProblems(own: Plain, { inheritable }: Merged): Problem[] {
  const tables = [
    ...Object.entries(membersOf(own, 'sources')).map(([name, here]) => ({
      path: ['sources', name],
      here: mapOf(here),
      there: membersOf(membersOf(inheritable, 'sources'), name),
    })),
    ...Object.entries(membersOf(own, 'stages')).flatMap(([stage, said]) =>
      Object.entries(membersOf(mapOf(said), 'outputs')).map(([name, here]) => ({
        path: ['stages', stage, 'outputs', name],
        here: mapOf(here),
        there: membersOf(membersOf(membersOf(membersOf(inheritable, 'stages'), stage), 'outputs'), name),
      })),
    ),
  ];
  return tables.flatMap(({ path, here, there }) => {
    const columns = here['columns'] ?? null;
    if (columns === null || 'key' in here) return [];
    const missing = listOf(there['key']).find((column) => !Object.hasOwn(mapOf(columns), column));
    if (missing === undefined) return [];
    const message = '`columns` here replaces those of the base: give all of them, or a `key`';
    const remedy = `The key of the base names \`${missing}\`.`;
    return [problem([...path, 'columns'], 'key', message, remedy)];
  });
}
