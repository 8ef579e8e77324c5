import type { Hasher } from '../ports/hasher.js';
import { checkArgument, OBJECT } from './arguments.js';
import { canonicalJson } from './canonical.js';
import { CONTENT_TYPES, contentText, validateContent, type ContentTypes } from './content.js';
import { nobleHasher } from './hash.js';

/**
 * The hash of a content (SPEC §4): all fields of its type, defaults and nulls included. An object without a `content_type` is
 * hashed as the JSON it is.
 * @throws ContentValidationError, InvalidArgumentError when it is no object
 */
export function contentHash(
  content: object,
  types: ContentTypes = CONTENT_TYPES,
  hasher: Hasher = nobleHasher,
): string {
  checkArgument('A content', content, OBJECT, 'Nothing was hashed.');
  return hasher.sha256(
    'content_type' in content ? contentText(validateContent(content, types)) : canonicalJson(content),
  );
}
