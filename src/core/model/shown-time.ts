import type { JsonObject, JsonValue } from './json.js';

/**
 * The time of a commit as a person is shown it. A transcript that says no times (SPEC §14: lists of messages) is committed at one
 * fixed time, since times are hashed and importing it again must give the same hashes; when it was imported is in its metadata.
 */
export function shownTime(timestampIso: string, metadata: JsonObject | null): string {
  const transcript = metadata?.['transcript'];
  const importedAt = isObject(transcript) ? transcript['importedAt'] : undefined;
  return typeof importedAt === 'string' ? importedAt : timestampIso;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
