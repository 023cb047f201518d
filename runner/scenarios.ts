import { isDeepStrictEqual } from 'node:util';
import { MistakeError } from './diagnostic.ts';
import { plan, qualified, stageNamed, type Plan, type PlannedStage, type ScenarioScope } from './graph.ts';
import { suggest } from './nearest.ts';
import type { Pipeline, ScenarioDeclaration } from './pipeline.ts';

/** What has to be done for some targets: a stage by its name, or `STAGE@SCENARIO`. Empty: everything, in every scenario. */
export function planWithScenarios(
  pipeline: Pipeline,
  targets: readonly string[],
  present: (file: string) => boolean,
): Plan {
  const wanted = new Map<string | null, string[]>();
  for (const target of targets) {
    requireStage(pipeline, target);
    const [stage = '', scenario = null] = target.split('@');
    wanted.set(scenario, [...(wanted.get(scenario) ?? []), stage]);
  }
  const all = targets.length === 0;
  const scenarios = [...pipeline.scenarios].flatMap(([name, changes]) => {
    const stages = all ? [] : wanted.get(name);
    return stages === undefined ? [] : [scenarioPlan(pipeline, name, changes, stages, present)];
  });
  const shared = [...(wanted.get(null) ?? []), ...scenarios.flatMap(({ shared }) => shared)];
  const base: Plan =
    all || shared.length > 0
      ? plan(pipeline, all ? [] : shared, present)
      : { stages: [], sources: [], replaced: new Map() };
  const plans = [base, ...scenarios.map((one) => one.plan)];
  const sources = new Set(plans.flatMap((one) => one.sources.map(({ name }) => name)));
  return {
    stages: [...base.stages, ...scenarios.flatMap(({ own }) => own)],
    sources: [...pipeline.sources.values()].filter(({ name }) => sources.has(name)),
    replaced: new Map(plans.flatMap(({ replaced }) => [...replaced])),
  };
}

/** Refuses what is the name of no stage, be it in a scenario. */
export function requireStage(pipeline: Pipeline, id: string): void {
  const [stage = '', scenario = null] = id.split('@');
  if (scenario !== null && !pipeline.scenarios.has(scenario)) {
    throw new MistakeError(`There is no scenario \`${scenario}\`. ${suggest(scenario, pipeline.scenarios.keys())}`);
  }
  stageNamed(pipeline, stage);
}

interface ScenarioPlan {
  readonly plan: Plan;
  /** The stages that differ, under their names in the scenario. */
  readonly own: readonly PlannedStage[];
  /** Names of the stages that are needed as they are in the pipeline as it stands. */
  readonly shared: readonly string[];
}

function scenarioPlan(
  pipeline: Pipeline,
  name: string,
  changes: ScenarioDeclaration,
  targets: readonly string[],
  present: (file: string) => boolean,
): ScenarioPlan {
  const stages = [...pipeline.stages].map(([stage, declared]) => {
    const parameters = { ...declared.parameters, ...changes[stage] };
    return [stage, { ...declared, parameters }] as const;
  });
  const changed = { ...pipeline, stages: new Map(stages) };
  const whole = plan(changed, targets, present);
  const scope = scopeOf(name, pipeline, whole);
  const own = whole.stages.filter((stage) => scope.stages.has(stage.name));
  return {
    plan: whole,
    own: own.map((stage) => inScenario(stage, scope)),
    shared: whole.stages.filter((stage) => !scope.stages.has(stage.name)).map((stage) => stage.name),
  };
}

function scopeOf(name: string, { stages: asTheyStand }: Pipeline, { stages, replaced }: Plan): ScenarioScope {
  const scope = { name, stages: new Set<string>(), artifacts: new Set<string>() };
  // Each comes after those it needs.
  for (const stage of stages) {
    const same = isDeepStrictEqual(stage.parameters, asTheyStand.get(stage.name)?.parameters);
    if (same && !stage.inputs.some((input) => scope.artifacts.has(input))) continue;
    scope.stages.add(stage.name);
    for (const output of stage.outputs) scope.artifacts.add(output.name);
    for (const [source, artifact] of replaced) if (scope.artifacts.has(artifact)) scope.artifacts.add(source);
  }
  return scope;
}

const inScenario = (stage: PlannedStage, scope: ScenarioScope): PlannedStage => ({
  ...stage,
  id: qualified(stage.name, scope),
  after: stage.after.map((before) => (scope.stages.has(before) ? qualified(before, scope) : before)),
  scenario: scope,
  outputs: stage.outputs.map((output) => ({ ...output, publishAs: `scenarios/${scope.name}/${output.publishAs}` })),
});
