import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './processes.ts';
import { StageError } from './stage.ts';

/** A file that says that a process works in a folder: no two ever have the same name. */
const CLAIM = /^claim-(?<pid>\d+)-[0-9a-f-]{36}@(?<host>.+)$/;
/** Longer than it takes to copy all results. */
const PATIENCE_MS = 120_000;

export const isClaim = (entry: string): boolean => CLAIM.test(entry);

/** Claims of this process: another with its id was made by a dead process that had the same one. */
const own = new Set<string>();

/**
 * Runs `work` while no other process does so in this folder.
 *
 * Who wants to work lays down a claim and looks around. Who is alone goes on, all others withdraw and try again: of two
 * at once at least one sees the other. The claim of a dead process can be removed by anybody, for its name never comes
 * back; a single lock file that is found stale may be a new one by the time it is removed.
 */
export async function exclusively<T>(folder: string, work: () => T | Promise<T>, patience = PATIENCE_MS): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const claim = `claim-${process.pid}-${randomUUID()}@${hostname()}`;
  const start = performance.now();
  own.add(claim);
  try {
    for (;;) {
      try {
        writeFileSync(join(folder, claim), '', { flag: 'wx' });
        const other = claims(folder).find((found) => found !== claim);
        if (other === undefined) return await work();
        if (performance.now() - start > patience) throw waitedTooLong(folder, other, patience);
      } finally {
        rmSync(join(folder, claim), { force: true });
      }
      // By chance, or two that started together would withdraw together for ever.
      await sleep(20 + 80 * Math.random());
    }
  } finally {
    own.delete(claim);
  }
}

/** The claims of processes that may be alive; others are removed. */
function claims(folder: string): string[] {
  return readdirSync(folder).filter((entry) => {
    const { pid, host } = CLAIM.exec(entry)?.groups ?? {};
    if (pid === undefined) return false;
    const alive = host !== hostname() || (Number(pid) === process.pid ? own.has(entry) : isAlive(Number(pid)));
    if (!alive) rmSync(join(folder, entry), { force: true });
    return alive;
  });
}

function waitedTooLong(folder: string, claim: string, patience: number): StageError {
  const { pid, host } = CLAIM.exec(claim)!.groups!;
  return new StageError(
    `${folder} has been in use by process ${pid!} on ${host!} for ${patience / 1000} s`,
    `Wait until that run has ended. If there is none, remove ${join(folder, claim)}.`,
  );
}
