import { accountLabel, dimensions } from '../table.ts';
import type { Division } from './disaggregation.ts';

/** The constraint families of ANAIS, in the order of their rows. */
export const FAMILIES = [
  'row balance',
  'column balance',
  'coherence',
  'coherence cap',
  'total final demand',
  'total primary input',
  'total output',
  'known supplier',
  'known user',
] as const;

export type Family = (typeof FAMILIES)[number];

/**
 * Where each constraint stands among the rows. u numbers the unknown accounts, `group` the divided regions of the
 * target (in the study one: Hebei), i and j the sectors, k and l accounts of the whole table.
 *
 * row balance(u):          sum of deliveries and final demand of u - w_u = 0
 * column balance(u):       sum over i of q_ui + z_u - (1 - sum over i of a-_iu) w_u = 0
 * coherence(u, i):         sum over origins r of x_ri,u - a-_iu w_u - q_ui = 0
 * coherence cap(u, i):     q_ui - (a+_iu - a-_iu) w_u <= 0
 * total ...(group, i):     the cities' final demand, primary input and output add up to the target's, (12)
 * known supplier(k, group): what known account k delivers to the group's industries, in all
 * known user(group, l):     what known account l buys from the group, in all
 */
export interface RowLayout {
  readonly count: number;
  /** Targets' region index of each group, and the group of each of the target's regions (-1: not divided). */
  readonly groups: readonly number[];
  readonly groupOfParent: readonly number[];
  rowBalance(u: number): number;
  columnBalance(u: number): number;
  coherence(u: number, i: number): number;
  coherenceCap(u: number, i: number): number;
  totalFinalDemand(group: number, i: number): number;
  totalPrimaryInput(group: number, i: number): number;
  totalOutput(group: number, i: number): number;
  /** Group of each unknown account. */
  groupOfAccount(u: number): number;
  knownSupplier(k: number, group: number): number;
  knownUser(group: number, l: number): number;
  /** All rows of the family `total output`. */
  totalOutputs(): number[];
  family(row: number): Family;
  /** The constraint in words. */
  describe(row: number): string;
}

export function rowLayout(known: Division, accounts: Int32Array): RowLayout {
  const { reference, target, parent, unknown } = known;
  const { n, sectorCount } = dimensions(reference);
  const groups = [...new Set(parent.filter((_, region) => unknown[region]!))].sort((a, b) => a - b);
  const groupOfParent = target.regions.map((_, p) => groups.indexOf(p));
  const U = accounts.length;
  const G = groups.length;
  const sizes = [
    U,
    U,
    U * sectorCount,
    U * sectorCount,
    G * sectorCount,
    G * sectorCount,
    G * sectorCount,
    n * G,
    n * G,
  ];
  const starts = sizes.map((_, f) => sizes.slice(0, f).reduce((sum, size) => sum + size, 0));
  const [rowBalance, columnBalance, coherence, cap, finalDemand, primaryInput, output, supplier, user] = starts as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number, // prettier-ignore
  ];
  const familyIndex = (row: number): number => starts.findLastIndex((start) => row >= start);
  const account = (u: number): string => accountLabel(reference, accounts[u]!);
  const total = (at: number): string =>
    `${target.regions[groups[Math.floor(at / sectorCount)]!]!}.${reference.sectors[at % sectorCount]!}`;
  const places: Record<Family, (at: number) => string> = {
    'row balance': account,
    'column balance': account,
    coherence: (at) => `${reference.sectors[at % sectorCount]!} -> ${account(Math.floor(at / sectorCount))}`,
    'coherence cap': (at) => `${reference.sectors[at % sectorCount]!} -> ${account(Math.floor(at / sectorCount))}`,
    'total final demand': total,
    'total primary input': total,
    'total output': total,
    'known supplier': (at) => `${accountLabel(reference, Math.floor(at / G))} -> ${target.regions[groups[at % G]!]!}`,
    'known user': (at) => `${target.regions[groups[at % G]!]!} -> ${accountLabel(reference, Math.floor(at / G))}`,
  };
  return {
    count: sizes.reduce((sum, size) => sum + size, 0),
    groups,
    groupOfParent,
    rowBalance: (u) => rowBalance + u,
    columnBalance: (u) => columnBalance + u,
    coherence: (u, i) => coherence + u * sectorCount + i,
    coherenceCap: (u, i) => cap + u * sectorCount + i,
    totalFinalDemand: (group, i) => finalDemand + group * sectorCount + i,
    totalPrimaryInput: (group, i) => primaryInput + group * sectorCount + i,
    totalOutput: (group, i) => output + group * sectorCount + i,
    groupOfAccount: (u) => groupOfParent[parent[Math.floor(accounts[u]! / sectorCount)]!]!,
    knownSupplier: (k, group) => supplier + k * G + group,
    knownUser: (group, l) => user + l * G + group,
    totalOutputs: () => Array.from({ length: G * sectorCount }, (_, at) => output + at),
    family: (row) => FAMILIES[familyIndex(row)]!,
    describe: (row) => {
      const f = familyIndex(row);
      return `${FAMILIES[f]!} ${places[FAMILIES[f]!](row - starts[f]!)}`;
    },
  };
}
