import { availableParallelism, totalmem } from 'node:os';
import type { Options } from './command.ts';
import { MistakeError } from './diagnostic.ts';
import { parseBytes } from './quantity.ts';
import type { Budget } from './room.ts';

/** What is left to the system and to what else runs. */
const SHARE = 0.8;

/** All processors, and most of the memory that this process may have. */
function wholeMachine(): Budget {
  // A container's limit, where there is one; 0 or more than there is stands for none.
  const limit = process.constrainedMemory() || Infinity;
  return { slots: availableParallelism(), memoryBytes: SHARE * Math.min(limit, totalmem()) };
}

export function budgetOf({ jobs, memory }: Options): Budget {
  const whole = wholeMachine();
  return {
    slots: jobs === undefined ? whole.slots : jobsOf(jobs),
    memoryBytes: memory === undefined ? whole.memoryBytes : sizeOf(memory),
  };
}

function jobsOf(text: string): number {
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= 1024) return jobs;
  throw new MistakeError(`--jobs takes a number of stages from 1 on, not \`${text}\`.\n  For example: --jobs 2`);
}

function sizeOf(text: string): number {
  const size = parseBytes(text);
  if (size !== null) return size;
  throw new MistakeError(`--memory takes a size, not \`${text}\`.\n  For example: --memory '8 GiB'`);
}
