/** What Python writes as a backslash and a letter. */
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' };

/** A text as Python's `repr` writes it. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  // Python writes characters that leave no ink, but for the space, by their numbers.
  const escaped = text.replace(/[\\'"]|(?! )[\p{C}\p{Z}]/gu, (character) => {
    if (character === "'" || character === '"') return character === quote ? `\\${character}` : character;
    const letter = Object.keys(ESCAPES).find((key) => ESCAPES[key] === character);
    return letter === undefined ? byNumber(character.codePointAt(0)!) : `\\${letter}`;
  });
  return quote + escaped + quote;
}

function byNumber(code: number): string {
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}

/** A tuple of two texts or more as Python writes it: `('reg1', 'food')`. pandas names columns of several levels so. */
export const tupleText = (parts: readonly string[]): string => `(${parts.map(quoted).join(', ')})`;

const PART = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(?:,|(?=\)$))/suy;

/** The texts of a tuple as Python writes it; null: it is none, or it holds something else than text. */
export function tupleParts(text: string): string[] | null {
  if (!text.startsWith('(') || !text.endsWith(')')) return null;
  const parts: string[] = [];
  for (PART.lastIndex = 1; PART.lastIndex < text.length - 1;) {
    const found = PART.exec(text);
    if (found === null) return null;
    parts.push(unescaped(found[1] ?? found[2]!));
  }
  return parts;
}

const unescaped = (text: string): string =>
  text.replace(/\\(?:x(\w{2})|u(\w{4})|U(\w{8})|(.))/gsu, (_, x?: string, u?: string, U?: string, letter?: string) => {
    const code = x ?? u ?? U;
    return code === undefined ? (ESCAPES[letter!] ?? `\\${letter!}`) : String.fromCodePoint(Number.parseInt(code, 16));
  });
