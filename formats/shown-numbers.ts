const LEAST = 7;
const MOST = 17;

/** Two numbers with no more digits than it takes to see two of their difference, and at least seven. */
export function shownApart(a: number, b: number): readonly [string, string] {
  const share = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
  const digits = share > 0 ? Math.min(Math.max(Math.ceil(-Math.log10(share)) + 2, LEAST), MOST) : LEAST;
  const [first, second] = [a, b].map((value) => String(Number(value.toPrecision(digits))));
  return [first!, second!];
}
