import { InvalidArgumentError } from '../core/model/errors.js';
import type { JsonObject, JsonValue } from '../core/model/json.js';
import type { ModelRequest } from '../core/ports/model.js';

/** What the record says was sent must be what is sent, so no parameter may replace it. */
const OWN = new Set(['messages', 'input', 'instructions', 'system', 'stream', 'stream_options', 'n']);

/** Said elsewhere in the request: the model by the connection, the tools by the context. */
const ELSEWHERE = new Set(['model', 'tools']);

/**
 * The parameters of a call under the provider's names. `names` maps Tract's camel-case names; what it does not list goes
 * as it is, so that any parameter of any provider can be given.
 *
 * @throws InvalidArgumentError for a parameter that would change which context is sent.
 */
export function requestParams(
  { params }: ModelRequest,
  names: Readonly<Record<string, string>>,
): Record<string, JsonValue> {
  const result: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(params ?? ({} satisfies JsonObject))) {
    if (OWN.has(name)) {
      throw new InvalidArgumentError(`The parameter ${name} is set by Tract and cannot be given. Nothing was sent.`);
    }
    if (!ELSEWHERE.has(name)) result[Object.hasOwn(names, name) ? (names[name] ?? name) : name] = value;
  }
  return result;
}
