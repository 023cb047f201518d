import type { Origin } from '../runner/stage.ts';

/** The label of what was generated because it is not public. */
export const STAND_IN = 'stand-in';

/** The label of what the user supplied. */
const USER_DATA = "user's data";

/** The result that all else leads to. */
const MAIN_RESULT = 'region_balance';

/** Goes into comparisons only to say which figures were fitted: no number is made from it. */
const ONLY_FOR_LABELS = 'calibration';

/** What is in print. */
const PRINTED_FIGURES = 'published';

type Origins = readonly Origin[];

/** The labels of an artifact: its own, or else those of everything it was made from; sorted, each once. */
export function evidenceLabels(artifact: string, origins: Origins): string[] {
  const labelled = upstream(artifact, origins, ({ evidence }) => evidence === null);
  return [...new Set(labelled.flatMap(({ evidence }) => evidence ?? []))].sort();
}

/** The labels as one text: `published fact + stand-in`. */
export const evidenceOf = (artifact: string, origins: Origins): string => evidenceLabels(artifact, origins).join(' + ');

/** An artifact and what it was made from, going on from those that `further` says. */
function upstream(artifact: string, origins: Origins, further: (origin: Origin) => boolean = () => true): Origin[] {
  const found = new Set<Origin>();
  const visit = (name: string): void => {
    const origin = origins.find((known) => known.artifact === name);
    if (origin === undefined || found.has(origin)) return;
    found.add(origin);
    if (further(origin)) origin.inputs.filter((input) => input !== ONLY_FOR_LABELS).forEach(visit);
  };
  visit(artifact);
  return [...found];
}

/** What was generated because it is not public. */
export interface StandIns {
  /** What the results are computed from. */
  readonly used: readonly Origin[];
  /** What these were made from, and what else there is. */
  readonly others: readonly Origin[];
}

export function standIns(origins: Origins): StandIns {
  const users = upstream(MAIN_RESULT, origins).filter(({ evidence }) => evidence !== STAND_IN);
  const inputs = new Set(users.flatMap((user) => user.inputs));
  const generated = origins.filter(({ evidence }) => evidence === STAND_IN);
  return {
    used: generated.filter(({ artifact }) => inputs.has(artifact)),
    others: generated.filter(({ artifact }) => !inputs.has(artifact)),
  };
}

/** Whether any of these was fitted to what is in print. */
export const areFitted = (generated: Origins, origins: Origins): boolean =>
  generated.some((origin) => upstream(origin.artifact, origins).some(({ artifact }) => artifact === PRINTED_FIGURES));

/** The files that the user supplied. */
export const userFiles = (origins: Origins): Origin[] => origins.filter(({ evidence }) => evidence === USER_DATA);
