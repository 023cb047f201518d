import { COMMANDS } from './commands.ts';
import { COMMON, OPTIONS, type Command, type OptionName } from './command.ts';

export const help = (): string =>
  [
    'npm run pipeline [-- COMMAND] [OPTIONS]',
    '',
    ...Object.entries(COMMANDS).map(([name, { takes, does }]) => `  ${`${name} ${takes}`.padEnd(25)} ${does}`),
    '',
    ...optionLines(COMMON),
    '',
    'Without a command: run. `help COMMAND` says more. Exit codes: 0 done, 1 a stage failed, 2 the pipeline file or the',
    'command line is wrong, 3 results differ, 128 and more: interrupted by a signal.',
  ].join('\n');

export const helpFor = (name: string, { takes, does, example, options }: Command): string =>
  [
    `npm run pipeline -- ${name} ${takes}`.trimEnd(),
    '',
    `  ${does}`,
    '',
    ...optionLines([...options, ...COMMON]),
    '',
    `Example: ${example}`,
  ].join('\n');

function optionLines(names: readonly OptionName[]): string[] {
  return names.map((name) => {
    const option: { short?: string; value?: string; does: string } = OPTIONS[name];
    const short = option.short === undefined ? '' : `-${option.short}, `;
    const value = option.value === undefined ? '' : ` ${option.value}`;
    return `  ${`${short}--${name}${value}`.padEnd(18)} ${option.does}`;
  });
}
