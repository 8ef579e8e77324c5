/** Context budgeting of workspace files (SPEC §12). What needs Node lies in `node/`. */
export { contentHashOf } from './content-hash.js';
export type { Embedder } from './embedder.js';
export { EmbeddingCache, type EmbeddingCacheFile, type EmbeddingCacheOptions } from './embedding-cache.js';
export { codePointCount, estimateTokens } from './estimate.js';
export { buildHistoryPack, type HistoryPack, type Summary } from './history-pack.js';
export { createIgnoreRules, type IgnoreRules } from './ignore-rules.js';
export { selectionLogLine } from './log-line.js';
export { selectionMetrics } from './metrics.js';
export { createOpenAiEmbedder, type OpenAiEmbedderOptions } from './openai-embedder.js';
export {
  selectFilesForContext,
  type BudgetSelection,
  type ContextFile,
  type FileSelection,
  type SelectionOptions,
  type SelectionReason,
} from './selection.js';
export type { FallbackReason } from './semantic.js';
export { isSecretFile } from './secret-files.js';
export {
  substituteArtifacts,
  type Substitution,
  type SubstitutionOptions,
  type SubstitutionPlan,
  type SubstitutionSwitches,
} from './substitution.js';
export {
  expandFolder,
  MAX_FILE_BYTES,
  MAX_FILES_PER_FOLDER,
  MAX_FILES_PER_WORKSPACE,
  normalisePath,
  readCandidates,
  type CandidateFile,
  type FolderEntry,
  type FolderExpansion,
  type Refusal,
  type RefusalReason,
  type WorkspaceFileAccess,
} from './workspace-files.js';
