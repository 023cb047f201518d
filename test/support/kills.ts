import { setTimeout as sleep } from 'node:timers/promises';
import { undisturbed, type Ended, type Started } from './short-pipeline.ts';
import { SCENARIOS, trial, worn } from './trials.ts';

export interface Kills {
  /** How often a command was killed before it had ended. */
  readonly killed: number;
  readonly wrong: readonly string[];
}

/** Numbers from 0 to 1, the same for a seed: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Kills commands at moments spread over their length, and looks each time at what that leads to. */
export async function killAtRandom(count: number, seed: number): Promise<Kills> {
  const random = randomFrom(seed);
  const manifests = await undisturbed();
  const pipeline = await worn();
  const lengths = new Map<string, number>();
  const wrong: string[] = [];
  let killed = 0;
  // A command that was faster than its killer is no kill: it takes another turn.
  for (let turn = 0; killed < count && turn < 4 * count + SCENARIOS.length; turn++) {
    const scenario = SCENARIOS[Math.floor((killed * SCENARIOS.length) / count)]!;
    const length = lengths.get(scenario.name);
    const after = length === undefined ? Infinity : Math.round(random() * length);
    const found = await trial(pipeline, scenario, manifests, async (start) => {
      const begin = performance.now();
      const ended = await killedAfter(start(), after);
      // The first time it is left alone: so long does it take.
      if (ended.signal === null) lengths.set(scenario.name, performance.now() - begin);
      else killed += 1;
      return ended;
    });
    wrong.push(...found.map((what) => `${scenario.name}, killed after ${after} ms, turn ${turn}: ${what}`));
  }
  return { killed, wrong };
}

async function killedAfter({ process, ended }: Started, ms: number): Promise<Ended> {
  if (ms !== Infinity) void sleep(ms).then(() => process.kill('SIGKILL'));
  return ended;
}
