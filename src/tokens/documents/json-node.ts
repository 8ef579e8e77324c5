import { getNodeValue, parseTree, type Node } from 'jsonc-parser/lib/esm/main.js';
import type { JsonValue } from '../../core/model/json.js';
import type { ValueNode } from './value-node.js';

/** The value of a JSON text, comments and trailing commas allowed, as far as it can be read; null when there is none. */
export function parseJsonNode(text: string, offset = 0): ValueNode | null {
  const root = parseTree(text, [], { allowTrailingComma: true });
  return root === undefined ? null : valueNode(root, offset);
}

function valueNode(node: Node, shift: number): ValueNode {
  const children = node.children ?? [];
  return {
    start: shift + node.offset,
    end: shift + node.offset + node.length,
    get items() {
      return node.type === 'array' ? children.map((child) => valueNode(child, shift)) : null;
    },
    get entries() {
      if (node.type !== 'object') return null;
      return children.flatMap(({ offset, children: [key, value] = [] }) =>
        key === undefined || value === undefined
          ? []
          : [{ key: String(key.value), start: shift + offset, value: valueNode(value, shift) }],
      );
    },
    toJson: () => getNodeValue(node) as JsonValue,
  };
}
