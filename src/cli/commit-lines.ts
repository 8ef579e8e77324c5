import { HEADS, TAGS, symbolicTarget } from '../core/model/refs.js';
import { shownTime } from '../core/model/shown-time.js';
import type { LogEntry } from '../core/operations/log.js';
import type { Store } from '../core/store.js';
import type { Tract } from '../core/tract.js';
import type { Paint } from './colours.js';
import { grouped } from './figures.js';
import type { Output } from './output.js';

/** The refs that stand on a commit, as git shows them: ` (HEAD -> main, tag: v1)`, or nothing. */
export type Decorations = (commitHash: string, paint: Paint) => string;

export function decorations(store: Store, { tractId, head, currentBranch, isDetached }: Tract): Decorations {
  const names = new Map<string, { readonly text: string; readonly style: 'cyan' | 'green' | 'yellow' }[]>();
  const add = (hash: string, text: string, style: 'cyan' | 'green' | 'yellow') => {
    names.set(hash, [...(names.get(hash) ?? []), { text, style }]);
  };
  if (head !== null && isDetached) add(head, 'HEAD', 'cyan');
  if (head !== null && currentBranch !== null) add(head, `HEAD -> ${currentBranch}`, 'cyan');
  for (const [ref, value] of store.storage.refs(tractId, 'refs/')) {
    if (symbolicTarget(value) !== undefined || ref === HEADS + (currentBranch ?? '')) continue;
    if (ref.startsWith(HEADS)) add(value, ref.slice(HEADS.length), 'green');
    if (ref.startsWith(TAGS)) add(value, `tag: ${ref.slice(TAGS.length)}`, 'yellow');
  }
  return (hash, paint) => {
    const here = names.get(hash) ?? [];
    return here.length === 0 ? '' : ` (${here.map(({ text, style }) => paint(style, text)).join(', ')})`;
  };
}

/** The head of a commit, as `git log` prints it. */
export function printCommit(out: Output, entry: LogEntry, refs: Decorations): void {
  out.line(`${out.paint('yellow', `commit ${entry.commitHash}`)}${refs(entry.commitHash, out.paint)}`);
  if (entry.extraParents.length > 0)
    out.line(`Merge:  ${[entry.parentHash ?? '', ...entry.extraParents].map((hash) => hash.slice(0, 8)).join(' ')}`);
  if (entry.author !== null) out.line(`Author: ${out.oneLine(entry.author)}`);
  out.line(`Date:   ${shownTime(entry.createdAt, entry.metadata)}`);
  const facts = [
    entry.operation === 'append' ? entry.contentType : `${entry.operation} (${entry.contentType})`,
    `~${grouped(entry.tokenCount)} tokens`,
    ...(entry.effectivePriority === 'normal' ? [] : [entry.effectivePriority]),
    ...(entry.edits > 0 ? [`edited ${entry.edits}×`] : []),
    ...(entry.compressedBy === null ? [] : [`compressed by ${entry.compressedBy.slice(0, 8)}`]),
  ];
  out.line(`Type:   ${facts.join(', ')}`);
}
