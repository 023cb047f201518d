import type { PlaceEntry } from './places.ts';

type Level = 'province' | 'prefecture' | 'county';

const levelOf = (code: string): Level =>
  code.endsWith('0000') ? 'province' : code.endsWith('00') ? 'prefecture' : 'county';

const PEOPLES =
  '蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|塔吉克|怒|鄂温克|保安|裕固|独龙|鄂伦春|各';
const OF_PEOPLES = new RegExp(`(?:(?:${PEOPLES})族)+$`);
const KIND = /(?:自治区|自治州|自治县|自治旗|地区|林区|特区|新区|省|市|县|区|旗|盟)$/;

/** A name without what kind of place it is: 大同市 is 大同, 延边朝鲜族自治州 is 延边; 沧县 stays, as 沧 is no name. */
function bareName(name: string): string {
  const bare = name
    .replace(KIND, '')
    .replace(/(?:维吾尔|壮族|回族)$/, '')
    .replace(OF_PEOPLES, '');
  return bare.length < 2 ? name : bare;
}

type Index = Map<string, PlaceEntry[]>;

function add(index: Index, name: string, entry: PlaceEntry): void {
  const there = index.get(name);
  if (there === undefined) index.set(name, [entry]);
  else there.push(entry);
}

/** The first edition that all names of its time are known of. Older ones are at hand without their years. */
const FIRST_EDITION = 2002;

/** Headings of the standard, which some write between the names. */
const HEADING = /^(?:市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划)(?=.)/;

/** Cities call parts of themselves as others call their districts: 新城区, 东城区. */
const isDistrict = (name: string): boolean => name.endsWith('区') && !name.endsWith('自治区');

/** Whether a place lies in another, now or once. */
function liesIn({ code, city }: PlaceEntry, around: PlaceEntry): boolean {
  const digits = around.code.replace(/(?:00)+$/, '');
  return code.startsWith(digits) || city.startsWith(digits) || city === around.city;
}

/** Finds places by name, as they are called now or were once. */
export class PlaceNames {
  readonly #full: Index = new Map();
  readonly #bareProvinces: Index = new Map();
  readonly #bareOthers: Index = new Map();
  #longest = 0;

  constructor(entries: readonly PlaceEntry[]) {
    for (const entry of entries) {
      add(this.#full, entry.name, entry);
      const bare = bareName(entry.name);
      if (bare !== entry.name)
        add(levelOf(entry.code) === 'province' ? this.#bareProvinces : this.#bareOthers, bare, entry);
      this.#longest = Math.max(this.#longest, entry.name.length);
    }
  }

  /**
   * All places that a name can mean: `宣武区`, `大同`, `大同市平城区`, `大同平城区`, also with the province before it. What stands
   * behind the full name of a place and is none itself (`大同市高新区`, a street) is not looked at. None: the name is not known;
   * null: its parts contradict each other (`大同市太原市`).
   */
  find(name: string): readonly PlaceEntry[] | null {
    const direct = this.#named(name);
    if (direct.length > 0) return direct;
    for (const { entries, rest } of this.#heads(name, 'province')) {
      const province = entries[0]!.code.slice(0, 2);
      const found = this.#below(rest.replace(HEADING, ''), ({ code }) => code.startsWith(province));
      if (found === null || found.length > 0) return found;
    }
    const below = this.#below(name, () => true);
    return below === null || below.length > 0 ? below : this.#fullHead(name, () => true);
  }

  /** A county, or a prefecture and a county in it. */
  #below(name: string, within: (entry: PlaceEntry) => boolean): readonly PlaceEntry[] | null {
    const isBelow = (entry: PlaceEntry) => levelOf(entry.code) !== 'province' && within(entry);
    const direct = this.#named(name, isBelow);
    if (direct.length > 0) return direct;
    for (const { entries, rest } of this.#heads(name, 'prefecture')) {
      const prefectures = entries.filter(within);
      const inOne = ({ code, city }: PlaceEntry) =>
        prefectures.some((prefecture) => prefecture.code.startsWith(code.slice(0, 4)) || prefecture.city === city);
      const found = this.#named(rest.replace(HEADING, ''), (entry) => levelOf(entry.code) === 'county' && inOne(entry));
      if (found.length > 0) return found;
    }
    return this.#fullHead(name, isBelow);
  }

  /** Places that have a name: by their full names, else bare names of provinces, else other bare names. */
  #named(name: string, within: (entry: PlaceEntry) => boolean = () => true): readonly PlaceEntry[] {
    for (const index of [this.#full, this.#bareProvinces, this.#bareOthers]) {
      const found = (index.get(name) ?? []).filter(within);
      const recent = found.filter(({ until }) => until === null || until >= FIRST_EDITION);
      if (recent.length > 0) return recent;
      if (found.length > 0) return found;
    }
    return [];
  }

  /** Places of a level whose names, full or bare, a name begins with; longest first. */
  #heads(name: string, level: Level): { entries: readonly PlaceEntry[]; rest: string }[] {
    const heads: { entries: readonly PlaceEntry[]; rest: string }[] = [];
    for (let length = Math.min(this.#longest, name.length - 1); length >= 2; length--) {
      const entries = this.#named(name.slice(0, length), ({ code }) => levelOf(code) === level);
      if (entries.length > 0) heads.push({ entries, rest: name.slice(length) });
    }
    return heads;
  }

  /** The places whose full name a name begins with; null: what stands behind it lies elsewhere. */
  #fullHead(name: string, within: (entry: PlaceEntry) => boolean): readonly PlaceEntry[] | null {
    const head = this.#beginning(name.slice(0, -1), within);
    if (head === null) return [];
    const behind = this.#beginning(name.slice(head.length).replace(HEADING, ''), ({ name }) => !isDistrict(name));
    const lieInside = behind?.entries.some((entry) => head.entries.some((around) => liesIn(entry, around))) ?? true;
    return lieInside ? head.entries : null;
  }

  /** The longest full name that a text begins with, and its places. */
  #beginning(
    text: string,
    within: (entry: PlaceEntry) => boolean,
  ): { length: number; entries: readonly PlaceEntry[] } | null {
    for (let length = Math.min(this.#longest, text.length); length >= 3; length--) {
      const entries = (this.#full.get(text.slice(0, length)) ?? []).filter(within);
      if (entries.length > 0) return { length, entries };
    }
    return null;
  }
}
