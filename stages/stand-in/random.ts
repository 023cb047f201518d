/** A reproducible stream of random numbers: the same seed and name give the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1), with 53 random bits. */
  readonly uniform: () => number;
  /** Uniform over the whole numbers 0 .. below - 1. */
  readonly integer: (below: number) => number;
  /** Standard normal. */
  readonly normal: () => number;
  /** exp of a normal with this mean and standard deviation. */
  readonly lognormal: (mean: number, deviation: number) => number;
}

/**
 * The stream of a seed with a name of its own, so that a draw more in one place shifts nothing in another.
 *
 * Generator: sfc32 (C. Doty-Humphrey, PractRand), seeded by hashing seed and name. Normals by Marsaglia's polar
 * method, which needs no sine: engines differ in the last bit of sine.
 */
export function createRandom(seed: number, stream: string): Random {
  const word = sfc32(hashWords(`${seed}/${stream}`));
  const uniform = () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  const normal = () => {
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
    }
  };
  return {
    uniform,
    integer: (below) => Math.floor(uniform() * below),
    normal,
    lognormal: (mean, deviation) => Math.exp(mean + deviation * normal()),
  };
}

/** A chooser of indices, each with probability proportional to its weight (weights >= 0, not all of them 0). */
export function weightedChoice(weights: readonly number[]): (random: Random) => number {
  let total = 0;
  const cumulative = weights.map((weight) => (total += weight));
  if (!(total > 0)) throw new RangeError('a weighted choice needs a positive weight');
  return (random) => {
    const target = random.uniform() * total;
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle]! > target) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** One of `values`, each as likely as the others. */
export const pick = <Value>(random: Random, values: readonly Value[]): Value => values[random.integer(values.length)]!;

/** Put `values` into random order, in place (Fisher-Yates). */
export function shuffle(random: Random, values: Uint32Array): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const value = values[i]!;
    values[i] = values[j]!;
    values[j] = value;
  }
}

type Words = readonly [number, number, number];

function sfc32([first, second, third]: Words): () => number {
  let a = first;
  let b = second;
  let c = third;
  let counter = 1;
  const next = () => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}

/** Three 32-bit words from a text: FNV-1a, then the finaliser of MurmurHash3 on three offsets. */
function hashWords(text: string): Words {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  const word = (offset: number) => {
    let h = (hash + offset) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  };
  return [word(0x9e3779b9), word(0x3c6ef372), word(0xdaa66d2b)];
}
