import type { Content } from '../../core/model/content.js';
import type { JsonObject } from '../../core/model/json.js';
import { FILE_SELECTION } from '../../core/records/file-selection.js';
import type { Store } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';
import { committedFiles, type CommittedFile } from './committed-files.js';

/** A file, or a summary that stands for files, as it goes into the context. */
export interface FileToCommit {
  /** The file, or the first that the summary stands for. */
  readonly path: string;
  readonly content: string;
  /** Of the file's own text. */
  readonly contentHash: string;
  /** Null: the file itself. Else `content` is a labelled summary of these. */
  readonly summaryOf: readonly { readonly path: string; readonly contentHash: string }[] | null;
}

export interface CommittedResult {
  readonly added: readonly string[];
  /** In the context already and different now: committed as an edit. */
  readonly changed: readonly string[];
  /** In the context already, as they are. */
  readonly unchanged: readonly string[];
}

/**
 * Stages files into a batch: new ones are artifacts, changed ones edits of theirs, files that are as they were are left alone.
 * `inContext` are the files of the context before the batch.
 */
export async function stageFiles(
  batch: Tract,
  inContext: readonly CommittedFile[],
  folder: string | null,
  files: readonly FileToCommit[],
): Promise<CommittedResult> {
  const known = new Map(
    inContext.filter((file) => file.folder === folder && file.leads).map((file) => [file.path, file]),
  );
  const [added, changed, unchanged]: [string[], string[], string[]] = [[], [], []];
  for (const file of files) {
    const before = known.get(file.path);
    const { content, options } = artifact(file, folder);
    if (before === undefined) {
      await batch.commit(content, options);
      added.push(file.path);
    } else if (before.contentHash !== file.contentHash || before.summarised !== (file.summaryOf !== null)) {
      await batch.edit(before.commitHash, content, options);
      changed.push(file.path);
    } else unchanged.push(file.path);
  }
  return { added, changed, unchanged };
}

/**
 * One atomic write, which one undo takes back: the files, and at the end the selection as a `metadata` commit for the next call's
 * record (SPEC §12).
 */
export async function commitSelection(
  store: Store,
  tract: Tract,
  folder: string | null,
  files: readonly FileToCommit[],
  selection: { readonly message: string; readonly data: JsonObject },
): Promise<CommittedResult> {
  const inContext = await committedFiles(store, tract.head);
  return tract.batch(async (batch) => {
    const result = await stageFiles(batch, inContext, folder, files);
    await batch.commit(
      { content_type: 'metadata', kind: FILE_SELECTION, data: selection.data },
      { message: selection.message },
    );
    return result;
  });
}

function artifact({ path, content, contentHash, summaryOf }: FileToCommit, folder: string | null) {
  const artifactContent: Content = {
    content_type: 'artifact',
    artifact_type: summaryOf === null ? 'file' : 'summary',
    content,
    language: null,
  };
  const provenance: JsonObject =
    summaryOf === null
      ? { content_hash: contentHash }
      : { summary_of: summaryOf.map((source) => ({ path: source.path, content_hash: source.contentHash })) };
  return {
    content: artifactContent,
    options: {
      message:
        summaryOf === null ? path : `Summary of ${summaryOf.map((source) => source.path).join(', ')}`.slice(0, 500),
      metadata: { path, role: 'user', ...provenance, ...(folder === null ? {} : { folder }) },
    },
  };
}
