import { z } from 'zod';
import { changesSchema, pipelineSchema } from './pipeline-schema.ts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema of pipeline.yaml for editors, from the one schema by which the file is read. */
export function editorSchema(): JsonSchema {
  const either = z.union([pipelineSchema, changesSchema]);
  const { $schema, anyOf, ...rest } = z.toJSONSchema(either, { io: 'input', target: 'draft-07' }) as JsonSchema;
  const [whole, changes] = anyOf as [JsonSchema, JsonSchema];
  return {
    $schema,
    $comment: 'Made by: npm run --silent pipeline -- schema > pipeline.schema.json',
    title: 'A pipeline file, see docs/pipeline.md',
    // Not `anyOf`: an editor would tell of both what is wrong.
    if: { required: ['base'] },
    then: withShorthands(changes),
    else: withShorthands(whole),
    ...(withShorthands(rest) as JsonSchema),
  };
}

/** `shorthand: 'type'` says of a map that `x` may stand for `{ type: x }`. */
function withShorthands(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withShorthands);
  if (typeof part !== 'object' || part === null) return part;
  const { shorthand, description, ...schema } = Object.fromEntries(
    Object.entries(part).map(([name, value]) => [name, withShorthands(value)]),
  );
  const described = description === undefined ? {} : { description };
  if (typeof shorthand !== 'string') return { ...described, ...schema };
  const { properties } = schema as { properties: Readonly<Record<string, unknown>> };
  return { ...described, anyOf: [properties[shorthand], schema] };
}
