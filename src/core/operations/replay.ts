import type { StoredCommit } from '../model/commit.js';
import type { Content } from '../model/content.js';
import { retargetContent } from './retarget.js';
import type { Scope } from './scope.js';
import { writeCommit } from './write-commit.js';

/**
 * Makes the same commit again on another parent, the commits it names mapped (SPEC §9.3). Its time, message, metadata and config
 * stay; a content that names no commit keeps its exact text and so its hash.
 */
export function replay(
  scope: Scope,
  commit: StoredCommit,
  content: Content,
  text: string,
  parentHash: string | null,
  map: (hash: string) => string,
): StoredCommit {
  const retargeted = retargetContent(commit, content, map);
  return writeCommit(scope, {
    operation: commit.operation,
    content: retargeted,
    parentHash,
    ...(commit.editTarget === null ? {} : { editTarget: map(commit.editTarget) }),
    targets: commit.targets.map(map),
    ...(retargeted === content ? { rawText: text } : {}),
    options: {
      message: commit.message,
      metadata: commit.metadata,
      generationConfig: commit.generationConfig,
      timestamp: commit.timestampIso,
    },
  });
}
