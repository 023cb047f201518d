import type { Screen } from './progress-log.ts';

/** Progress goes to stderr, so that stdout is free for what is asked for. */
export async function openScreen(): Promise<Screen> {
  const line = (text: string): void => void process.stderr.write(`${text}\n`);
  const terminal = process.stderr.isTTY;
  const colours = terminal && !process.env['NO_COLOR'];
  if (!terminal) return { line, colours };
  const { logUpdateStderr } = await import('log-update');
  return {
    line,
    live: (lines) => {
      if (lines.length === 0) logUpdateStderr.clear();
      else logUpdateStderr(lines.join('\n'));
    },
    colours,
  };
}
