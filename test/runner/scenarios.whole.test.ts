import { describe, expect, it } from 'vitest';
import { parsePipeline } from '../../runner/pipeline-file.ts';
import { CHAIN, project, projectThatRan } from './project.ts';

const SCENARIOS = {
  ...CHAIN,
  'pipeline.yaml': `${CHAIN['pipeline.yaml']!}scenarios:
  double: { doubled: { times: 4 } }
  shifted: { made: { factor: 3 }, doubled: { times: 5 } }
`,
};

describe('scenarios', () => {
  it('run what differs in them, share what does not, and are published beside the pipeline as it stands', async () => {
    const chain = project(SCENARIOS);
    const { executed } = await chain.run();
    expect(executed.toSorted()).toEqual(
      [
        ...['made', 'doubled', 'total', 'other'],
        ...['doubled@double', 'total@double'],
        ...['made@shifted', 'doubled@shifted', 'total@shifted'],
      ].toSorted(),
    );
    expect(chain.read('data-out/report.txt')).toBe('total 24\n');
    expect(chain.read('data-out/scenarios/double/report.txt')).toBe('total 48\n');
    expect(chain.read('data-out/scenarios/shifted/report.txt')).toBe('total 90\n');
    expect((await chain.run()).executed).toEqual([]);
    expect(await chain.why('made@double')).toMatch(
      /^made@double is made: the scenario double changes nothing for it\.\n/,
    );
  });

  it('are run again only where they changed, and one alone by its name', async () => {
    const chain = await projectThatRan(SCENARIOS);
    chain.edit('pipeline.yaml', 'times: 4', 'times: 6');
    expect((await chain.status()).filter(({ state }) => state !== 'cached').map(({ stage }) => stage)).toEqual([
      'doubled@double',
      'total@double',
    ]);
    expect(await chain.why('doubled@double')).toContain('parameter times: 4 -> 6');
    expect((await chain.run('total@double')).executed).toEqual(['doubled@double', 'total@double']);
    expect((await chain.run()).executed).toEqual([]);
    expect(chain.read('data-out/scenarios/double/report.txt')).toBe('total 72\n');
  });

  it('that is as the pipeline stands has nothing of its own', async () => {
    const chain = project({
      ...CHAIN,
      'pipeline.yaml': `${CHAIN['pipeline.yaml']!}scenarios: { same: { doubled: { times: 2 } } }\n`,
    });
    expect((await chain.run()).executed.toSorted()).toEqual(['doubled', 'made', 'other', 'total']);
  });

  it.each([
    ['{ a: { doubld: { times: 1 } } }', 'there is no stage `doubld`'],
    ['{ a: { doubled: { time: 1 } } }', 'stage `doubled` has no parameter `time`'],
    ['{ A b: { doubled: { times: 1 } } }', 'the stage name `A b` is not allowed'],
  ])('%s is refused by name and place', (scenarios, message) => {
    const text = `${CHAIN['pipeline.yaml']!}scenarios: ${scenarios}\n`;
    const about = { absolute: '/p/pipeline.yaml', file: 'pipeline.yaml', root: '/p', exists: () => true };
    expect(() => parsePipeline(text, about)).toThrow(message);
    expect(() => parsePipeline(text, about)).toThrow(/pipeline\.yaml:\d+:\d+/);
  });

  it('that are not there are refused by name', async () => {
    const chain = project(SCENARIOS);
    await expect(chain.run('total@duble')).rejects.toThrow('There is no scenario `duble`');
    await expect(chain.why('totl@double')).rejects.toThrow('There is no stage `totl`');
  });
});
