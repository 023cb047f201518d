import { suggest } from './nearest.ts';
import { problem, type Problem } from './problem.ts';
import { isFolder } from './source-files.ts';
import type { YamlDocument, YamlPath } from './yaml-document.ts';

type Plain = Readonly<Record<string, unknown>>;

/** What a pipeline file says together with its base, as plain values, before names are resolved. */
export interface Whole {
  readonly said: Plain;
  /** All that a pipeline file based on this one can name: `sources` and `stages` of its base too, as it has them. */
  readonly offered: Plain;
  /** Tables of the base (`columns`, `key`) that optional inputs name and that are not here, by name. */
  readonly elsewhere: Plain;
}

/**
 * A pipeline file with `base`, and what it leaves out as the base has it.
 *
 * - Stages are those that are named here. One without a value is as in the base, or in what the base is based on.
 * - `units` are merged by name.
 * - What a stage or source says here replaces the same field of the base; `parameters`, `parameter_types` and `outputs` are
 *   merged by name, an output by field. Another kind of work (`run`, `sh`) or of output replaces the one of the base.
 * - A source that is not named here is taken from the base where a stage, or a source that refers to it, needs it and no
 *   stage here makes an artifact of that name. What is an optional input only is not taken: it is there if it is named.
 * - `otherwise` of the base holds only if a stage here makes that artifact. Without it the file has to be there, and is held
 *   to the columns and key of that artifact as before.
 * - Scenarios are not taken.
 *
 * @param own what the file says, valid by `changesSchema` and without `strangers`
 */
export function withBase(own: Plain, base: Whole): Whole {
  const stages = mapValues(membersOf(own, 'stages'), (stage, name) =>
    mergedStage(stage, membersOf(base.offered, 'stages')[name]),
  );
  const made = new Set(makersIn({ stages }).keys());
  const sources = sourcesNeeded(own, base, stages, made);
  const { base: _, ...rest } = own;
  const units = { ...membersOf(base.said, 'units'), ...membersOf(own, 'units') };
  return {
    said: { ...rest, ...(Object.keys(units).length > 0 ? { units } : {}), sources, stages },
    offered: {
      sources: { ...membersOf(base.offered, 'sources'), ...mapValues(membersOf(own, 'sources'), mergedWith(base)) },
      stages: { ...membersOf(base.offered, 'stages'), ...stages },
    },
    elsewhere: tablesElsewhere(base, sources, stages, made),
  };
}

/** Stages and sources that say too little to be something new, and are not in the base. */
export function strangers(own: Plain, { offered }: Whole): Problem[] {
  return (['stages', 'sources'] as const).flatMap((kind) => {
    const there = membersOf(offered, kind);
    const [one, enough] = kind === 'stages' ? ['stage', ['run', 'sh']] : ['source', ['file']];
    return Object.entries(membersOf(own, kind)).flatMap(([name, value]) => {
      if (Object.hasOwn(there, name) || enough.some((field) => field in mapOf(value))) return [];
      const message = `the base has no ${one} \`${name}\`, and here is not said \`${enough.join('` or `')}\``;
      return [problem([kind, name], 'key', message, suggest(name, Object.keys(there)))];
    });
  });
}

/** The stage that makes each artifact, by the artifact's name. */
function makersIn(said: Plain): Map<string, string> {
  return new Map(
    Object.entries(membersOf(said, 'stages')).flatMap(([stage, value]) =>
      Object.keys(membersOf(mapOf(value), 'outputs')).map((output) => [output, stage] as const),
    ),
  );
}

/** Places of what a pipeline file says. */
export interface Places extends Pick<YamlDocument, 'position'> {
  /** The base that something comes from, as the user would write it; null: it is written in the file, or nowhere. */
  readonly baseOf: (path: YamlPath) => string | null;
}

export const placesIn = (yaml: YamlDocument): Places => ({
  baseOf: () => null,
  position: (path, part) => yaml.position(path, part),
});

/** The place of what only the base says is the nearest that is written: the name of the stage or source, else `base`. */
export function placesWithBase(yaml: YamlDocument, said: Plain, base: string): Places {
  const isFromBase = (path: YamlPath): boolean =>
    depthIn(yaml.value, path) < path.length && depthIn(said, path) === path.length;
  return {
    baseOf: (path) => (isFromBase(path) ? base : null),
    position(path, part) {
      if (!isFromBase(path)) return yaml.position(path, part);
      const written = path.slice(0, depthIn(yaml.value, path));
      return yaml.position(written.length >= 2 ? written : ['base'], 'key');
    },
  };
}

function mergedStage(own: unknown, base: unknown): Plain {
  if (own === null || base === undefined) return mapOf(own ?? base);
  const [here, there] = [mapOf(own), mapOf(base)];
  const { run: _, sh: __, ...withoutWork } = there;
  const named = (['parameters', 'parameter_types', 'outputs'] as const).filter((field) => field in here);
  return {
    ...('run' in here || 'sh' in here ? withoutWork : there),
    ...here,
    ...Object.fromEntries(
      named.map((field) => {
        const before = membersOf(there, field);
        const change = (value: unknown, name: string) =>
          field === 'outputs' ? mergedOutput(value, before[name]) : value;
        return [field, { ...before, ...mapValues(membersOf(here, field), change) }];
      }),
    ),
  };
}

function mergedOutput(own: unknown, base: unknown): Plain {
  const [here, there] = [mapOf(own), mapOf(base)];
  const kind = ['columns', 'matrix', 'file'].find((field) => field in here);
  return kind === undefined || kind in there ? { ...there, ...here } : here;
}

/** The sources that are named here, then those of the base that are needed, in its order. */
function sourcesNeeded(own: Plain, base: Whole, stages: Plain, made: ReadonlySet<string>): Plain {
  const [here, there] = [membersOf(own, 'sources'), membersOf(base.offered, 'sources')];
  const named = mapValues(here, (source, name) => {
    const merged = mergedWith(base)(source, name);
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
const mergedWith =
  (base: Whole) =>
  (source: unknown, name: string): Plain => ({
    ...mapOf(membersOf(base.offered, 'sources')[name]),
    ...mapOf(source),
  });

/** A file without a stand-in is read as it would have been with it. */
function withoutAbsentStandIn(source: Plain, base: Whole, made: ReadonlySet<string>): Plain {
  const { otherwise, ...alone } = source;
  if (typeof otherwise !== 'string' || made.has(otherwise)) return source;
  const { description, columns, key } = outputOf(base.offered, otherwise);
  const described = { ...(description === undefined ? {} : { description }), ...alone };
  if (columns === undefined || 'columns' in alone || isFolder(String(alone['file']))) return described;
  return { ...described, columns: referringToFiles(mapOf(columns), base), ...(key === undefined ? {} : { key }) };
}

/** Columns without their references to what stages make. */
const referringToFiles = (columns: Plain, base: Whole): Plain =>
  mapValues(columns, (column) => {
    const { references, ...rest } = mapOf(column);
    if (references === undefined) return column;
    const source = mapOf(membersOf(base.offered, 'sources')[tableOf(references)]);
    return 'file' in source && !('otherwise' in source) ? column : rest;
  });

function tablesElsewhere(base: Whole, sources: Plain, stages: Plain, made: ReadonlySet<string>): Plain {
  const optional = Object.values(stages).flatMap((stage) => listOf(mapOf(stage)['optional_inputs']));
  return Object.fromEntries(
    optional.flatMap((name) => {
      if (made.has(name) || Object.hasOwn(sources, name)) return [];
      const { columns, key } = {
        ...mapOf(base.elsewhere[name]),
        ...mapOf(membersOf(base.offered, 'sources')[name]),
        ...outputOf(base.offered, name),
      };
      return columns === undefined ? [] : [[name, key === undefined ? { columns } : { columns, key }]];
    }),
  );
}

/** What is said of an artifact; empty: nobody makes it. */
function outputOf(said: Plain, artifact: string): Plain {
  const stage = makersIn(said).get(artifact);
  return stage === undefined ? {} : mapOf(membersOf(mapOf(membersOf(said, 'stages')[stage]), 'outputs')[artifact]);
}

/** The tables that the columns of a source refer to. */
const referred = (source: unknown): string[] =>
  Object.values(membersOf(mapOf(source), 'columns')).flatMap((column) => {
    const { references } = mapOf(column);
    return references === undefined ? [] : [tableOf(references)];
  });

/** `region` of `region.code`. */
const tableOf = (reference: unknown): string => String(reference).split('.')[0]!;

/** A map as it is; anything else, such as a column that is a type only, as one without members. */
const mapOf = (value: unknown): Plain => (typeof value === 'object' && value !== null ? (value as Plain) : {});
const membersOf = (map: Plain, field: string): Plain => mapOf(map[field]);
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const mapValues = <Value>(
  map: Plain,
  change: (value: unknown, name: string) => Value,
): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value, name)]));

/** How many steps of a path there are in a value. */
function depthIn(value: unknown, path: YamlPath): number {
  const missing = path.findIndex((step) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return true;
    value = (value as Record<PropertyKey, unknown>)[step];
    return false;
  });
  return missing === -1 ? path.length : missing;
}
