import type { JsonValue } from '../../core/model/json.js';
import type { Span } from './block.js';

/** A value of a JSON or YAML document with its place. */
export interface ValueNode extends Span {
  /** Elements of a list, else null. */
  readonly items: readonly ValueNode[] | null;
  /** Entries of a map in order, else null. `start` is where the key stands. */
  readonly entries: readonly { readonly key: string; readonly start: number; readonly value: ValueNode }[] | null;
  /** The value without its places. */
  toJson(): JsonValue;
}

/** The value of an entry of a map. */
export function entry(node: ValueNode, key: string): ValueNode | undefined {
  return node.entries?.find((candidate) => candidate.key === key)?.value;
}
