import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finalStages, plan } from '../../runner/graph.ts';
import { parsePipeline } from '../../runner/pipeline-file.ts';
import type { Pipeline } from '../../runner/pipeline.ts';

interface SketchedStage {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly optional?: readonly string[];
}

/** A pipeline whose stages each make one file, named after them with `_out`, and one table with `_table`. */
function sketch(stages: readonly SketchedStage[], sources = ''): Pipeline {
  const written = stages.map(
    ({ name, inputs, optional = [] }) =>
      `  ${name}: { run: s.ts, inputs: [${inputs.join(', ')}], optional_inputs: [${optional.join(', ')}], outputs: { ${name}_out: { file: f }, ${name}_table: { columns: { n: INTEGER } } } }`,
  );
  const text = `pipeline: sketch\nsources: {${sources}}\nstages:\n${written.join('\n')}\n`;
  return parsePipeline(text, {
    absolute: '/pipeline.yaml',
    file: 'pipeline.yaml',
    root: '/nowhere',
    exists: () => true,
  });
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

describe('optional inputs', () => {
  const pipeline = sketch(
    [
      { name: 'use', inputs: ['own'], optional: ['stand_in_table'] },
      { name: 'stand_in', inputs: ['fact'] },
    ],
    ' own: { file: own.csv, otherwise: stand_in_out }, fact: { file: fact.csv } ',
  );
  const own = (file: string) => file === 'own.csv';
  const facts = (file: string) => file === 'fact.csv';

  it('are read where their stage runs for another reason, and wait for it', () => {
    const { stages } = plan(pipeline, [], facts);
    expect(stages.map(({ name }) => name)).toEqual(['stand_in', 'use']);
    expect(stages[1]).toMatchObject({ inputs: ['own', 'stand_in_table'], absent: [] });
  });

  it('ask for no stage: the table is absent then, with the columns that it would have', () => {
    const { stages, sources } = plan(pipeline, [], own);
    expect(stages.map(({ name }) => name)).toEqual(['use']);
    expect(stages[0]).toMatchObject({
      inputs: ['own'],
      absent: [{ name: 'stand_in_table', columns: [{ name: 'n' }] }],
    });
    expect(sources.map(({ name }) => name)).toEqual(['own']);
  });

  it('are the same whatever the targets are', () => {
    expect(plan(pipeline, ['stand_in', 'use'], () => true).stages.find(({ name }) => name === 'use')).toMatchObject({
      absent: [{ name: 'stand_in_table' }],
    });
    const beside = sketch([
      { name: 'use', inputs: [], optional: ['made_table'] },
      { name: 'made', inputs: [] },
      { name: 'end', inputs: ['made_out'] },
    ]);
    expect(names(beside, ['use'])).toEqual(['made', 'use']);
  });

  it('may be all that is read of a stage, which is run for itself then', () => {
    const alone = sketch([
      { name: 'use', inputs: [], optional: ['made_table'] },
      { name: 'made', inputs: [] },
    ]);
    expect(names(alone)).toEqual(['made', 'use']);
  });

  it('may be files', () => {
    const file = sketch(
      [{ name: 'use', inputs: [], optional: ['more'] }],
      ' more: { file: more.csv, columns: { n: INTEGER } } ',
    );
    expect(plan(file, [], () => true)).toMatchObject({ sources: [{ name: 'more' }], stages: [{ inputs: ['more'] }] });
    expect(plan(file, [], () => false)).toMatchObject({ sources: [], stages: [{ absent: [{ name: 'more' }] }] });
  });

  it('of a ring are named as a cycle', () => {
    const ring = () =>
      sketch([
        { name: 'one', inputs: ['two_out'] },
        { name: 'two', inputs: [], optional: ['one_table'] },
      ]);
    expect(ring).toThrow('stages wait for each other: one -> two -> one');
  });
});
