/** Number of letters to insert, delete, replace or swap with a neighbour to turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/** The candidate most like `name`, if one is like enough to be a slip of the pen. */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  // The cost of a comparison grows with both lengths; no real name is this long.
  if (name.length > 100) return null;
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance && distance < candidate.length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** A remedy for a name that is not known: the nearest one that is, else all of them. */
export function suggest(name: string, candidates: Iterable<string>): string {
  const known = [...candidates];
  const guess = nearest(name, known);
  if (guess !== null) return `Did you mean \`${guess}\`?`;
  if (known.length === 0) return 'There is none of that kind.';
  const shown = known.slice(0, 20).join(', ');
  return `Known: ${shown}${known.length > 20 ? `, ... (${known.length} in all)` : ''}.`;
}
