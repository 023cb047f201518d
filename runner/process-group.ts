import { spawn, type ChildProcess } from 'node:child_process';

/** Ends a process that leads a group of its own, and all that it has started. */
export function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // It has ended.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Its input ends without a line when who holds the other end is gone, however that came about. */
const GUARD = 'read -r line || kill -9 "-$1"';

/**
 * Ends a process that leads a group of its own, and all that it has started, should this process end before it. The
 * process may compute for minutes without a look at anything else: a third one waits beside them.
 */
export function endWithUs(leader: ChildProcess): void {
  if (leader.pid === undefined) return;
  const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', String(leader.pid)], {
    // Not ended by what ends us.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  // The job goes on without a guard that could not be started, and one that is gone cannot be told.
  for (const source of [guard, guard.stdin]) source.on('error', () => undefined);
  leader.once('exit', () => guard.stdin.end('over\n'));
}
