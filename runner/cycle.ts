import { producers, type Pipeline, type StageDeclaration } from './pipeline.ts';

/** A stage in a ring, and the input through which it waits for the next one. */
interface Link {
  readonly stage: string;
  readonly input: string;
}

/** Stages that wait for each other in a ring; null if there are none. An absent file's stand-in counts as its maker. */
export function findCycle({ sources, stages }: Pipeline): Link[] | null {
  const maker = producers(stages.values());
  const settled = new Set<string>();
  const trail: Link[] = [];
  const visit = (stage: StageDeclaration): Link[] | null => {
    const begins = trail.findIndex((link) => link.stage === stage.name);
    if (begins >= 0) return trail.slice(begins);
    if (settled.has(stage.name)) return null;
    for (const input of [...stage.inputs, ...stage.optionalInputs]) {
      const next = maker.get(sources.get(input)?.otherwise ?? input);
      if (next === undefined) continue;
      trail.push({ stage: stage.name, input });
      const cycle = visit(next);
      if (cycle !== null) return cycle;
      trail.pop();
    }
    settled.add(stage.name);
    return null;
  };
  for (const stage of stages.values()) {
    const cycle = visit(stage);
    if (cycle !== null) return cycle;
  }
  return null;
}
