/** Does what it is given one after the other, in the order in which it is asked. */
export function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

/** Something to be done once some others are. */
export interface Task {
  readonly name: string;
  /** Names of the tasks it waits for; each comes before it in the list. */
  readonly after: readonly string[];
}

/**
 * Does all tasks, each as soon as those before it are done, independent ones at the same time.
 * Once one has failed none that has not begun is; those under way are waited for. Then the first failure is thrown.
 * @param wanted whether nothing has failed so far
 */
export async function schedule<T extends Task>(
  tasks: readonly T[],
  work: (task: T, wanted: () => boolean) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const done = new Map<string, Promise<boolean>>();
  for (const task of tasks) done.set(task.name, attempt(task));
  await Promise.all(done.values());
  if (failures.length > 0) throw failures[0];

  async function attempt(task: T): Promise<boolean> {
    const ready = await Promise.all(task.after.map((name) => done.get(name) ?? Promise.resolve(false)));
    if (ready.includes(false) || failures.length > 0) return false;
    try {
      await work(task, () => failures.length === 0);
      return true;
    } catch (error) {
      failures.push(error);
      return false;
    }
  }
}
