import { existsSync, readFileSync, rmSync } from 'node:fs';
import { SCENARIOS, trial, worn, type Manifests, type Scenario } from './trials.ts';
import { undisturbed, type ShortPipeline } from './short-pipeline.ts';

/** An operation on files that goes wrong, and how; see faulty-files.cjs. */
interface Fault {
  readonly at: number;
  /** The operation as it was counted. */
  readonly operation: string;
  readonly mode: string;
}

const HALVES = ['writeFileSync', 'appendFileSync', 'copyFileSync', 'rmSync'];
const LOOKS = /^(?:fsyncSync|openSync r) /;
const WRITES = /^(?:writeFileSync|appendFileSync|copyFileSync|mkdirSync|symlinkSync|linkSync|writeSync) /;

/** How an operation may go wrong. To be killed before it is to be killed after the one before. */
function modesOf(operation: string): string[] {
  // There is nothing that it could spoil.
  if (operation.startsWith('closeSync ')) return [];
  if (LOOKS.test(operation)) return ['fail'];
  const half = HALVES.includes(operation.split(' ')[0]!) ? ['short', 'kill-within'] : [];
  return ['fail', ...half, ...(WRITES.test(operation) ? ['full'] : []), 'locked', 'kill'];
}

interface FaultyScenario {
  readonly operations: number;
  readonly faults: readonly Fault[];
  /** Has one fault happen; null: the run came to its end before. @returns what is wrong */
  readonly cause: (fault: Fault) => Promise<string[] | null>;
}

/** Counts the operations of a scenario and gives all that may go wrong with them. */
async function faultsOf(pipeline: ShortPipeline, scenario: Scenario, manifests: Manifests): Promise<FaultyScenario> {
  const list = `${pipeline.folder}.operations`;
  const counted = await operationsOf(pipeline, scenario, manifests, list);
  const faults = counted.flatMap((operation, index) =>
    modesOf(operation).map((mode) => ({ at: index + 1, operation, mode })),
  );
  return {
    operations: counted.length,
    faults,
    async cause({ at, mode, operation }) {
      const environment = {
        ...{ FAULT_FOLDER: pipeline.folder, FAULT_LIST: list },
        ...{ FAULT_AT: String(at), FAULT_MODE: mode, FAULT_CODE: mode === 'short' ? 'ENOSPC' : 'EIO' },
      };
      const wrong = await trial(pipeline, scenario, manifests, (start) => start(environment).ended);
      const done = linesOf(list);
      // Looks at what another process does are not always as many.
      if (done.length < at && wrong.length === 0) return null;
      return wrong.map((what) => `${scenario.name}: ${mode} at ${at}, ${operation}: ${what}`);
    },
  };
}

async function operationsOf(pipeline: ShortPipeline, scenario: Scenario, manifests: Manifests, list: string) {
  const environment = { FAULT_FOLDER: pipeline.folder, FAULT_LIST: list };
  // Twice: the first time there may be more to do than ever after, as garbage of what came before.
  for (let time = 0; time < 2; time++) {
    rmSync(list, { force: true });
    const wrong = await trial(pipeline, scenario, manifests, (start) => start(environment).ended);
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  }
  return linesOf(list);
}

function linesOf(list: string): string[] {
  const lines = existsSync(list) ? readFileSync(list, 'utf8').trimEnd().split('\n') : [];
  rmSync(list, { force: true });
  return lines;
}

export interface Caused {
  /** Numbers of operations and of faults that were caused, by scenario. */
  readonly counts: Readonly<Record<string, readonly [operations: number, faults: number]>>;
  readonly wrong: readonly string[];
}

/** Causes those faults of some scenarios that are chosen. */
export async function causeFaults(
  choose: (faults: readonly Fault[]) => readonly Fault[],
  scenarios: readonly Scenario[] = SCENARIOS,
): Promise<Caused> {
  const manifests = await undisturbed();
  const pipeline = await worn();
  const counts: Record<string, readonly [number, number]> = {};
  const wrong: string[] = [];
  for (const scenario of scenarios) {
    const { operations, faults, cause } = await faultsOf(pipeline, scenario, manifests);
    let caused = 0;
    for (const fault of choose(faults)) {
      const found = await cause(fault);
      if (found !== null) caused++;
      wrong.push(...(found ?? []));
    }
    counts[scenario.name] = [operations, caused];
  }
  return { counts, wrong };
}
