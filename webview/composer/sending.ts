import type { ComposerView } from '../../src/shared/composer-view.js';

/** Whether the draft can be sent: at once, when the model is known, or not (the reason is shown, or there is nothing to send). */
export type Sending = 'now' | 'without-model' | 'refused' | 'nothing';

/** An empty draft asks the model to go on from the context, where there is one. */
export function sending(view: ComposerView, draft: string): Sending {
  if (view.disabled !== null) return 'refused';
  if (draft.trim() === '' && view.context.count === 0) return 'nothing';
  return view.modelId === null ? 'without-model' : 'now';
}

/** An answer is under way: the next message would not know it. */
export function isRunning({ state }: ComposerView): boolean {
  return state.kind === 'sending' || state.kind === 'streaming';
}
