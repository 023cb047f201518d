import { splitGrams, enterprisesPerCell } from './enterprise-quantities.ts';
import { createRandom, weightedChoice } from './random.ts';

/** One industrial cell of the emission table, with the codes its enterprises can carry. */
export interface IndustrialCell {
  readonly region: string;
  readonly sector: number;
  /** Whole grams, > 0. */
  readonly grams: number;
  /** GB/T 4754-2017 classes of the sector, four digits, at least one. */
  readonly classes: readonly string[];
  /** Places of the region, at least one. */
  readonly places: readonly Place[];
}

export interface Place {
  /** GB/T 2260, six digits. */
  readonly code: string;
  /** Name of the place as companies carry it. */
  readonly town: string;
}

/** Enterprises by number: the valid ones first, cell by cell, then the faulty ones. Columns of the same length. */
export interface EnterpriseRecords {
  readonly valid: number;
  /** Index into the cells. */
  readonly cell: Uint32Array;
  /** Index into the cell's classes. */
  readonly industry: Uint16Array;
  /** Index into the cell's places. */
  readonly place: Uint16Array;
  readonly grams: Float64Array;
}

// Spread of the logarithm of emissions between enterprises of one cell: a few plants emit most of it.
const LOG_DEVIATION = 2;

/**
 * The enterprises of all cells. The valid ones add up to the cells to the gram; a faulty one looks like a valid one
 * drawn at random, and emits at least one gram.
 */
export function drawRecords(
  cells: readonly IndustrialCell[],
  valid: number,
  faulty: number,
  seed: number,
): EnterpriseRecords {
  const records = {
    valid,
    cell: new Uint32Array(valid + faulty),
    industry: new Uint16Array(valid + faulty),
    place: new Uint16Array(valid + faulty),
    grams: new Float64Array(valid + faulty),
  };
  const sizes = createRandom(seed, 'enterprise sizes');
  const codes = createRandom(seed, 'enterprise codes');
  // The first class of a division is its bulk trade (coal-fired power, cement, iron): the commonest.
  const chooseClass = cells.map(({ classes }) => weightedChoice(classes.map((_, rank) => 1 / (rank + 1))));
  const counts = enterprisesPerCell(
    Float64Array.from(cells, ({ grams }) => grams),
    valid,
  );

  let row = 0;
  cells.forEach((cell, index) => {
    const weights = new Float64Array(counts[index]!).map(() => sizes.lognormal(0, LOG_DEVIATION));
    for (const grams of splitGrams(cell.grams, weights)) {
      records.cell[row] = index;
      records.grams[row] = grams;
      records.industry[row] = chooseClass[index]!(codes);
      records.place[row] = codes.integer(cell.places.length);
      row++;
    }
  });

  const models = createRandom(seed, 'faulty enterprises');
  for (; row < valid + faulty; row++) {
    const model = models.integer(valid);
    records.cell[row] = records.cell[model]!;
    records.grams[row] = Math.max(1, records.grams[model]!);
    records.industry[row] = records.industry[model]!;
    records.place[row] = records.place[model]!;
  }
  return records;
}
