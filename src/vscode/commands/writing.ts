/**
 * Commands that change the store, by their id without `tract.`. Where the store is read-only they say so, and who holds it, before
 * they ask anything (SPEC §16). The others refuse at the write itself.
 */
export const WRITING: ReadonlySet<string> = new Set([
  ...['importSession', 'importTract', 'importPython', 'newTract', 'spawn', 'collapse', 'gc', 'restoreStore'],
  ...[
    'commitSelection',
    'commitText',
    'commitFile',
    'commitSection',
    'commitChangedFiles',
    'addFiles',
    'summariseFile',
  ],
  ...['checkout', 'checkoutPrevious', 'checkoutBeforeOp', 'checkoutAfterOp', 'resetSoft', 'resetHard', 'undo', 'redo'],
  ...['createBranch', 'renameBranch', 'deleteBranch', 'createTag', 'deleteTag', 'closeOrphan'],
  ...['setPriority', 'pin', 'skip', 'markImportant', 'markNormal', 'editCommit', 'restoreVersion'],
  ...['merge', 'resolveConflict', 'acceptResolution', 'keepOurs', 'takeTheirs', 'proposeResolution', 'abortMerge'],
  ...['rebase', 'cherryPick', 'reorder', 'compress', 'compressUpTo', 'compressOlder', 'expand'],
  ...['makeRoom', 'slidingWindow', 'skipHeaviestToolResults', 'chat', 'generate'],
]);
