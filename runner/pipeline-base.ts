import { isFolder } from './source-files.ts';
import { listOf, mapOf, mapValues, membersOf, withoutNulls, type Plain } from './plain-values.ts';

/** A pipeline file and its base taken together, as plain values, before names are resolved. */
export interface Merged {
  /** As if all of it were written in one file. */
  readonly whole: Plain;
  /** `sources` and `stages` that a pipeline file based on this one can name: those of the base too that are not used here. */
  readonly inheritable: Plain;
  /** Tables (`columns`, `key`), by name, that are optional inputs here and that only the base has: they have no rows. */
  readonly absentTables: Plain;
}

/**
 * A pipeline file with `base`, and what it leaves out as the base has it.
 *
 * - Stages are those that are named here. One without a value is as in the base, or in what the base is based on.
 * - `units` are merged by name.
 * - What a stage or source says here replaces the same field of the base; `parameters`, `parameter_types` and `outputs` are
 *   merged by name, an output by field. Another kind of work (`run`, `sh`) or of output replaces the one of the base.
 * - A field of a stage, source or output that is null here is not taken, and neither is an output that is null. A parameter
 *   that is null has the value null.
 * - Of a source that has another file here `evidence` and `description` are not taken: they are said of the file.
 * - A source that is not named here is taken from the base where a stage, or a source that refers to it, needs it and no
 *   stage here makes an artifact of that name. What is an optional input only is not taken: it is there if it is named.
 * - `otherwise` of the base holds only if a stage here makes that artifact. Without it the file has to be there, and is held
 *   to the columns and key of that artifact as before.
 * - Scenarios and the licence are not taken.
 *
 * @param own what the file says, valid by `changesSchema` and without `baseProblems`
 */
export function withBase(own: Plain, base: Merged): Merged {
  const stages = mapValues(membersOf(own, 'stages'), (stage, name) =>
    mergedStage(stage, membersOf(base.inheritable, 'stages')[name]),
  );
  const made = new Set(makersIn({ stages }).keys());
  const sources = sourcesNeeded(own, base, stages, made);
  const { base: _, ...rest } = own;
  const units = { ...membersOf(base.whole, 'units'), ...membersOf(own, 'units') };
  const inherited = membersOf(base.inheritable, 'sources');
  return {
    whole: { ...rest, ...(Object.keys(units).length > 0 ? { units } : {}), sources, stages },
    inheritable: {
      sources: { ...inherited, ...mapValues(membersOf(own, 'sources'), mergedSource(base)) },
      stages: { ...membersOf(base.inheritable, 'stages'), ...stages },
    },
    absentTables: absentTables(base, sources, stages, made),
  };
}

/** Whether a source of a base has another file here. */
export const hasOtherFile = (here: Plain, there: Plain): boolean =>
  typeof here['file'] === 'string' && typeof there['file'] === 'string' && here['file'] !== there['file'];

/** The stage that makes each artifact, by the artifact's name. */
function makersIn(pipeline: Plain): Map<string, string> {
  return new Map(
    Object.entries(membersOf(pipeline, 'stages')).flatMap(([stage, value]) =>
      Object.keys(membersOf(mapOf(value), 'outputs')).map((output) => [output, stage] as const),
    ),
  );
}

function mergedStage(own: unknown, base: unknown): Plain {
  const [here, there] = [mapOf(own), mapOf(base)];
  const { run: _, sh: __, ...withoutWork } = there;
  const merged = withoutNulls({ ...('run' in here || 'sh' in here ? withoutWork : there), ...here });
  const byName = (field: string) => ({ ...membersOf(there, field), ...membersOf(here, field) });
  const outputs = mapValues(membersOf(here, 'outputs'), (output, name) =>
    output === null ? null : mergedOutput(mapOf(output), membersOf(membersOf(there, 'outputs'), name)),
  );
  return mapValues(merged, (value, field) => {
    if (field === 'parameters' || field === 'parameter_types') return byName(field);
    return field === 'outputs' ? withoutNulls({ ...membersOf(there, 'outputs'), ...outputs }) : value;
  });
}

function mergedOutput(here: Plain, there: Plain): Plain {
  const kind = ['columns', 'matrix', 'file'].find((field) => (here[field] ?? null) !== null);
  return withoutNulls(kind === undefined || kind in there ? { ...there, ...here } : here);
}

/** The sources that are named here, then those of the base that are needed, in its order. */
function sourcesNeeded(own: Plain, base: Merged, stages: Plain, made: ReadonlySet<string>): Plain {
  const [here, there] = [membersOf(own, 'sources'), membersOf(base.inheritable, 'sources')];
  const named = mapValues(here, (source, name) => {
    const merged = mergedSource(base)(source, name);
    return 'otherwise' in mapOf(source) ? merged : withoutAbsentStandIn(merged, base, made);
  });
  const taken = new Map<string, Plain>();
  const pending = [
    ...Object.values(stages).flatMap((stage) => listOf(mapOf(stage)['inputs'])),
    ...Object.values(named).flatMap(referred),
  ];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (Object.hasOwn(named, name) || taken.has(name) || made.has(name) || !Object.hasOwn(there, name)) continue;
    const source = withoutAbsentStandIn(mapOf(there[name]), base, made);
    taken.set(name, source);
    pending.push(...referred(source));
  }
  return {
    ...named,
    ...Object.fromEntries(Object.keys(there).flatMap((name) => (taken.has(name) ? [[name, taken.get(name)]] : []))),
  };
}

/** A source with what the base says of it. */
const mergedSource =
  (base: Merged) =>
  (source: unknown, name: string): Plain => {
    const [here, there] = [mapOf(source), membersOf(membersOf(base.inheritable, 'sources'), name)];
    const { evidence: _, description: __, ...ofAnyFile } = there;
    return withoutNulls({ ...(hasOtherFile(here, there) ? ofAnyFile : there), ...here });
  };

/** A file without a stand-in is read as it would have been with it. */
function withoutAbsentStandIn(source: Plain, base: Merged, made: ReadonlySet<string>): Plain {
  const { otherwise, ...alone } = source;
  if (typeof otherwise !== 'string' || made.has(otherwise)) return source;
  const { description, columns, key } = outputOf(base.inheritable, otherwise);
  const described = { ...(description === undefined ? {} : { description }), ...alone };
  if (columns === undefined || 'columns' in alone || isFolder(String(alone['file']))) return described;
  return { ...described, columns: referringToFiles(mapOf(columns), base), ...(key === undefined ? {} : { key }) };
}

/** Columns without their references to what stages make. */
const referringToFiles = (columns: Plain, base: Merged): Plain =>
  mapValues(columns, (column) => {
    const { references, ...rest } = mapOf(column);
    if (references === undefined) return column;
    const source = mapOf(membersOf(base.inheritable, 'sources')[tableOf(references)]);
    return 'file' in source && !('otherwise' in source) ? column : rest;
  });

/** The tables of optional inputs that are not here, as the base has them. */
function absentTables(base: Merged, sources: Plain, stages: Plain, made: ReadonlySet<string>): Plain {
  const optional = Object.values(stages).flatMap((stage) => listOf(mapOf(stage)['optional_inputs']));
  return Object.fromEntries(
    optional.flatMap((name) => {
      if (made.has(name) || Object.hasOwn(sources, name)) return [];
      const { columns, key } = {
        ...mapOf(base.absentTables[name]),
        ...mapOf(membersOf(base.inheritable, 'sources')[name]),
        ...outputOf(base.inheritable, name),
      };
      return columns === undefined ? [] : [[name, key === undefined ? { columns } : { columns, key }]];
    }),
  );
}

/** What is said of an artifact; empty: nobody makes it. */
function outputOf(pipeline: Plain, artifact: string): Plain {
  const stage = makersIn(pipeline).get(artifact);
  return stage === undefined
    ? {}
    : mapOf(membersOf(membersOf(membersOf(pipeline, 'stages'), stage), 'outputs')[artifact]);
}

/** The tables that the columns of a source refer to. */
const referred = (source: unknown): string[] =>
  Object.values(membersOf(mapOf(source), 'columns')).flatMap((column) => {
    const { references } = mapOf(column);
    return references === undefined ? [] : [tableOf(references)];
  });

/** `region` of `region.code`. */
const tableOf = (reference: unknown): string => String(reference).split('.')[0]!;
