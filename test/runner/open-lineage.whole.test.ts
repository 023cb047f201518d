import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lineageFile, openLineage } from '../../runner/open-lineage.ts';
import type { LineageEvent } from '../../runner/open-lineage-event.ts';
import { readPipelineFile } from '../../runner/pipeline-file.ts';
import { runPipeline } from '../../runner/run.ts';
import { sharedFolder } from '../../runner/shared-store.ts';
import { openWorkshop } from '../../runner/workshop.ts';
import { onCommandLine } from './command-line.ts';
import { CHAIN, project, type Project } from './project.ts';

const SPEC = 'https://openlineage.io/spec/2-0-2/OpenLineage.json';
const uri = { type: 'string', format: 'uri' };
const text = { type: 'string' };

const facets = (of: Readonly<Record<string, object>>) => ({
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(of).map(([name, facet]) => [name, { allOf: [{ $ref: '#/$defs/BaseFacet' }, facet] }]),
  ),
  // Other facets are allowed by the specification, but none is made here.
  additionalProperties: false,
});
const requires = (properties: Readonly<Record<string, object>>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});

/** What the specification requires of an event, and of each facet that is used here, as its own schemas have it. */
const SCHEMA = {
  $id: SPEC,
  $defs: {
    BaseFacet: requires({ _producer: uri, _schemaURL: uri }),
    Dataset: requires(
      {
        namespace: text,
        name: text,
        facets: facets({
          documentation: requires({ description: text }),
          version: requires({ datasetVersion: text }),
          schema: {
            type: 'object',
            properties: {
              fields: { type: 'array', items: requires({ name: text, type: text, description: text }, ['name']) },
            },
          },
        }),
        outputFacets: facets({
          outputStatistics: {
            type: 'object',
            properties: { rowCount: { type: 'integer' }, size: { type: 'integer' } },
          },
        }),
      },
      ['namespace', 'name'],
    ),
    RunEvent: requires(
      {
        eventTime: { type: 'string', format: 'date-time' },
        producer: uri,
        schemaURL: { ...uri, const: `${SPEC}#/$defs/RunEvent` },
        eventType: { enum: ['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER'] },
        run: requires({
          runId: { type: 'string', format: 'uuid' },
          facets: facets({
            parent: requires({
              run: requires({ runId: { type: 'string', format: 'uuid' } }),
              job: requires({ namespace: text, name: text }),
            }),
            errorMessage: requires({ message: text, programmingLanguage: text, stackTrace: text }, [
              'message',
              'programmingLanguage',
            ]),
          }),
        }),
        job: requires(
          {
            namespace: text,
            name: text,
            facets: facets({
              jobType: requires({ processingType: text, integration: text, jobType: text }, [
                'processingType',
                'integration',
              ]),
              documentation: requires({ description: text }),
            }),
          },
          ['namespace', 'name'],
        ),
        inputs: { type: 'array', items: { $ref: '#/$defs/Dataset' } },
        outputs: { type: 'array', items: { $ref: '#/$defs/Dataset' } },
      },
      ['eventTime', 'producer', 'schemaURL', 'run', 'job'],
    ),
  },
  $ref: '#/$defs/RunEvent',
};

const validate: ValidateFunction = new Ajv2020({
  strict: false,
  allErrors: true,
  formats: {
    uri: (value: string) => URL.canParse(value),
    uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  },
}).compile(SCHEMA);

/** Checks each event, and that every run has one START and after it one end. */
function requireValid(events: readonly LineageEvent[], of: Project): void {
  for (const event of events) {
    validate(event);
    expect(validate.errors ?? [], JSON.stringify(event)).toEqual([]);
    expect(JSON.stringify(event)).not.toContain(of.folder);
  }
  for (const id of new Set(events.map(({ run }) => run.runId))) {
    const told = events.filter(({ run }) => run.runId === id);
    expect(told.map(({ eventType }) => eventType)).toEqual(['START', expect.stringMatching(/^(COMPLETE|ABORT|FAIL)$/)]);
    expect(new Set(told.map(({ job }) => job.name)).size).toBe(1);
  }
}

/** Runs, and gives what was told of it, checked. */
async function lineageOf(of: Project, targets: readonly string[] = [], cache = '.cache', shared: string | null = null) {
  const events: LineageEvent[] = [];
  const pipeline = readPipelineFile(of.path('pipeline.yaml'));
  const lent = shared === null ? null : sharedFolder(of.path(shared), false);
  const workshop = await openWorkshop(pipeline, of.path(cache), undefined, undefined, lent);
  const { listen, stop } = openLineage(workshop, targets, (event) => void events.push(event));
  try {
    await runPipeline(workshop, targets, listen, { slots: 1, memoryBytes: Infinity });
  } finally {
    stop();
  }
  requireValid(events, of);
  return events;
}

const brief = (events: readonly LineageEvent[]) => events.map(({ eventType, job }) => `${eventType} ${job.name}`);

const named = (events: readonly LineageEvent[], told: string): LineageEvent =>
  events.find(({ eventType, job }) => `${eventType} ${job.name}` === told)!;

describe('OpenLineage events', () => {
  it('tell of the run and of each stage that is executed, with what it reads and makes', async () => {
    const chain = project(CHAIN);
    const events = await lineageOf(chain);
    expect(brief(events).slice(0, 3)).toEqual(['START chain', 'START chain.sources', 'COMPLETE chain.sources']);
    // One of two that are ready comes first.
    expect(brief(events).slice(3, -1).toSorted()).toEqual(
      ['made', 'doubled', 'total', 'other']
        .flatMap((stage) => [`START chain.${stage}`, `COMPLETE chain.${stage}`])
        .toSorted(),
    );
    expect(brief(events).at(-1)).toBe('COMPLETE chain');
    const whole = events[0]!;
    expect(whole.run.facets).toEqual({});
    for (const { run } of events.slice(1, -1)) {
      expect(run.facets['parent']).toMatchObject({
        run: { runId: whole.run.runId },
        job: { namespace: 'chain', name: 'chain' },
      });
    }
    const hash = (name: string) =>
      (
        JSON.parse(chain.read('data-out/manifest.json')) as { files: { artifact: string; sha256: string }[] }
      ).files.find(({ artifact }) => artifact === name)!.sha256;
    const { inputs, outputs } = named(events, 'COMPLETE chain.made');
    expect(inputs).toMatchObject([
      {
        namespace: 'chain',
        name: 'data-raw/regions.csv',
        facets: {
          documentation: { description: 'Three regions' },
          schema: {
            fields: [
              { name: 'code', type: 'VARCHAR', description: 'Short code' },
              { name: 'people', type: 'INTEGER' },
            ],
          },
          version: { datasetVersion: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
        },
      },
    ]);
    expect(outputs).toMatchObject([
      {
        namespace: 'chain',
        name: 'amount',
        facets: {
          documentation: { description: 'An amount by region' },
          schema: { fields: [{ name: 'code' }, { name: 'value', type: 'DOUBLE', description: 'unit: t' }] },
          version: { datasetVersion: hash('amount') },
        },
        outputFacets: { outputStatistics: { rowCount: 3, size: expect.any(Number) as number } },
      },
    ]);
    expect(named(events, 'START chain.made').outputs[0]).toMatchObject({ name: 'amount' });
    expect(named(events, 'START chain.made').outputs[0]!.facets['version']).toBeUndefined();
    // What one makes is what the next reads.
    expect(named(events, 'START chain.doubled').inputs).toMatchObject([
      { name: 'amount', facets: { version: { datasetVersion: hash('amount') } } },
    ]);
  });

  it('say nothing of what is reused, but give its version where it is read', async () => {
    const chain = project(CHAIN);
    await lineageOf(chain);
    expect(brief(await lineageOf(chain))).toEqual(['START chain', 'COMPLETE chain']);
    chain.edit('pipeline.yaml', 'times: 2', 'times: 3');
    const again = await lineageOf(chain, ['doubled']);
    expect(brief(again)).toEqual(['START chain', 'START chain.doubled', 'COMPLETE chain.doubled', 'COMPLETE chain']);
    const version = { datasetVersion: expect.stringMatching(/^[0-9a-f]{64}$/) as string };
    expect(again[1]!.inputs).toMatchObject([{ name: 'amount', facets: { version } }]);
  });

  it('give the version of what a shared store had', async () => {
    const chain = project({ ...CHAIN, 'shared/README': '' });
    await lineageOf(chain, ['doubled'], '.cache', 'shared');
    const elsewhere = await lineageOf(chain, ['total'], 'other-cache', 'shared');
    expect(brief(elsewhere)).toEqual(['START chain', 'START chain.total', 'COMPLETE chain.total', 'COMPLETE chain']);
    const version = { datasetVersion: expect.stringMatching(/^[0-9a-f]{64}$/) as string };
    expect(elsewhere[1]!.inputs).toMatchObject([{ name: 'double_amount', facets: { version } }]);
  });

  it('tell why a stage failed, without the places of this machine', async () => {
    const chain = project(CHAIN);
    chain.write({
      'stages/total.ts': `export default async () => { throw new Error('No luck in ' + import.meta.dirname + ' with ${chain.path('x')}'); };\n`,
    });
    const events = await lineageOf(chain);
    expect(brief(events).slice(-4)).toContain('FAIL chain.total');
    expect(brief(events).at(-1)).toBe('FAIL chain');
    const failed = named(events, 'FAIL chain.total');
    expect(failed.outputs).toEqual([]);
    expect(failed.run.facets['errorMessage']).toMatchObject({
      programmingLanguage: 'TypeScript',
      message: expect.stringMatching(/^No luck in .* with x$/) as string,
      stackTrace: expect.stringContaining('stages/total.ts:1:') as string,
    });
    expect(events.at(-1)!.run.facets['errorMessage']).toMatchObject({ message: 'total failed' });
  });

  it('start what fails before it is started', async () => {
    const chain = project({ ...CHAIN, 'stages/made.ts': 'export default async () => {\n  const = 1;\n};' });
    const events = await lineageOf(chain, ['made']);
    expect(brief(events).slice(-3)).toEqual(['START chain.made', 'FAIL chain.made', 'FAIL chain']);
    const sources = project({ ...CHAIN, 'data-raw/regions.csv': 'code,people\nA,-1\n' });
    const refused = await lineageOf(sources);
    expect(brief(refused)).toEqual(['START chain', 'START chain.sources', 'FAIL chain.sources', 'FAIL chain']);
    expect(refused[2]!.run.facets['errorMessage']).toMatchObject({
      message: expect.stringContaining('column people is below the minimum 0') as string,
    });
  });

  it('tell of each attempt as a run of its own', async () => {
    const of = project({
      'pipeline.yaml': `pipeline: flaky
stages:
  flaky:
    sh: echo x >> {parameters.place}; test $(wc -l < {parameters.place}) -ge 3; cp {parameters.place} {outputs.done}
    parameters: { place: PLACE }
    retries: 2
    outputs: { done: { file: out.txt } }
`,
    });
    of.edit('pipeline.yaml', 'PLACE', of.path('count'));
    const events = await lineageOf(of);
    expect(brief(events)).toEqual([
      'START flaky',
      ...['FAIL', 'FAIL', 'COMPLETE'].flatMap((end) => ['START flaky.flaky', `${end} flaky.flaky`]),
      'COMPLETE flaky',
    ]);
    expect(events[2]!.run.facets['errorMessage']).toMatchObject({ programmingLanguage: 'Bash' });
    expect(new Set(events.map(({ run }) => run.runId)).size).toBe(4);
    // A file has a size only.
    expect(events.at(-2)!.outputs[0]!.outputFacets!['outputStatistics']).toMatchObject({ size: 6 });
    expect(events.at(-2)!.outputs[0]!.outputFacets!['outputStatistics']).not.toHaveProperty('rowCount');
  });

  it('tell artifacts of scenarios apart', async () => {
    const chain = project({
      ...CHAIN,
      'pipeline.yaml': `${CHAIN['pipeline.yaml']!}scenarios:\n  double: { doubled: { times: 4 } }\n`,
    });
    const events = await lineageOf(chain);
    const doubled = named(events, 'COMPLETE chain.doubled@double');
    expect(doubled.inputs).toMatchObject([{ name: 'amount' }]);
    expect(doubled.outputs).toMatchObject([{ name: 'double_amount@double' }]);
    expect(named(events, 'COMPLETE chain.total@double').inputs).toMatchObject([{ name: 'double_amount@double' }]);
  });

  it('end an attempt whose input was damaged', async () => {
    const chain = project(CHAIN);
    await lineageOf(chain, ['made']);
    const events: LineageEvent[] = [];
    const { listen, stop } = openLineage(await chain.workshop(), [], (event) => void events.push(event));
    listen({ kind: 'planned', stages: [], seconds: {}, replaced: {} });
    listen({ kind: 'started', stage: 'doubled', reason: '' });
    listen({ kind: 'started', stage: 'doubled', reason: '' });
    stop();
    stop();
    requireValid(events, chain);
    expect(brief(events)).toEqual([
      'START chain',
      ...['START chain.doubled', 'ABORT chain.doubled', 'START chain.doubled', 'ABORT chain.doubled'],
      'ABORT chain',
    ]);
  });
});

describe('the file of --openlineage', () => {
  it('gets a line for each event, after those that it has', async () => {
    const chain = project(CHAIN);
    const file = chain.path('lineage.ndjson');
    expect((await onCommandLine(chain, 'run', 'made', '--openlineage', file)).code).toBe(0);
    const lines = () => readFileSync(file, 'utf8').trimEnd().split('\n');
    const first = lines();
    expect((await onCommandLine(chain, 'run', 'made', '--openlineage', file)).code).toBe(0);
    expect(lines().slice(0, first.length)).toEqual(first);
    expect(lines()).toHaveLength(first.length + 2);
    requireValid(
      lines().map((line) => JSON.parse(line) as LineageEvent),
      chain,
    );
  });

  it.each(['run', 'watch'])('that cannot be written ends %s before anything runs', async (command) => {
    const chain = project(CHAIN);
    const { code, err } = await onCommandLine(chain, command, '--openlineage', chain.path('nowhere/lineage.ndjson'));
    expect(code).toBe(2);
    expect(err).toMatch(/^The file of --openlineage cannot be written: ENOENT.*\n {2}Name a file/);
    expect(existsSync(chain.path('data-out'))).toBe(false);
    expect(existsSync(chain.path('.cache/receipts'))).toBe(false);
  });

  it('is refused where a file stands in place of a folder', () => {
    const chain = project(CHAIN);
    writeFileSync(chain.path('file'), '');
    expect(() => lineageFile(chain.path('file/lineage'))).toThrow('cannot be written: ENOTDIR');
  });
});
