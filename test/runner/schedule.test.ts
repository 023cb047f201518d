import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Room } from '../../runner/room.ts';
import { inTurn, schedule, type Task } from '../../runner/schedule.ts';

const task = (name: string, ...after: string[]): Task => ({ name, after });

describe('the schedule', () => {
  it('begins nothing before what it waits for is done, and does all of it once', async () => {
    const graphs = fc
      .array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 12 })
      .map((needs) =>
        needs.map((of, index) =>
          task(`${index}`, ...new Set(index === 0 ? [] : of.map((number) => `${number % index}`))),
        ),
      );
    await fc.assert(
      fc.asyncProperty(graphs, fc.infiniteStream(fc.nat(3)), async (tasks, pauses) => {
        const done: string[] = [];
        await schedule(tasks, async ({ name, after }) => {
          expect(done).toEqual(expect.arrayContaining([...after]));
          await sleep(pauses.next().value as number);
          done.push(name);
        });
        expect(done.toSorted()).toEqual(tasks.map(({ name }) => name).toSorted());
      }),
      { numRuns: 50 },
    );
  });

  it('does independent tasks at the same time', async () => {
    let working = 0;
    let most = 0;
    await schedule([task('a'), task('b'), task('c', 'a', 'b')], async () => {
      most = Math.max(most, ++working);
      await sleep(5);
      working--;
    });
    expect(most).toBe(2);
  });

  it('after a failure begins nothing more, waits for what is under way, and throws the first', async () => {
    const log: string[] = [];
    const tasks = [task('bad'), task('slow'), task('later', 'slow'), task('never', 'bad')];
    const work = async ({ name }: Task) => {
      if (name === 'bad') throw new Error('no');
      await sleep(20);
      log.push(name);
    };
    await expect(schedule(tasks, work)).rejects.toThrow('no');
    expect(log).toEqual(['slow']);
  });
});

describe('room', () => {
  it('is never overdrawn, is given in the order of asking, and comes back', async () => {
    const room = new Room({ slots: 3, memoryBytes: 100 });
    const wanted = [
      { slots: 1, memoryBytes: 60 },
      { slots: 1, memoryBytes: 50 },
      { slots: 2, memoryBytes: 10 },
      { slots: 9, memoryBytes: 1 },
      { slots: 1, memoryBytes: 1000 },
    ];
    const entered: number[] = [];
    const used = { slots: 0, memoryBytes: 0 };
    await Promise.all(
      wanted.map(async (want, index) => {
        const leave = await room.enter(want);
        entered.push(index);
        const capped = { slots: Math.min(want.slots, 3), memoryBytes: Math.min(want.memoryBytes, 100) };
        used.slots += capped.slots;
        used.memoryBytes += capped.memoryBytes;
        expect(used.slots).toBeLessThanOrEqual(3);
        expect(used.memoryBytes).toBeLessThanOrEqual(100);
        await sleep(3);
        used.slots -= capped.slots;
        used.memoryBytes -= capped.memoryBytes;
        leave();
      }),
    );
    expect(entered).toEqual([0, 1, 2, 3, 4]);
  });
});

it('a turn comes after the one before, be that a failure', async () => {
  const turn = inTurn();
  const log: string[] = [];
  const slow = turn(async () => {
    await sleep(10);
    log.push('slow');
    throw new Error('no');
  });
  const quick = turn(() => Promise.resolve(log.push('quick')));
  await expect(slow).rejects.toThrow('no');
  expect(await quick).toBe(2);
  expect(log).toEqual(['slow', 'quick']);
});
