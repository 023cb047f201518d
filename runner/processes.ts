import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Where ids of processes mean the same: a machine, or a container on it. Containers may share a host name, and each counts
 * its processes from 1.
 */
export const HOST = `${hostname()}${namespaceOfIds()}`;

/** Whether a process of this machine is alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is alive.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** When a process started, in ticks since the machine did: ids are given again, this is not. Null where /proc is not. */
export function startOf(pid: number): string | null {
  try {
    // The name of the program, in parentheses, may hold anything.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/** `.4026531836`; empty where the system has no such thing. */
function namespaceOfIds(): string {
  try {
    return `.${/\d+/.exec(readlinkSync('/proc/self/ns/pid'))![0]}`;
  } catch {
    return '';
  }
}
