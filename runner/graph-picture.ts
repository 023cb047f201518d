import { Graph, layout } from '@dagrejs/dagre';
import { datasetsOf, type Datasets } from './datasets.ts';
import type { Plan } from './graph.ts';
import type { Standing } from './survey.ts';

/** A stage or a source, as it is drawn. */
interface Node {
  readonly id: string;
  readonly shape: 'stage' | 'source';
  readonly state: Standing['state'] | 'source';
  readonly title: string;
}

/** From what makes something to the stage that reads it, with its name. */
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly artifacts: readonly string[];
}

export interface Picture {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
}

/** What is drawn of a plan: its stages, its sources, and what they pass on. */
export function pictureOf(plan: Plan, standings: readonly Standing[]): Picture {
  const { stages, sources } = plan;
  const datasets = datasetsOf(plan);
  const states = new Map(standings.map(({ stage, state }) => [stage, state]));
  const nodes: Node[] = [
    ...sources.map(({ name, file }): Node => ({ id: name, shape: 'source', state: 'source', title: file })),
    ...stages.map(({ id, description }): Node => {
      return { id, shape: 'stage', state: states.get(id) ?? 'waits', title: description };
    }),
  ];
  return { nodes, edges: stages.flatMap((stage) => edgesInto(stage.id, datasets.readBy(stage))) };
}

function edgesInto(to: string, read: ReturnType<Datasets['readBy']>): Edge[] {
  const inputs = new Map<string, string[]>();
  for (const { input, dataset } of read) {
    const from = dataset.kind === 'artifact' ? dataset.stage : dataset.source.name;
    inputs.set(from, [...(inputs.get(from) ?? []), input]);
  }
  return [...inputs].map(([from, artifacts]) => ({ from, to, artifacts }));
}

const COLOURS = {
  source: ['#f4f1ea', '#8a8170'],
  cached: ['#e3f1e5', '#3c7a48'],
  runs: ['#ffe9c7', '#b06a00'],
  waits: ['#eceef3', '#6b7385'],
} as const;

/** A flowchart that GitHub and many editors draw. */
export function mermaid({ nodes, edges }: Picture): string[] {
  const number = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  return [
    'flowchart LR',
    ...nodes.map(({ id, shape, state }) => {
      const [open, close] = shape === 'source' ? ['[(', ')]'] : ['[', ']'];
      return `  ${number.get(id)!}${open}"${id}"${close}:::${state}`;
    }),
    ...edges.map(({ from, to }) => `  ${number.get(from)!} --> ${number.get(to)!}`),
    ...Object.entries(COLOURS).map(([state, [fill, stroke]]) => `  classDef ${state} fill:${fill},stroke:${stroke}`),
  ];
}

const HEIGHT = 30;
const MARGIN = 20;
/** Of the letters below, by and large. */
const LETTER = 7.4;

/** The same as a drawing of its own. */
export function svg({ nodes, edges }: Picture): string[] {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 60, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { width: Math.round(id.length * LETTER) + 24, height: HEIGHT });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" font-family="system-ui, sans-serif" font-size="13">`,
    '<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#777"/></marker></defs>',
    ...edges.map(({ from, to, artifacts }) => {
      const { points } = graph.edge(from, to) as { points: readonly { x: number; y: number }[] };
      const path = points
        .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
        .join('');
      return `<path d="${path}" fill="none" stroke="#999" marker-end="url(#end)"><title>${escaped(artifacts.join(', '))}</title></path>`;
    }),
    ...nodes.map(({ id, shape, state, title }) => {
      const node = graph.node(id) as { x: number; y: number; width: number };
      const [fill, stroke] = COLOURS[state];
      const [x, y] = [(node.x - node.width / 2).toFixed(1), (node.y - HEIGHT / 2).toFixed(1)];
      const box = `<rect x="${x}" y="${y}" width="${node.width}" height="${HEIGHT}" rx="${shape === 'source' ? 14 : 4}" fill="${fill}" stroke="${stroke}"/>`;
      const label = `<text x="${node.x.toFixed(1)}" y="${(node.y + 4.5).toFixed(1)}" text-anchor="middle">${escaped(id)}</text>`;
      return `<g><title>${escaped(title)}</title>${box}${label}</g>`;
    }),
    '</svg>',
  ];
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
