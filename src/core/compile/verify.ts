import { canonicalJson } from '../model/canonical.js';
import type { Tokenizer } from '../ports/tokenizer.js';
import { estimatedTokens, render } from './render.js';
import type { Snapshot } from './snapshot.js';

/** What differs between two snapshots that should be equal, as short texts (SPEC §5.1). */
export function differences(cached: Snapshot, fresh: Snapshot, tokenizer: Tokenizer): readonly string[] {
  const found: string[] = [];
  for (const options of [{}, { includeReasoning: true }]) {
    const a = render(cached, options, tokenizer);
    const b = render(fresh, options, tokenizer);
    const length = Math.max(a.messages.length, b.messages.length);
    for (let i = 0; i < length && found.length < 5; i++) {
      // Messages are made by one function, so that their keys stand in one order.
      if (a.messages[i] !== b.messages[i] && JSON.stringify(a.messages[i]) !== JSON.stringify(b.messages[i]))
        found.push(`message ${i}`);
    }
    if (a.estimatedTokens !== b.estimatedTokens) found.push(`${a.estimatedTokens} and ${b.estimatedTokens} tokens`);
    if (canonicalJson(a.tools) !== canonicalJson(b.tools)) found.push('tools');
  }
  if (canonicalJson(cached.settings.toObject()) !== canonicalJson(fresh.settings.toObject())) found.push('settings');
  for (const snapshot of [cached, fresh]) {
    const rendered = render(snapshot, {}, tokenizer);
    if (
      rendered.messages.length !== snapshot.shown ||
      rendered.estimatedTokens !== estimatedTokens(snapshot, tokenizer)
    )
      found.push('running sums');
  }
  return found;
}
