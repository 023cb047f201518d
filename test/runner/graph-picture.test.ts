import { expect, it } from 'vitest';
import { mermaid, pictureOf, svg } from '../../runner/graph-picture.ts';
import { survey } from '../../runner/survey.ts';
import { planOf } from '../../runner/workshop.ts';
import { CHAIN, project } from './project.ts';

async function picture(scenarios = '') {
  const chain = project({ ...CHAIN, 'pipeline.yaml': `${CHAIN['pipeline.yaml']!}${scenarios}` });
  const workshop = await chain.workshop();
  return pictureOf(planOf(workshop, []), await survey(workshop));
}

it('the graph shows every stage and source, what they pass on, and what a run would do', async () => {
  expect(mermaid(await picture())).toEqual([
    'flowchart LR',
    '  n0[("region")]:::source',
    '  n1["made"]:::waits',
    '  n2["doubled"]:::waits',
    '  n3["total"]:::waits',
    '  n4["other"]:::waits',
    '  n0 --> n1',
    '  n1 --> n2',
    '  n2 --> n3',
    '  n0 --> n4',
    '  classDef source fill:#f4f1ea,stroke:#8a8170',
    '  classDef cached fill:#e3f1e5,stroke:#3c7a48',
    '  classDef runs fill:#ffe9c7,stroke:#b06a00',
    '  classDef waits fill:#eceef3,stroke:#6b7385',
  ]);
});

it('a scenario reads its own where it has it, and the shared elsewhere', async () => {
  const { edges } = await picture('scenarios: { more: { doubled: { times: 9 } } }\n');
  expect(edges.filter(({ to }) => to.endsWith('@more'))).toEqual([
    { from: 'made', to: 'doubled@more', artifacts: ['amount'] },
    { from: 'doubled@more', to: 'total@more', artifacts: ['double_amount'] },
  ]);
});

it('is well-formed as SVG, nothing over anything else, and names are escaped', async () => {
  const drawn = await picture();
  const named = { ...drawn, nodes: drawn.nodes.map((node) => ({ ...node, title: '<&">' })) };
  const lines = svg(named);
  const boxes = lines.flatMap((line) => {
    const { groups } =
      /<rect x="(?<x>[^"]+)" y="(?<y>[^"]+)" width="(?<width>[^"]+)" height="(?<height>[^"]+)"/.exec(line) ?? {};
    return groups === undefined ? [] : [[groups['x'], groups['y'], groups['width'], groups['height']].map(Number)];
  });
  expect(boxes).toHaveLength(5);
  for (const [index, [x = 0, y = 0, width = 0, height = 0]] of boxes.entries()) {
    for (const [left = 0, top = 0, w = 0, h = 0] of boxes.slice(index + 1))
      expect(x + width <= left || left + w <= x || y + height <= top || top + h <= y).toBe(true);
  }
  expect(lines.filter((line) => line.startsWith('<g><title>&lt;&amp;&quot;&gt;</title>'))).toHaveLength(5);
});
