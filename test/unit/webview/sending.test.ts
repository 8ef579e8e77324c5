import assert from 'node:assert/strict';
import { isRunning, sending } from '../../../webview/composer/sending.js';
import type { ComposerView } from '../../../src/shared/composer-view.js';

const READY: ComposerView = {
  models: [],
  modelId: 'provider/model',
  disabled: null,
  context: { count: 0, exact: false },
  stablePrefix: 0,
  reserved: 0,
  available: null,
  state: { kind: 'idle' },
};

describe('what Enter in the composer does (§10, §15)', () => {
  it('sends at once when the model is known', () => {
    assert.equal(sending(READY, 'Hi'), 'now');
    assert.equal(sending({ ...READY, context: { count: 8, exact: false } }, ''), 'now');
  });

  it('lets a message wait for a model that is not known yet', () => {
    assert.equal(sending({ ...READY, modelId: null }, 'Hi'), 'without-model');
  });

  it('sends nothing where there is nothing to send, or nothing may be sent', () => {
    assert.equal(sending({ ...READY, modelId: null }, ' \n'), 'nothing');
    assert.equal(sending({ ...READY, disabled: 'HEAD is detached', modelId: null }, 'Hi'), 'refused');
  });

  it('knows that an answer is under way', () => {
    assert.equal(isRunning({ ...READY, state: { kind: 'sending', since: '2026-01-01T00:00:00Z' } }), true);
    assert.equal(isRunning(READY), false);
  });
});
