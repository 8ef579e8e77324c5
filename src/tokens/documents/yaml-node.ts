import { isMap, isNode, isScalar, isSeq, parseAllDocuments, type Document, type Node } from 'yaml';
import type { JsonValue } from '../../core/model/json.js';
import type { ValueNode } from './value-node.js';

/** Aliases in one document that are followed: enough for people, too few for a "billion laughs" text. */
const MAX_ALIASES = 100;

/** The value of each document of a YAML text, as far as it can be read. An alias is a value without parts: they stand at its anchor. */
export function parseYamlNodes(text: string): ValueNode[] {
  const documents = parseAllDocuments(text, { keepSourceTokens: false, logLevel: 'silent', uniqueKeys: false });
  if (!Array.isArray(documents)) return [];
  return (documents as readonly Document.Parsed[]).flatMap((document) =>
    document.contents === null ? [] : [valueNode(document.contents, document)],
  );
}

function valueNode(node: Node, document: Document.Parsed): ValueNode {
  const [start, end] = node.range ?? [0, 0];
  return {
    start,
    end,
    get items() {
      return isSeq(node) ? node.items.filter(isNode).map((item) => valueNode(item, document)) : null;
    },
    get entries() {
      if (!isMap(node)) return null;
      return node.items.flatMap(({ key, value }) =>
        isNode(key) && isScalar(key) && isNode(value)
          ? [{ key: String(key.value), start: key.range?.[0] ?? start, value: valueNode(value, document) }]
          : [],
      );
    },
    toJson() {
      try {
        return jsonValue(node.toJS(document, { maxAliasCount: MAX_ALIASES }));
      } catch {
        // Too many aliases, or one without its anchor: the text stands for nothing that can be counted.
        return null;
      }
    },
  };
}

/** YAML knows more than JSON (dates, binary, NaN): such values count as their text. */
function jsonValue(value: unknown): JsonValue {
  if (value === undefined) return null;
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
