import { finding, suggestion } from '../mrio/anais/conflict-words.ts';
import { shareOf, type Conflict, type Relaxation } from '../mrio/anais/conflicts.ts';
import type { StageContext } from '../runner/stage.ts';

/** What a constraint is about. */
export const MEASURES = { money: 'value', coefficient: 'coefficient' } as const;

/** The table of conflicts: one row for each constraint that gives way, then one for each that stands against it. */
export async function writeConflicts(context: StageContext, conflicts: readonly Conflict[]): Promise<void> {
  const rows = conflicts.flatMap(({ relaxation, against, irreducible }, number) =>
    [relaxation, ...against].map((one, place) => ({ one, number: number + 1, place, irreducible })),
  );
  const texts = <Value>(of: (one: Relaxation, place: number) => Value): Value[] =>
    rows.map(({ one, place }) => of(one, place));
  const numbers = (of: (one: Relaxation) => number | null | undefined): Float64Array =>
    Float64Array.from(rows, ({ one }) => of(one) ?? NaN);
  await context.writeTable('anais_conflict', {
    conflict: Int32Array.from(rows, ({ number }) => number),
    place: Int32Array.from(rows, ({ place }) => place),
    family: texts(({ family }) => family),
    from_region: texts(({ place }) => place.from.region),
    from_sector: numbers(({ place }) => place.from.sector),
    to_region: texts(({ place }) => place.to?.region ?? null),
    to_sector: numbers(({ place }) => place.to?.sector),
    measure: texts(({ measure }) => MEASURES[measure]),
    given: numbers(({ given }) => given),
    needed: numbers(({ needed }) => needed),
    change: numbers(({ given, needed }) => (needed === null ? null : needed - given)),
    share: numbers((one) => (Number.isFinite(shareOf(one)) ? shareOf(one) : null)),
    finding: texts((one, place) => (place === 0 ? finding(one) : null)),
    suggestion: texts((one) => suggestion(one) || null),
    irreducible: Uint8Array.from(rows, ({ irreducible }) => Number(irreducible)),
  });
}
