import { LineCounter, isMap, isNode, isPair, isScalar, isSeq, parseDocument, type Document, type Node } from 'yaml';
import type { Position } from './diagnostic.ts';
import { findUnfit } from './yaml-values.ts';

export type YamlPath = readonly PropertyKey[];

/** A YAML text as plain values, with the place of each. */
export interface YamlDocument {
  readonly value: unknown;
  /** Where the value at a path stands, or its key; the nearest enclosing place if there is no such path. */
  position(path: YamlPath, part?: 'key' | 'value'): Position;
}

interface YamlProblem {
  readonly at: Position;
  readonly message: string;
}

/** Enough for repeated column blocks, far from what a billion-laughs file needs. */
const MAX_ALIASES = 100;

/** Reads one YAML 1.2 document. Tags, duplicate keys, names that every object has, and alias bombs are problems, not values. */
export function readYaml(text: string): YamlDocument | YamlProblem[] {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      version: '1.2',
      schema: 'core',
      // Else `!!binary`, `!!set` and `!!timestamp` would make objects that nothing here expects.
      resolveKnownTags: false,
      // A list or map for a name would be written out to be one.
      stringKeys: true,
    });
    // What follows the first slip of syntax is mostly its consequence.
    const slip = document.errors.find(({ code }) => code !== 'DUPLICATE_KEY');
    // A warning is a tag that YAML does not know: it would be dropped silently.
    const problems = slip === undefined ? [...document.errors, ...document.warnings] : [slip];
    if (problems.length > 0)
      return problems.map(({ pos, message }) => ({ at: at(pos[0]), message: firstLine(message) }));
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    const position: YamlDocument['position'] = (path, part = 'value') => at(offsetOf(document, path, part));
    const unfit = findUnfit(value);
    if (unfit !== null) return [{ at: position(unfit.path, unfit.part), message: unfit.message }];
    return { value, position };
  } catch (error) {
    // Too many aliases, or nesting deeper than the stack.
    const start = { line: 1, column: 1 };
    if (error instanceof RangeError) return [{ at: start, message: 'something here is nested too deeply' }];
    return [{ at: start, message: firstLine(error instanceof Error ? error.message : String(error)) }];
  }
}

const firstLine = (text: string) => text.split('\n')[0] ?? '';

function offsetOf(document: Document, path: YamlPath, part: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? start(node) : 0;
  for (const [depth, step] of path.entries()) {
    const wantsKey = part === 'key' && depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => (isScalar(key) ? key.value : key) === step);
      if (!isPair(pair) || !isNode(pair.key)) return offset;
      offset = start(pair.key);
      if (wantsKey || !isNode(pair.value)) return offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
    } else return offset;
    if (!isNode(node)) return offset;
    // A block starts on the line after its key; the key is where one looks.
    if (isScalar(node) || node.range?.[0] === undefined || 'flow' in node) offset = start(node);
  }
  return offset;
}

const start = (node: Node): number => node.range?.[0] ?? 0;
