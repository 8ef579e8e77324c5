import type { StoredCommit } from '../model/commit.js';
import type { Content } from '../model/content.js';
import type { JsonObject } from '../model/json.js';

/** A commit's content with every commit it names mapped to another (SPEC §9.3); content that names none is returned as it is. */
export function retargetContent(commit: StoredCommit, content: Content, map: (hash: string) => string): Content {
  switch (commit.operation) {
    case 'annotate':
      return { ...content, target: map(content['target'] as string) };
    case 'compress':
      return { ...content, sources: (content['sources'] as readonly string[]).map(map) };
    case 'reorder':
      return { ...content, hashes: (content['hashes'] as readonly string[]).map(map) };
    case 'merge':
      return {
        ...content,
        resolutions: Object.fromEntries(
          Object.entries(content['resolutions'] as JsonObject).map(([target, value]) => [map(target), value]),
        ),
      };
    default:
      return content;
  }
}
