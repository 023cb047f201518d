import { expect, it } from 'vitest';
import { studyDivision } from '../../../bench/study-tables.ts';
import { anais } from '../../../mrio/anais/anais.ts';
import { AnaisConflict } from '../../../mrio/anais/anais-conflict.ts';
import { dimensions } from '../../../mrio/table.ts';
import { ANAIS_OPTIONS } from '../../support/anais-options.ts';

/** Position of metals smelting among the sectors, and of those that still take it in. */
const METALS = 13;
const USERS = [0, 15];

it('names a planted conflict of the full-size study', { timeout: 600_000 }, async () => {
  const known = await studyDivision();
  const { n, sectorCount } = dimensions(known.reference);
  // Of the cities' industries only agriculture and equipment take in metals: they would have to use up what all do.
  const intermediate = known.reference.intermediate.map((value, cell) => {
    const [from, to] = [Math.floor(cell / n) % sectorCount, cell % n];
    const isGone = from === METALS && known.unknown[Math.floor(to / sectorCount)]! && !USERS.includes(to % sectorCount);
    return isGone ? 0 : value;
  });
  const failure = await anais(
    { ...known, reference: { ...known.reference, intermediate } },
    ANAIS_OPTIONS,
    () => undefined,
  ).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AnaisConflict);
  const [conflict] = (failure as AnaisConflict).conflicts;
  expect(conflict!.relaxation).toMatchObject({ family: 'total output', give: 'raise', measure: 'money' });
  expect(conflict!.relaxation.place.from).toEqual({ region: 'HE', sector: 16 });
  const bands = conflict!.against.filter(({ family }) => family === 'coherence cap');
  expect(bands.length).toBeGreaterThan(0);
  for (const { place } of bands) expect(place.from.sector).toBe(14);
});
