import type { Command } from './command.ts';

const RUNNING = ['jobs', 'memory'] as const;
const none = { least: 0, most: 0, are: 'no stage' };
const oneStage = { least: 1, most: 1, are: 'one stage' };

export const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    takes: '[STAGE...]',
    does: 'Runs what has changed and publishes to data-out. With stages: only those and what they need.',
    example: 'npm run pipeline -- run emissions',
    words: { least: 0, most: Infinity, are: 'stages' },
    options: ['dry-run', ...RUNNING],
    load: () => import('./commands/run.ts'),
  },
  status: {
    takes: '',
    does: 'Says for each stage whether it is up to date, and if not, why, and how long it took the last time.',
    example: 'npm run pipeline -- status',
    words: none,
    options: [],
    load: () => import('./commands/status.ts'),
  },
  why: {
    takes: 'STAGE',
    does: 'Says what changed since the stage ran: parameter, input, code, package, declared output; old -> new.',
    example: 'npm run pipeline -- why correlation',
    words: oneStage,
    options: [],
    load: () => import('./commands/why.ts'),
  },
  log: {
    takes: 'STAGE',
    does: 'Shows what the stage said when it last ran.',
    example: 'npm run pipeline -- log anais',
    words: oneStage,
    options: [],
    load: () => import('./commands/log.ts'),
  },
};
