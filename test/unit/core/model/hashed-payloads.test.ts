import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { canonicalJson, type Tract } from '../../../../src/library.js';
import type { Commit } from '../../../../src/core/model/commit.js';
import { openTract } from '../support.js';

const sha256 = (value: object) => createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex');

/** The hash of SPEC §4, from what a commit says of itself. */
const commitHashOf = (commit: Commit, more: object = {}) =>
  sha256({
    content_hash: commit.contentHash,
    parent_hash: commit.parentHash,
    content_type: commit.contentType,
    operation: commit.operation,
    timestamp_iso: commit.createdAt,
    ...more,
  });

const text = (content: string) => ({ content_type: 'dialogue', role: 'user', text: content });

describe('hashed payloads (§4, Annex B.3)', () => {
  let tract: Tract;
  let target: string;

  beforeEach(async () => {
    tract = await openTract();
    target = (await tract.user('a question that is long enough to be compressed')).commitHash;
  });

  it('B.3: an edit hashes its content with all nulls, and its target', async () => {
    const commit = await tract.edit(target, text('b'));
    assert.equal(commit.contentHash, sha256({ ...text('b'), name: null }));
    assert.equal(commit.commitHash, commitHashOf(commit, { edit_target: target }));
  });

  it('B.3: an annotation hashes {content_type, target, priority, reason, retention}, nulls kept, and no edit_target', async () => {
    const plain = await tract.annotate(target, 'pinned');
    const annotation = { content_type: 'annotation', target, priority: 'pinned', reason: null, retention: null };
    assert.equal(plain.contentHash, sha256(annotation));
    assert.equal(plain.commitHash, commitHashOf(plain));
    const full = await tract.annotate(target, 'important', {
      reason: 'names',
      retain: { match: ['Ada', /lovelace/i], instructions: 'keep the names' },
    });
    const retention = { match: ['Ada', { regex: 'lovelace', flags: 'i' }], instructions: 'keep the names' };
    assert.equal(full.contentHash, sha256({ ...annotation, priority: 'important', reason: 'names', retention }));
  });

  it('B.3: a compression hashes {content_type, sources, text, role}', async () => {
    const other = (await tract.assistant('an answer that is long enough as well')).commitHash;
    const { commit } = await tract.compress({ text: 'short' });
    assert.equal(
      commit.contentHash,
      sha256({ content_type: 'compression', sources: [target, other], text: 'short', role: 'assistant' }),
    );
    assert.equal(commit.commitHash, commitHashOf(commit));
  });

  it('B.3: an order hashes {content_type, hashes}', async () => {
    const other = (await tract.user('first')).commitHash;
    await tract.reorder([other, target]);
    const [commit] = await tract.log({ limit: 1 });
    assert.equal(commit?.contentHash, sha256({ content_type: 'order', hashes: [other, target] }));
    assert.equal(commit.commitHash, commitHashOf(commit));
  });

  it('B.3, §4: a merge hashes {content_type, resolutions}, and its parents sorted', async () => {
    await tract.branch('f');
    const theirs = await tract.edit(target, text('theirs'));
    await tract.checkout('main');
    const ours = await tract.edit(target, text('ours'));
    const { commit } = await tract.merge('f', { resolutions: { [target.slice(0, 12)]: { text: 'both' } } });
    assert.equal(commit.contentHash, sha256({ content_type: 'merge', resolutions: { [target]: { text: 'both' } } }));
    assert.deepEqual([commit.parentHash, commit.extraParents], [ours.commitHash, [theirs.commitHash]]);
    const parents = [ours.commitHash, theirs.commitHash].sort();
    assert.equal(commit.commitHash, commitHashOf(commit, { parent_hashes: parents }));
  });

  it('B.3: message, metadata, generation config and tags are not hashed', async () => {
    const at = { timestamp: '2026-02-01T00:00:00Z' };
    const one = await tract.user('same', at);
    await tract.reset('HEAD~1');
    const other = await tract.user('same', {
      ...at,
      message: 'another message',
      metadata: { source: 'test' },
      generationConfig: { model: 'm' },
      tags: ['v1'],
    });
    assert.equal(other.commitHash, one.commitHash);
  });
});
