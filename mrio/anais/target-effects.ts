import { dimensions } from '../table.ts';
import type { Division } from './disaggregation.ts';
import type { AnaisProblem } from './problem.ts';
import type { Part, Place } from './rows.ts';
import type { DatumEffect, DatumFamily } from './shadow-prices.ts';

/** What a cell of the target is in all, and the slope of the objective in its logarithm by way of x0. */
interface BlockEffect {
  readonly total: number;
  readonly effect: number;
}

/** Slopes of the objective in the cells of x0, summed over those that are shares of one cell of the target. */
export interface BlockEffects {
  /** The block that a variable cell is part of. */
  ofCell(cell: number): BlockEffect;
  /** By position in the target's blocks: n x n, n x (R + 1), n. */
  readonly effect: readonly [intermediate: Float64Array, finalDemand: Float64Array, primaryInput: Float64Array];
}

export function blockEffects({ cells, reference }: AnaisProblem, known: Division, slopes: Float64Array): BlockEffects {
  const { target, parent } = known;
  const { n, sectorCount: S, finalDemandCount, regionCount } = dimensions(reference);
  const coarse = dimensions(target);
  const accountOf = (k: number): number => parent[Math.floor(k / S)]! * S + (k % S);
  const consumerOf = (c: number): number => (c === regionCount ? coarse.regionCount : parent[c]!);
  const totals = [target.intermediate, target.finalDemand, target.primaryInput] as const;
  const placeOf = (cell: number): number => {
    const position = cells.position[cell]!;
    if (cells.block[cell] === 2) return accountOf(position);
    if (cells.block[cell] === 0) return accountOf(Math.floor(position / n)) * coarse.n + accountOf(position % n);
    const [row, consumer] = [Math.floor(position / finalDemandCount), position % finalDemandCount];
    return accountOf(row) * coarse.finalDemandCount + consumerOf(consumer);
  };
  const effect = totals.map(({ length }) => new Float64Array(length)) as unknown as BlockEffects['effect'];
  for (let k = 0; k < cells.count; k++) effect[cells.block[k]! as 0 | 1 | 2][placeOf(k)]! += slopes[k]!;
  return {
    effect,
    ofCell: (cell) => {
      const [block, place] = [cells.block[cell]! as 0 | 1 | 2, placeOf(cell)];
      return { total: totals[block][place]!, effect: effect[block][place]! };
    },
  };
}

/** Slopes of a step: duals of the rows, and the slope in ln x0 of each cell. */
interface Slopes {
  readonly duals: Float64Array;
  readonly cells: Float64Array;
}

/**
 * What the cells of the target that touch divided regions do to the objective, added up to what is sold to final demand, to
 * and from each account of a known region, and within. A target has to balance: where a cell grows, so does the output of the
 * divided region that sells it, and its primary input; where such a region buys it, its primary input shrinks. With
 * `reference: shares`, x0 grows with the cell.
 */
export function targetEffects(
  problem: AnaisProblem,
  known: Division,
  kind: 'shares' | 'base-year',
  { duals: y, cells }: Slopes,
): DatumEffect[] {
  const { layout } = problem;
  const { target, parent, unknown } = known;
  const { n, sectorCount: S, finalDemandCount } = dimensions(target);
  const blocks = layout.consistency === 'blocks';
  const byShares = kind === 'shares' ? blockEffects(problem, known, cells).effect : null;
  /** By way of x0, per unit of a cell of the target. */
  const through = (block: 0 | 1 | 2, values: Float64Array, position: number): number =>
    byShares !== null && values[position]! > 0 ? byShares[block][position]! / values[position]! : 0;
  const primary = (group: number, i: number): number =>
    y[layout.totalPrimaryInput(group, i)]! + through(2, target.primaryInput, layout.groups[group]! * S + i);
  const selling = (group: number, i: number): number => y[layout.totalOutput(group, i)]! + primary(group, i);

  const found = new Map<string, DatumEffect>();
  const add = (family: DatumFamily, place: Place, value: number, price: number): void => {
    if (value === 0) return;
    const key = `${family} ${JSON.stringify(place)}`;
    const one: DatumEffect = found.get(key) ?? { family, place, measure: 'money', datum: 0, effect: 0 };
    found.set(key, { ...one, datum: one.datum + value, effect: one.effect + price * value });
  };
  const delivery = (from: number, to: number): readonly [number, number] => {
    const position = from * n + to;
    return [target.intermediate[position]!, through(0, target.intermediate, position)];
  };
  const others = parent.flatMap((p, region) =>
    unknown[region]! ? [] : Array.from({ length: S }, (_, i) => p * S + i),
  );

  layout.groups.forEach((p, group) => {
    const divided: Part = { region: target.regions[p]!, sector: null };
    for (let i = 0; i < S; i++) {
      const account = p * S + i;
      const product: Place = { from: { ...divided, sector: target.sectors[i]! }, to: null };
      for (let c = 0; c < finalDemandCount; c++) {
        const position = account * finalDemandCount + c;
        const row = blocks ? layout.blockOfFinalDemand(group, i, c) : layout.totalFinalDemand(group, i);
        const price = selling(group, i) + y[row]! + through(1, target.finalDemand, position);
        add('final demand', product, target.finalDemand[position]!, price);
      }
      others.forEach((other, k) => {
        const [sold, bySale] = delivery(account, other);
        const sale = blocks ? layout.blockOfSales(group, i, k) : layout.knownUser(group, k);
        add('known user', { from: divided, to: layout.place(sale).to }, sold, selling(group, i) + y[sale]! + bySale);
        const [bought, byInput] = delivery(other, account);
        const input = blocks ? layout.blockOfInputs(k, group, i) : layout.knownSupplier(k, group);
        const supplier: Place = { from: layout.place(input).from, to: divided };
        add('known supplier', supplier, bought, y[input]! + byInput - primary(group, i));
      });
      layout.groups.forEach((q, buyer) => {
        for (let j = 0; j < S; j++) {
          const [sold, bySale] = delivery(account, q * S + j);
          const block = blocks ? y[layout.blockWithin(group, i, buyer, j)]! : 0;
          add('within', product, sold, selling(group, i) + block + bySale - primary(buyer, j));
        }
      });
    }
  });
  return [...found.values()];
}
