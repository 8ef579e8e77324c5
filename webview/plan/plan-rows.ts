import type { PlanFileView, PlanView } from '../../src/shared/plan-view.js';

/** A row of the plan: a group's heading, or a file. */
export type PlanRow =
  | { readonly kind: 'group'; readonly kept: boolean; readonly files: number; readonly tokens: number }
  | { readonly kind: 'file'; readonly file: PlanFileView };

/** Kept files, then omitted ones, each in the order of the selection (SPEC §12), each under its heading with its sums. */
export function planRows(view: Pick<PlanView, 'files'>): readonly PlanRow[] {
  return [true, false].flatMap((kept): PlanRow[] => {
    const files = view.files.filter((file) => file.kept === kept);
    const tokens = files.reduce((sum, file) => sum + costOf(file), 0);
    return [
      { kind: 'group', kept, files: files.length, tokens },
      ...files.map((file): PlanRow => ({ kind: 'file', file })),
    ];
  });
}

/** The plan after a file was put in or out: what the host will say too, without waiting for it. O(files). */
export function withMoved(view: PlanView, path: string, kept: boolean): PlanView {
  const file = view.files.find((one) => one.path === path);
  if (!file || file.kept === kept) return view;
  const used = view.used + (kept ? costOf(file) : -costOf(file));
  const files = view.files.map((one) => (one === file ? { ...one, kept, reason: 'moved' as const } : one));
  return { ...view, used, overBudget: used > view.cap, files };
}

/** What a file costs in the context: its summary's tokens when one stands for it. */
export function costOf(file: PlanFileView): number {
  return file.substitution?.tokens ?? file.tokens;
}

/** What the substitutions of kept files save together. */
export function savedBy(view: Pick<PlanView, 'files'>): number {
  return view.files.reduce((sum, file) => sum + (file.kept ? (file.substitution?.saves ?? 0) : 0), 0);
}
