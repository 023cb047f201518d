import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finalStages, plan } from '../../runner/graph.ts';
import { parsePipeline } from '../../runner/pipeline-file.ts';
import type { Pipeline } from '../../runner/pipeline.ts';

interface SketchedStage {
  readonly name: string;
  readonly inputs: readonly string[];
}

/** A pipeline whose stages each make one file, named after them with `_out`. */
function sketch(stages: readonly SketchedStage[], sources = ''): Pipeline {
  const written = stages.map(
    ({ name, inputs }) =>
      `  ${name}: { run: s.ts, inputs: [${inputs.join(', ')}], outputs: { ${name}_out: { file: f } } }`,
  );
  const text = `pipeline: sketch\nsources: {${sources}}\nstages:\n${written.join('\n')}\n`;
  return parsePipeline(text, { file: 'pipeline.yaml', root: '/nowhere', exists: () => true });
}
const names = (pipeline: Pipeline, targets: readonly string[] = [], present: (file: string) => boolean = () => true) =>
  plan(pipeline, targets, present).stages.map(({ name }) => name);

describe('the order of stages', () => {
  const diamond = sketch([
    { name: 'end', inputs: ['left_out', 'right_out'] },
    { name: 'right', inputs: ['start_out'] },
    { name: 'left', inputs: ['start_out'] },
    { name: 'start', inputs: [] },
    { name: 'alone', inputs: [] },
  ]);

  it('puts each after what it needs, and keeps to the file otherwise', () => {
    expect(names(diamond)).toEqual(['start', 'right', 'left', 'end', 'alone']);
    expect(finalStages(diamond).map(({ name }) => name)).toEqual(['end', 'alone']);
  });

  it('takes in only what the targets need', () => {
    expect(names(diamond, ['left'])).toEqual(['start', 'left']);
    expect(names(diamond, ['alone', 'left'])).toEqual(['start', 'left', 'alone']);
    expect(() => names(diamond, ['lef'])).toThrow('There is no stage `lef`. Did you mean `left`?');
  });

  /** Stages that each need some of those before them, written in another order. */
  const graphs = fc
    .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 25 })
    .map((needs) =>
      needs.map((picks, i) => ({
        name: `s${i}`,
        inputs: [...new Set(i === 0 ? [] : picks.map((pick) => `s${pick % i}_out`))],
      })),
    )
    .chain((stages) => fc.shuffledSubarray(stages, { minLength: stages.length }));

  it('holds for any graph, complete and without repetition', () => {
    fc.assert(
      fc.property(graphs, (stages) => {
        const order = names(sketch(stages));
        expect(order.toSorted()).toEqual(stages.map(({ name }) => name).toSorted());
        for (const { name, inputs } of stages) {
          for (const input of inputs)
            expect(order.indexOf(input.replace('_out', ''))).toBeLessThan(order.indexOf(name));
        }
      }),
    );
  });

  it('for one target: exactly what can be reached from it', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), (stages, pick) => {
        const target = stages[pick % stages.length]!.name;
        const reached = new Set([target]);
        for (const name of reached) {
          for (const input of stages.find((stage) => stage.name === name)!.inputs)
            reached.add(input.replace('_out', ''));
        }
        expect(new Set(names(sketch(stages), [target]))).toEqual(reached);
      }),
    );
  });

  it('names every cycle', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), (length) => {
        const ring = Array.from({ length }, (_, i) => ({ name: `s${i}`, inputs: [`s${(i + 1) % length}_out`] }));
        const path = [...ring.map(({ name }) => name), 's0'].join(' -> ');
        expect(() => sketch(ring)).toThrow(`stages wait for each other: ${path}`);
      }),
    );
  });
});

describe('files that replace stand-ins', () => {
  const pipeline = sketch(
    [
      { name: 'stand_in', inputs: ['fact'] },
      { name: 'use', inputs: ['own'] },
      { name: 'check', inputs: ['stand_in_out'] },
    ],
    ' own: { file: own.csv, otherwise: stand_in_out }, fact: { file: fact.csv } ',
  );

  it('leave out a stage that nobody needs then', () => {
    expect(names(pipeline, ['use'])).toEqual(['use']);
    expect(names(pipeline, ['use'], (file) => file === 'fact.csv')).toEqual(['stand_in', 'use']);
    expect(names(pipeline)).toEqual(['stand_in', 'use', 'check']);
    expect(names(pipeline, ['stand_in'])).toEqual(['stand_in']);
  });

  it('need the facts only if the stand-in is made', () => {
    const none = () => false;
    expect(plan(pipeline, ['use'], (file) => file === 'own.csv').sources.map(({ name }) => name)).toEqual(['own']);
    expect(() => plan(pipeline, ['use'], none)).toThrow('the file `fact.csv` of source `fact` is not there');
  });
});
