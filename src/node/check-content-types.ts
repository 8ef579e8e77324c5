import { FLAG, FUNCTION, LIST, OBJECT, oneOf, shownValue, TEXT, TEXTS, type Kind } from '../core/model/arguments.js';
import { PRIORITIES } from '../core/model/commit.js';
import { CONTENT_TYPES } from '../core/model/content.js';
import { InvalidArgumentError } from '../core/model/errors.js';

const FIELD_KIND = oneOf(['string', 'object', 'strings', 'json']);
const PARTS: Readonly<Record<string, Kind>> = {
  fields: OBJECT,
  priority: oneOf(PRIORITIES),
  compiled: FLAG,
  role: TEXT,
};

/** @throws InvalidArgumentError naming the content type of the caller's own (SPEC §3) that no content could be of */
export function checkContentTypes(types: Readonly<Record<string, unknown>>): void {
  for (const [name, spec] of Object.entries(types)) {
    const refuse = (what: string): never => {
      throw new InvalidArgumentError(`contentTypes: '${name.slice(0, 60)}' ${what}. Nothing was opened.`);
    };
    if (name === '' || Object.hasOwn(CONTENT_TYPES, name)) refuse('is the name of a type of Tract itself, or none');
    if (!OBJECT.accepts(spec)) refuse('must be an object with fields, priority, compiled, role and text');
    const given = spec as Readonly<Record<string, unknown>>;
    for (const [part, kind] of Object.entries(PARTS))
      if (!kind.accepts(given[part]))
        refuse(`needs ${part}: ${kind.says}, got ${shownValue(given[part]).slice(0, 40)}`);
    if (given['compiled'] === true && !FUNCTION.accepts(given['text']))
      refuse('needs text: a function, since it compiles');
    for (const [field, fieldSpec] of Object.entries(given['fields'] as object) as [string, unknown][]) {
      const kind: unknown = OBJECT.accepts(fieldSpec) ? Reflect.get(fieldSpec as object, 'kind') : undefined;
      const listed = LIST.accepts(kind) && TEXTS.accepts(kind);
      if (!listed && !FIELD_KIND.accepts(kind))
        refuse(`needs a kind for '${field.slice(0, 60)}': ${FIELD_KIND.says}, or a list of texts`);
    }
  }
}
