import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../runner/commands.ts';
import {
  STACK,
  WORDS,
  leftOvers,
  shortPipelineThatRan,
  wholeEdition,
  type Ended,
  type ShortPipeline,
  type Started,
  type Word,
} from './short-pipeline.ts';

/** A command that is disturbed, and what there is to do for it. */
export interface Scenario {
  readonly name: string;
  readonly args: readonly string[];
  /** Makes work for the command; what it leads to is published by the command, or before it. */
  prepare(pipeline: ShortPipeline): Promise<void>;
}

const nextWord = ({ word }: { word: Word }): Word => WORDS[(WORDS.indexOf(word) + 1) % WORDS.length]!;

/** In this order one pipeline can be used for all of them: the first needs what it has made once of each word. */
const ALL: readonly Scenario[] = [
  {
    name: 'publishing',
    args: [],
    prepare: (pipeline) => {
      pipeline.turn({ word: nextWord(pipeline.now()) });
      return Promise.resolve();
    },
  },
  {
    name: 'executing a stage and publishing',
    args: [],
    prepare: (pipeline) => {
      const { round } = pipeline.now();
      pipeline.turn({ word: nextWord(pipeline.now()), round: round + 1 });
      return Promise.resolve();
    },
  },
  {
    name: 'reading a source',
    args: [],
    prepare: (pipeline) => {
      const { blanks } = pipeline.now();
      pipeline.turn({ blanks: blanks + 1 });
      return Promise.resolve();
    },
  },
  {
    name: 'clearing the cache up',
    args: ['gc', '--keep-runs', '1'],
    prepare: async (pipeline) => {
      const { round } = pipeline.now();
      pipeline.turn({ word: nextWord(pipeline.now()), round: round + 1 });
      const { code, err } = await pipeline.run();
      if (code !== 0) throw new Error(err);
    },
  },
];

/** Commands that there are. */
export const SCENARIOS = ALL.filter(({ args: [command = 'run'] }) => Object.hasOwn(COMMANDS, command));

/** A project in which everything has been made and published once. */
export async function worn(): Promise<ShortPipeline> {
  const [first, ...others] = WORDS;
  const pipeline = await shortPipelineThatRan(first!);
  for (const word of others) {
    pipeline.turn({ word });
    const { code, err } = await pipeline.run();
    if (code !== 0) throw new Error(err);
  }
  return pipeline;
}

export type Manifests = ReadonlyMap<Word, string>;

/**
 * Disturbs a command and then runs undisturbed. What is published has to be whole all the time, the second run has to
 * succeed with what it gives in a fresh folder, and nothing may lie about then.
 * @returns what is wrong
 */
export async function trial(
  pipeline: ShortPipeline,
  scenario: Scenario,
  manifests: Manifests,
  disturb: (start: (faults?: Readonly<Record<string, string>>) => Started) => Promise<Ended>,
): Promise<string[]> {
  const { folder } = pipeline;
  const published = () => readFileSync(join(folder, 'data-out/manifest.json'), 'utf8');
  const before = published();
  const known = leftOvers(folder);
  await scenario.prepare(pipeline);
  const expected = manifests.get(pipeline.now().word)!;
  const { code, signal, err } = await disturb((faults) => pipeline.start(scenario.args, faults));
  const wrong: string[] = [];
  const complain = (...complaints: string[]) => void wrong.push(...complaints);

  if (signal !== 'SIGKILL') {
    if (code !== 0 && code !== 1 && code !== 2) complain(`ended with ${String(code ?? signal)}: ${err}`);
    if (STACK.test(err)) complain(`showed a stack trace: ${err}`);
    if (code !== 0 && err.trim() === '') complain('failed without a word');
    if (code === 0 && published() !== expected) complain('ended well without its results');
  }
  const shown = wholeEdition(folder);
  complain(...shown.wrong);
  if (shown.manifest !== before && shown.manifest !== expected) complain('published neither the old nor the new');

  const after = await pipeline.run();
  if (after.code !== 0 || STACK.test(after.err)) complain(`the run after it ended with ${after.code}: ${after.err}`);
  const mended = wholeEdition(folder);
  complain(...mended.wrong.map((what) => `${what} after the next run`));
  if (mended.manifest !== expected) complain('the next run published something else');
  // What an earlier trial left it has told.
  const left = leftOvers(folder).filter((what) => !known.includes(what));
  complain(...left.map((what) => `left over: ${what}`));
  return wrong;
}
