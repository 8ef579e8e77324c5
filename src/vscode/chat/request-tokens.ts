import { PER_REQUEST } from '../../core/compile/message-tokens.js';
import type { Store } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';
import { countMessage } from '../../tokens/messages.js';

/** Estimated tokens of a request that adds the person's text to the context; an empty text adds nothing (SPEC §6). */
export async function requestTokens({ env }: Store, tract: Tract, text: string): Promise<number> {
  const { estimatedTokens } = await tract.compile();
  if (text === '') return estimatedTokens;
  return (
    (estimatedTokens === 0 ? PER_REQUEST : estimatedTokens) +
    countMessage(env.tokenizer, { role: 'user', content: text })
  );
}
