import type { StageContext } from '../../runner/stage.ts';
import { PlaceNames } from './place-names.ts';
import { rows } from '../rows.ts';
import { normal } from './units.ts';

/** What a place says: its region and how it is written; `reason`: why it says none. */
export type PlaceFinding =
  { readonly place: string; readonly region: string; readonly reason: null } | { readonly reason: string };

/** A code of GB/T 2260 and a name that it has or had. */
export interface PlaceEntry {
  readonly code: string;
  readonly name: string;
  /** Code of the city, prefecture or directly administered county that it lies in now. */
  readonly city: string;
  /** Last year of an edition that has it; null: it is in use. */
  readonly until: number | null;
}

export interface StudyRegion {
  readonly code: string;
  readonly names: readonly string[];
  /** Leading digits of its place codes, if it has any. */
  readonly gb2260: string;
}

/** Tells places: tables place_history and region. */
export async function readPlaces(context: StageContext): Promise<Places> {
  const history = await rows(
    context,
    { code: 'text', name_zh: 'text', city: 'text', until: 'number' },
    'FROM place_history ORDER BY code, name_zh',
  );
  const regions = await rows(
    context,
    { code: 'text', name: 'text', name_zh: 'text or null', gb2260: 'text or null' },
    'FROM region ORDER BY code',
  );
  return new Places(
    history.map(({ code, name_zh, city, until }) => ({
      code,
      name: name_zh,
      city,
      until: Number.isNaN(until) ? null : until,
    })),
    regions.map(({ code, name, name_zh, gb2260 }) => ({
      code,
      names: [code, name, name_zh].filter((called): called is string => called !== null && called !== ''),
      gb2260: gb2260 ?? '',
    })),
  );
}

/** Statistical codes go on with three digits for the town and three for the village. */
const LENGTHS = [2, 4, 6, 9, 12];

export class Places {
  /** Those that have codes. */
  readonly #regions: readonly StudyRegion[];
  readonly #regionNames: ReadonlyMap<string, string>;
  readonly #codes = new Map<string, PlaceEntry>();
  readonly #names: PlaceNames;

  constructor(entries: readonly PlaceEntry[], regions: readonly StudyRegion[]) {
    this.#regions = regions.filter(({ gb2260 }) => gb2260 !== '');
    // The first that has a name counts.
    this.#regionNames = new Map(
      regions.toReversed().flatMap(({ code, names }) => names.map((name) => [normal(name), code] as const)),
    );
    this.#names = new PlaceNames(entries.map((entry) => ({ ...entry, name: normal(entry.name) })));
    // A code that was given again counts as what it was last.
    for (const entry of entries) {
      const before = this.#codes.get(entry.code);
      if (before === undefined || (entry.until ?? Infinity) > (before.until ?? Infinity))
        this.#codes.set(entry.code, entry);
    }
  }

  /** The region of a code (2, 4, 6, 9 or 12 digits) or of a name, bare or with those of the places it lies in. */
  find(given: string): PlaceFinding {
    const written = given.trim();
    const text = normal(given);
    const code = text.replace(/\.0*$/, '');
    if (/^\d+$/.test(code)) {
      if (!LENGTHS.includes(code.length)) return { reason: 'unknown place' };
      return this.#finding(code, this.#regionsOfCode(code.slice(0, 6)), this.#isKnown(code.slice(0, 6)));
    }
    const region = this.#regionNames.get(text);
    if (region !== undefined) return { place: written, region, reason: null };
    const entries = this.#names.find(text);
    if (entries === null) return { reason: 'contradicting place' };
    const found = entries.map((entry) => this.#regionsOfEntry(entry));
    const regions = new Set(found.flatMap((codes) => [...codes]));
    // It may mean one in a region, and one in none.
    if (regions.size > 0 && found.some((codes) => codes.size === 0)) return { reason: 'ambiguous place' };
    return this.#finding(written, regions, entries.length > 0);
  }

  #finding(place: string, regions: ReadonlySet<string>, known: boolean): PlaceFinding {
    const [region] = regions;
    if (region === undefined) return { reason: known ? 'place outside the regions' : 'unknown place' };
    return regions.size > 1 ? { reason: 'ambiguous place' } : { place, region, reason: null };
  }

  #isKnown(code: string): boolean {
    return this.#codes.has(code.padEnd(6, '0')) || this.#codes.has(`${code.slice(0, 4)}00`);
  }

  #regionsOfCode(code: string): ReadonlySet<string> {
    const entry = this.#codes.get(code.padEnd(6, '0')) ?? this.#codes.get(`${code.slice(0, 4)}00`.padEnd(6, '0'));
    if (entry === undefined) return this.#around(code) ?? this.#inside(code);
    // A place that is in use lies where its digits say.
    return (entry.until === null ? this.#around(code) : null) ?? this.#regionsOfEntry(entry);
  }

  #regionsOfEntry({ code, city, until }: PlaceEntry): ReadonlySet<string> {
    return (until === null ? this.#around(code) : null) ?? this.#around(city) ?? this.#inside(city);
  }

  /** The region that a code lies in; null: none. */
  #around(code: string): ReadonlySet<string> | null {
    const around = this.#regions.filter(({ gb2260 }) => code.startsWith(gb2260));
    const [nearest] = around.toSorted((a, b) => b.gb2260.length - a.gb2260.length);
    return nearest === undefined ? null : new Set([nearest.code]);
  }

  /** All regions that lie in what a code means: a province may have several. */
  #inside(code: string): ReadonlySet<string> {
    const leading = code.replace(/(?:00)+$/, '');
    const inside = this.#regions.filter(({ gb2260 }) => leading !== '' && gb2260.startsWith(leading));
    return new Set(inside.map((region) => region.code));
  }
}
