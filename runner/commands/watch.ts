import { sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { watch } from 'chokidar';
import type { Answer, Call } from '../command.ts';
import { MistakeError } from '../diagnostic.ts';
import { basesOf } from '../pipeline-file.ts';
import { stampOf } from '../stamp.ts';
import { runLogged } from './run.ts';

/** Editors write a file in several steps. */
const SETTLE_MS = 200;

/** Runs, and again when a file has changed that the last run looked at; does so until it is ended from outside. */
export async function answer(call: Call): Promise<Answer> {
  // No change of a watched file puts this right.
  if (call.options.openlineage !== undefined)
    (await import('../open-lineage.ts')).lineageFile(call.options.openlineage);
  let files = new Map([[call.place.absolute, stampOf(call.place.absolute)?.text ?? null]]);
  for (;;) {
    const before = new Map(
      [...files.keys(), ...basesOf(call.place)].map((file) => [file, stampOf(file)?.text ?? null]),
    );
    try {
      files = await call.inWorkshop(async (workshop) => {
        await runLogged(workshop, call);
        const { memo, store, pipeline } = workshop;
        const results = [store.folder, `${pipeline.folder}${sep}.data-out`];
        const outside = (file: string) => !results.some((folder) => file.startsWith(`${folder}${sep}`));
        return new Map([...memo.consulted()].filter(([file]) => outside(file)));
      });
    } catch (error) {
      // A wrong pipeline file is there to be corrected.
      if (!(error instanceof MistakeError)) throw error;
      process.stderr.write(`${error.message}\n`);
      files = before;
    }
    process.stderr.write('  waits for a change; Ctrl-C ends\n');
    process.stderr.write(`  ${await firstChange(files)} changed\n`);
  }
}

/** The first file that is changed, made or removed, also if it was while the run went on. */
async function firstChange(files: ReadonlyMap<string, string | null>): Promise<string> {
  const watcher = watch([...files.keys()], { ignoreInitial: true });
  try {
    const file = await new Promise<string>((resolve, reject) => {
      watcher.on('all', (_, path) => {
        resolve(path);
      });
      watcher.on('error', reject);
      watcher.on('ready', () => {
        for (const [path, seen] of files) if ((stampOf(path)?.text ?? null) !== seen) resolve(path);
      });
    });
    await sleep(SETTLE_MS);
    return file;
  } finally {
    await watcher.close();
  }
}
