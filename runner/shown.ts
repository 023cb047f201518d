// What moves the cursor, breaks the line, turns the direction of writing, or is no character at all.
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\u202a-\u202e\u2066-\u2069]/gu;
const LONGEST = 80;

/** A text of a file as a terminal may show it: characters that it would obey are written out. */
export const visible = (text: string): string =>
  text.replace(UNSAFE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);

/** The same, on one line and cut where it is long, to be named in a message. */
export function shown(text: string): string {
  const characters = Array.from(text.slice(0, 2 * LONGEST));
  const whole = text.length <= 2 * LONGEST && characters.length <= LONGEST;
  return visible(whole ? text : `${characters.slice(0, LONGEST).join('')}...`);
}
