import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { leftOvers, startIn, wholeEdition } from '../support/short-pipeline.ts';
import { project } from './project.ts';

/** Two stages beside each other and one after them; each writes its name to a file outside when it is executed. */
const pipelineThatCounts = (count: string) => `pipeline: together
stages:
  left:
    sh: 'echo left >> {parameters.count} && printf left > {outputs.one}'
    parameters: { count: ${count} }
    outputs: { one: { file: one.txt } }
  right:
    sh: 'echo right >> {parameters.count} && printf right > {outputs.two}'
    parameters: { count: ${count} }
    outputs: { two: { file: two.txt } }
  both:
    sh: 'echo both >> {parameters.count} && cat {inputs.one} {inputs.two} > {outputs.three}'
    inputs: [one, two]
    parameters: { count: ${count} }
    outputs: { three: { file: three.txt } }
`;

it.each([2, 8])(
  '%i runs at once on one cache end well, and each stage is executed once',
  async (runs) => {
    const outside = mkdtempSync(join(tmpdir(), 'count-'));
    onTestFinished(() => {
      rmSync(outside, { recursive: true });
    });
    const count = join(outside, 'executed.txt');
    const together = project({ 'pipeline.yaml': pipelineThatCounts(count) });
    const ended = await Promise.all(Array.from({ length: runs }, () => startIn(together.folder, []).ended));
    expect(ended.map(({ code, err }) => (code === 0 ? 0 : err))).toEqual(Array<number>(runs).fill(0));
    expect(readFileSync(count, 'utf8').trimEnd().split('\n').toSorted()).toEqual(['both', 'left', 'right']);
    // Each run says of each stage that it made it, or that it was there.
    const said = ended.map(({ err }) => err.match(/^[+=] (?:left|right|both):/gm)?.length);
    expect(said).toEqual(Array<number>(runs).fill(3));
    expect(ended.filter(({ err }) => err.includes('+ published'))).toHaveLength(1);
    expect(together.read('data-out/both/three.txt')).toBe('leftright');
    expect(wholeEdition(together.folder).wrong).toEqual([]);
    expect(leftOvers(together.folder)).toEqual([]);
  },
  300_000,
);
