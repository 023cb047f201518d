import { fstatSync, writeSync } from 'node:fs';
import { resolve, join } from 'node:path';
import { idleLines, styles } from './idle-lines.ts';
import { placeOf } from './pipeline-place.ts';
import { unbrokenSeal } from './unbroken-seal.ts';

/**
 * Answers a plain `npm run pipeline` if nothing has been touched since a run found nothing to do; returns whether it did.
 * It is what such a run costs, so it imports next to nothing.
 * @param runner folder of the bundle that would do the work
 */
export function saysUpToDate(args: readonly string[], runner: string): boolean {
  const given = plainOptions(args);
  if (given === null) return false;
  const place = placeOf(given.file ?? 'pipeline.yaml');
  const events = unbrokenSeal(resolve(given.cache ?? join(place.root, '.cache')), place, runner);
  if (events === null) return false;
  // Not asked of `process.stderr`, which is slow to load. What is a device and no terminal shows no colours either.
  const terminal = isDevice(STDERR);
  const style = styles(terminal && !process.env['NO_COLOR']);
  const lines = events.flatMap((event) => idleLines(event, style));
  say(lines.map((line) => `${line}\n`).join(''));
  return true;
}

const STDERR = 2;

function isDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return process.stderr.isTTY;
  }
}

/** At once, and without the stream unless there is a reader who is slow. */
function say(text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(STDERR, bytes, written);
  } catch {
    process.stderr.write(bytes.subarray(written));
  }
}

/** The options of a run of everything that is nothing out of the ordinary; null for all else, which is for cli.ts. */
function plainOptions(args: readonly string[]): { file?: string; cache?: string } | null {
  const options: { file?: string; cache?: string } = {};
  const rest = args[0] === 'run' ? args.slice(1) : args;
  for (let at = 0; at < rest.length; at += 2) {
    const [name, value] = [rest[at], rest[at + 1]];
    if ((name !== '--file' && name !== '--cache') || value === undefined || value.startsWith('-')) return null;
    options[name === '--file' ? 'file' : 'cache'] = value;
  }
  return options;
}
