import { shelveSources, type Shelf } from './available.ts';
import type { Archived } from './crate-record.ts';
import type { Dataset } from './datasets.ts';
import { MistakeError } from './diagnostic.ts';
import type { CacheKey, Sha256 } from './hash.ts';
import { suggest } from './nearest.ts';
import { USERS_DATA, type TableDeclaration } from './pipeline.ts';
import { planOf, type Workshop } from './workshop.ts';

/** A table as a package describes it. */
export interface PackedTable {
  /** `NAME`, or `NAME@SCENARIO`. */
  readonly name: string;
  readonly description: string;
  /** Kinds of knowledge behind it, sorted: its own label, or those of all that it was made from. */
  readonly evidence: readonly string[];
  readonly declared: TableDeclaration;
  /** Id of the stage that made it; null: it was read from a file. */
  readonly stage: string | null;
  /** Path of the file that it was read from; null: a stage made it. */
  readonly file: string | null;
  readonly cacheKey: CacheKey;
  /** The Parquet file in the store. */
  readonly object: Sha256;
  /** Name of the table that a column refers to, by the name that `references` has for it. */
  readonly referred: ReadonlyMap<string, string>;
}

/** All tables with declared columns: sources that were read in the order of the file, artifacts in that of the plan. */
export function packableTables(archived: Archived, workshop: Workshop): PackedTable[] {
  const evidenceOf = kindsOfEvidence(archived);
  return [...sourceTables(archived, workshop, evidenceOf), ...artifactTables(archived, evidenceOf)];
}

type EvidenceOf = (dataset: Dataset) => readonly string[];

function sourceTables({ datasets }: Archived, workshop: Workshop, evidenceOf: EvidenceOf): PackedTable[] {
  const keys = new Map<string, CacheKey>();
  const shelf: Shelf = new Map();
  shelveSources(planOf(workshop, []), workshop, shelf, (source, key) => keys.set(source, key));
  return datasets.sources.flatMap((dataset) => {
    const { name, file, description, table } = dataset.source;
    const cacheKey = keys.get(name);
    // All sources with columns have been read: nothing is archived otherwise.
    if (table === null || cacheKey === undefined) return [];
    const object = workshop.store.receipt(cacheKey)!.outputs[name]!.sha256;
    const referred = new Map(referencesOf(table).map((to) => [to, to]));
    const evidence = evidenceOf(dataset);
    return [{ name, description, evidence, declared: table, stage: null, file, cacheKey, object, referred }];
  });
}

function artifactTables({ stages, datasets }: Archived, evidenceOf: EvidenceOf): PackedTable[] {
  return stages.flatMap(({ stage, receipt }) => {
    const made = datasets.madeBy(stage);
    const seen = new Map([
      ...datasets.readBy(stage).map(({ input, dataset }) => [input, tableName(dataset)] as const),
      ...made.map(({ name, output }) => [output.name, name] as const),
    ]);
    return made.flatMap((dataset): PackedTable[] => {
      const { name, output } = dataset;
      if (output.kind !== 'table') return [];
      return [
        {
          ...{ name, description: output.description, evidence: evidenceOf(dataset), declared: output },
          ...{ stage: stage.id, file: null, cacheKey: receipt.key, object: receipt.outputs[output.name]!.sha256 },
          referred: new Map(referencesOf(output).map((to) => [to, seen.get(to)!])),
        },
      ];
    });
  });
}

const referencesOf = ({ columns }: TableDeclaration): string[] =>
  columns.flatMap(({ references }) => references?.table ?? []);

const tableName = (dataset: Dataset): string => (dataset.kind === 'source' ? dataset.source.name : dataset.name);

/** The label of a table, or else those of what it was made from. */
function kindsOfEvidence({ stages, datasets }: Archived): EvidenceOf {
  const byId = new Map(stages.map(({ stage }) => [stage.id, stage]));
  const known = new Map<string, readonly string[]>();
  const kindsOf: EvidenceOf = (dataset) => {
    const { evidence } = dataset.kind === 'source' ? dataset.source : dataset.output;
    if (evidence !== null) return [evidence];
    if (dataset.kind === 'source') return [];
    const found = known.get(dataset.name);
    if (found !== undefined) return found;
    const read = datasets.readBy(byId.get(dataset.stage)!);
    const kinds = [...new Set(read.flatMap((input) => kindsOf(input.dataset)))].toSorted();
    known.set(dataset.name, kinds);
    return kinds;
  };
  return kindsOf;
}

interface Chosen {
  readonly tables: readonly PackedTable[];
  /** Names of those that are left out because the user may not be allowed to pass them on. */
  readonly heldBack: readonly string[];
}

/**
 * Those that are named, in the order that all have; no names: all but files that are the user's data. What was made of them
 * is a result. Throws a MistakeError for a name that no table has.
 */
export function chosenTables(
  tables: readonly PackedTable[],
  names: readonly string[],
  { datasets, replaced }: Archived,
): Chosen {
  if (names.length === 0) {
    const isHeldBack = ({ file, evidence }: PackedTable) => file !== null && evidence.includes(USERS_DATA);
    return {
      tables: tables.filter((table) => !isHeldBack(table)),
      heldBack: tables.filter(isHeldBack).map(({ name }) => name),
    };
  }
  const packable = tables.map(({ name }) => name);
  for (const name of names) {
    if (packable.includes(name)) continue;
    const standsIn = replaced.get(name);
    if (standsIn !== undefined) {
      throw new MistakeError(`The file of ${name} is not there.\n  Name what stands in for it: ${standsIn}`);
    }
    const other = datasets.artifacts.find((artifact) => artifact.name === name);
    if (other !== undefined) {
      throw new MistakeError(`${name} is a ${other.output.kind}.\n  A data package holds tables: name one.`);
    }
    throw new MistakeError(`There is no table \`${name}\`. ${suggest(name, packable)}`);
  }
  return { tables: tables.filter(({ name }) => names.includes(name)), heldBack: [] };
}
