import { dimensions } from '../table.ts';
import type { Division } from './disaggregation.ts';

/** The constraint families of ANAIS, in the order of their rows. From `total final demand` on they are sums of cells. */
export const FAMILIES = [
  'row balance',
  'column balance',
  'coherence',
  'coherence cap',
  'total output',
  'total final demand',
  'total primary input',
  'known supplier',
  'known user',
  'block of inputs',
  'block of sales',
  'block within',
  'block of final demand',
] as const;

export type Family = (typeof FAMILIES)[number];

/**
 * What of the target table is met, (12): its totals by sector, as printed; or each of its blocks, every delivery
 * between two sectors of two regions.
 */
export type Consistency = 'totals' | 'blocks';

/**
 * Where each constraint stands among the rows. u numbers the unknown accounts, k the known ones, `group` the divided
 * regions of the target (in the study one), i and j the sectors.
 *
 * row balance(u):           sum of deliveries and final demand of u - w_u = 0
 * column balance(u):        sum over i of q_ui + z_u - (1 - sum over i of a-_iu) w_u = 0
 * coherence(u, i):          sum over origins r of x_ri,u - a-_iu w_u - q_ui = 0
 * coherence cap(u, i):      q_ui - (a+_iu - a-_iu) w_u <= 0
 * total output(group, i):   the parts' output adds up to the target's, (12)
 * total primary input(group, i): so does their primary input
 *
 * totals only:
 * total final demand(group, i):  so does their final demand
 * known supplier(k, group): what k delivers to the group's industries, in all
 * known user(group, k):     what k buys from the group, in all
 *
 * blocks only:
 * block of inputs(k, group, j):  what k delivers to the group's industry j
 * block of sales(group, i, k):   what k buys of the group's product i
 * block within(group, i, other, j): deliveries of product i of one group to industry j of another or itself
 * block of final demand(group, i, consumer): final demand of a region of the target, or exports, for product i
 */
export interface RowLayout {
  readonly count: number;
  readonly consistency: Consistency;
  /** Targets' region index of each group, and the group of each of the target's regions (-1: not divided). */
  readonly groups: readonly number[];
  readonly groupOfParent: readonly number[];
  rowBalance(u: number): number;
  columnBalance(u: number): number;
  coherence(u: number, i: number): number;
  coherenceCap(u: number, i: number): number;
  totalOutput(group: number, i: number): number;
  totalFinalDemand(group: number, i: number): number;
  totalPrimaryInput(group: number, i: number): number;
  knownSupplier(k: number, group: number): number;
  knownUser(group: number, k: number): number;
  blockOfInputs(k: number, group: number, j: number): number;
  blockOfSales(group: number, i: number, k: number): number;
  blockWithin(group: number, i: number, other: number, j: number): number;
  blockOfFinalDemand(group: number, i: number, consumer: number): number;
  /** Group of each unknown account. */
  groupOfAccount(u: number): number;
  /** First row and number of rows of a family. */
  range(family: Family): { readonly start: number; readonly size: number };
  family(row: number): Family;
  place(row: number): Place;
  /** The constraint in words. */
  describe(row: number): string;
}

/** What stands for a region where products are exported. */
export const EXPORTS = 'exports';

/** A sector of a region, all sectors of a region, or a sector of any region. */
export interface Part {
  readonly region: string | null;
  readonly sector: number | null;
}

/** What a constraint is about: one account, or deliveries from one part to another. */
export interface Place {
  readonly from: Part;
  readonly to: Part | null;
}

/** `TS.14`, `TS` or `14`. */
export const partLabel = ({ region, sector }: Part): string =>
  [region, sector].filter((word) => word !== null).join('.');

/** `14 -> TS.16`. */
export const placeLabel = ({ from, to }: Place): string =>
  to === null ? partLabel(from) : `${partLabel(from)} -> ${partLabel(to)}`;

/** Accounts of a table that are to be estimated, and those that are known. */
export interface Accounts {
  readonly unknown: Int32Array;
  readonly known: Int32Array;
}

/** Lays out the rows of a problem. */
export function rowLayout(division: Division, accounts: Accounts, consistency: Consistency): RowLayout {
  const { reference, target, parent, unknown } = division;
  const { sectorCount: S } = dimensions(reference);
  const groups = [...new Set(parent.filter((_, region) => unknown[region]!))].sort((a, b) => a - b);
  const groupOfParent = target.regions.map((_, p) => groups.indexOf(p));
  const U = accounts.unknown.length;
  const K = accounts.known.length;
  const G = groups.length;
  const consumers = target.regions.length + 1;
  const totals = consistency === 'totals' ? 1 : 0;
  const blocks = 1 - totals;
  const sizes: Record<Family, number> = {
    'row balance': U,
    'column balance': U,
    coherence: U * S,
    'coherence cap': U * S,
    'total output': G * S,
    'total final demand': totals * G * S,
    'total primary input': G * S,
    'known supplier': totals * K * G,
    'known user': totals * K * G,
    'block of inputs': blocks * K * G * S,
    'block of sales': blocks * K * G * S,
    'block within': blocks * (G * S) ** 2,
    'block of final demand': blocks * G * S * consumers,
  };
  const start = {} as Record<Family, number>;
  let count = 0;
  for (const family of FAMILIES) {
    start[family] = count;
    count += sizes[family];
  }
  const family = (row: number): Family => FAMILIES.findLast((name) => sizes[name] > 0 && row >= start[name])!;
  const accountAt = (k: number): Part => ({
    region: reference.regions[Math.floor(k / S)]!,
    sector: reference.sectors[k % S]!,
  });
  const account = (u: number): Part => accountAt(accounts.unknown[u]!);
  const known = (k: number): Part => accountAt(accounts.known[k]!);
  const divided = (group: number): Part => ({ region: target.regions[groups[group]!]!, sector: null });
  const industry = (at: number): Part => ({ ...divided(Math.floor(at / S)), sector: reference.sectors[at % S]! });
  const consumer = (at: number): Part => ({ region: target.regions[at % consumers] ?? EXPORTS, sector: null });
  const one = (from: Part): Place => ({ from, to: null });
  const input = (at: number): Place => ({
    from: { region: null, sector: reference.sectors[at % S]! },
    to: account(Math.floor(at / S)),
  });
  const places: Record<Family, (at: number) => Place> = {
    'row balance': (at) => one(account(at)),
    'column balance': (at) => one(account(at)),
    coherence: input,
    'coherence cap': input,
    'total output': (at) => one(industry(at)),
    'total final demand': (at) => one(industry(at)),
    'total primary input': (at) => one(industry(at)),
    'known supplier': (at) => ({ from: known(Math.floor(at / G)), to: divided(at % G) }),
    'known user': (at) => ({ from: divided(at % G), to: known(Math.floor(at / G)) }),
    'block of inputs': (at) => ({ from: known(Math.floor(at / (G * S))), to: industry(at % (G * S)) }),
    'block of sales': (at) => ({ from: industry(at % (G * S)), to: known(Math.floor(at / (G * S))) }),
    'block within': (at) => ({ from: industry(Math.floor(at / (G * S))), to: industry(at % (G * S)) }),
    'block of final demand': (at) => ({ from: industry(Math.floor(at / consumers)), to: consumer(at) }),
  };
  const place = (row: number): Place => places[family(row)](row - start[family(row)]);
  return {
    count,
    consistency,
    groups,
    groupOfParent,
    rowBalance: (u) => start['row balance'] + u,
    columnBalance: (u) => start['column balance'] + u,
    coherence: (u, i) => start.coherence + u * S + i,
    coherenceCap: (u, i) => start['coherence cap'] + u * S + i,
    totalOutput: (group, i) => start['total output'] + group * S + i,
    totalFinalDemand: (group, i) => start['total final demand'] + group * S + i,
    totalPrimaryInput: (group, i) => start['total primary input'] + group * S + i,
    knownSupplier: (k, group) => start['known supplier'] + k * G + group,
    knownUser: (group, k) => start['known user'] + k * G + group,
    blockOfInputs: (k, group, j) => start['block of inputs'] + (k * G + group) * S + j,
    blockOfSales: (group, i, k) => start['block of sales'] + (k * G + group) * S + i,
    blockWithin: (group, i, other, j) => start['block within'] + (group * S + i) * G * S + other * S + j,
    blockOfFinalDemand: (group, i, consumer) => start['block of final demand'] + (group * S + i) * consumers + consumer,
    groupOfAccount: (u) => groupOfParent[parent[Math.floor(accounts.unknown[u]! / S)]!]!,
    range: (name) => ({ start: start[name], size: sizes[name] }),
    family,
    place,
    describe: (row) => `${family(row)} ${placeLabel(place(row))}`,
  };
}
