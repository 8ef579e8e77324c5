import { isJsonObject, type JsonObject } from './json.js';

/**
 * The time of a commit as a person is shown it. A transcript that says no times (SPEC §14: lists of messages) is committed at one
 * fixed time, since times are hashed and importing it again must give the same hashes; when it was imported is in its metadata.
 */
export function shownTime(timestampIso: string, metadata: JsonObject | null): string {
  const transcript = metadata?.['transcript'];
  const importedAt = isJsonObject(transcript) ? transcript['importedAt'] : undefined;
  return typeof importedAt === 'string' ? importedAt : timestampIso;
}
