/** Some of many names: `a, b and 3 more`. */
export const shortened = (names: readonly string[], most: number): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

/**
 * Finds things by their names. A name is compared as it is written, then in forms that keep ever less of it: what is the
 * same in an earlier form counts, and more than one thing may be.
 */
export class NameIndex<Thing> {
  readonly #forms: readonly ((name: string) => string)[];
  readonly #things: readonly Map<string, Set<Thing>>[];

  /** @param forms of names, from the one that keeps most */
  constructor(named: Iterable<readonly [name: string, thing: Thing]>, forms: readonly ((name: string) => string)[]) {
    this.#forms = forms;
    this.#things = forms.map(() => new Map<string, Set<Thing>>());
    for (const [name, thing] of named) {
      forms.forEach((form, level) => {
        const things = this.#things[level]!;
        const there = things.get(form(name));
        if (there === undefined) things.set(form(name), new Set([thing]));
        else there.add(thing);
      });
    }
  }

  /** All that a name may stand for. */
  find(name: string): readonly Thing[] {
    for (const [level, form] of this.#forms.entries()) {
      const found = this.#things[level]!.get(form(name));
      if (found !== undefined) return [...found];
    }
    return [];
  }
}
