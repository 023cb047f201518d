import { suggest } from './nearest.ts';
import { NAMED_UNIT } from './pipeline-build.ts';
import type { TableDeclaration } from './pipeline.ts';
import { problem, type Problem } from './problem.ts';
import type { YamlPath } from './yaml-document.ts';

/** Tables that may be referred to, by name; null: its columns are not declared. */
export type Referable = ReadonlyMap<string, TableDeclaration | null>;

/** Whether keys and references of a declared table name what is there. */
export function tableProblems(declared: TableDeclaration, path: YamlPath, referable: Referable): Problem[] {
  return [
    ...keyProblems(declared, path),
    ...caseProblems(declared, path),
    ...declared.columns.flatMap(({ name, unit }) => unitProblems(unit, [...path, 'columns', name, 'unit'])),
    ...referenceProblems(declared, path, referable),
  ];
}

/** A unit whose name was replaced has no braces any more. */
export function unitProblems(unit: string | null | undefined, path: YamlPath): Problem[] {
  const [braced] = unit?.match(NAMED_UNIT) ?? [];
  if (braced === undefined) return [];
  const name = braced.slice(1, -1);
  return [
    problem(
      path,
      'value',
      `no unit is named \`${name}\``,
      `Say it under \`units:\`, as in \`units: { ${name || 'money'}: million EUR }\`.`,
    ),
  ];
}

function keyProblems({ columns, key }: TableDeclaration, path: YamlPath): Problem[] {
  const names = columns.map(({ name }) => name);
  return key.flatMap((name, index) => {
    if (names.includes(name)) return [];
    return [problem([...path, 'key', index], 'value', `the key names no column \`${name}\``, suggest(name, names))];
  });
}

function caseProblems({ columns }: TableDeclaration, path: YamlPath): Problem[] {
  const names = columns.map(({ name }) => name);
  return names.flatMap((name, index) => {
    const twin = names.slice(0, index).find((other) => other.toLowerCase() === name.toLowerCase());
    if (twin === undefined) return [];
    const message = `column \`${name}\` differs from \`${twin}\` in case only`;
    return [problem([...path, 'columns', name], 'key', message, 'SQL does not tell them apart: rename one.')];
  });
}

function referenceProblems({ columns }: TableDeclaration, path: YamlPath, referable: Referable): Problem[] {
  return columns.flatMap(({ name, references }) => {
    if (references === undefined) return [];
    const at = [...path, 'columns', name, 'references'];
    const table = referable.get(references.table);
    if (table === undefined) {
      const message = `the reference \`${references.table}.${references.column}\` names no table at hand`;
      const rule = "A reference goes to one of the stage's inputs or outputs, or from a source to a source.";
      return [problem(at, 'value', message, `${suggest(references.table, referable.keys())} ${rule}`)];
    }
    const there = table?.columns.map((column) => column.name) ?? [];
    if (there.includes(references.column)) return [];
    const message = `\`${references.table}\` declares no column \`${references.column}\``;
    return [problem(at, 'value', message, suggest(references.column, there))];
  });
}
