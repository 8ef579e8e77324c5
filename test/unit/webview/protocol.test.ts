import assert from 'node:assert/strict';
import { parseToHost, parseToPanel } from '../../../src/shared/protocol.js';

const HASH = 'a'.repeat(64);

describe('panel protocol (SPEC §17: messages validated both ways)', () => {
  it('takes what fits', () => {
    const request = { type: 'setPriority', hash: HASH, priority: 'pinned' };
    assert.deepEqual(parseToHost(request), { ok: true, value: request });
    const message = { type: 'text', hash: HASH, at: null, text: '<b>' };
    assert.deepEqual(parseToPanel(message), { ok: true, value: message });
  });

  it('refuses what does not, and says where without repeating it', () => {
    for (const data of [
      null,
      'ready',
      { type: 'unknown' },
      { type: 'setPriority', hash: 'HEAD', priority: 'pinned' },
      { type: 'setPriority', hash: HASH.toUpperCase(), priority: 'pinned' },
      { type: 'setPriority', hash: HASH, priority: 'top' },
      { type: 'commit', action: 'deleteEverything', hash: HASH },
      { type: 'command', command: 'workbench.action.terminal.new' },
      { type: 'loadGraph', limit: 0 },
      { type: 'loadGraph', limit: 1e9 },
      { type: 'loadGraph', limit: 1.5 },
      { type: 'send', text: 'x'.repeat(4_000_001) },
      { type: 'openRecord', id: 'x'.repeat(201) },
    ]) {
      const parsed = parseToHost(data);
      assert.ok(!parsed.ok, JSON.stringify(data).slice(0, 80));
      assert.ok(parsed.detail.length <= 1000 && !parsed.detail.includes('terminal'), parsed.detail);
    }
  });

  it('drops fields it does not know and is not fooled by __proto__', () => {
    const parsed = parseToHost(JSON.parse(`{"type":"stop","__proto__":{"admin":true},"extra":1}`));
    assert.ok(parsed.ok);
    assert.deepEqual(Object.keys(parsed.value), ['type']);
    assert.equal('admin' in parsed.value, false);
  });

  it('refuses a snapshot with one bad row whole', () => {
    const row = { id: 'r1', createdAt: '2026-01-01T00:00:00+00:00' };
    const parsed = parseToPanel({ type: 'records', view: { records: [row], hasMore: false } });
    if (parsed.ok) assert.fail('was accepted');
    assert.match(parsed.detail, /^view\.records\.0\.head: /);
  });
});
