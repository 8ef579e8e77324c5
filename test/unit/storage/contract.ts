import assert from 'node:assert/strict';
import type { Change, Storage, StoreChange } from '../../../src/core/ports/storage.js';
import {
  AT,
  USAGE,
  chain,
  chainChanges,
  commit,
  committing,
  content,
  fullCommit,
  metric,
  op,
  record,
  refLog,
  sha256,
  tract,
} from './samples.js';

/** What every implementation of the port must do (SPEC §16, Annex B.14: the common part). `open` gives an empty store. */
export function describeStorageContract(open: () => Promise<Storage>): void {
  let storage: Storage;
  beforeEach(async () => {
    storage = await open();
  });
  afterEach(async () => {
    await storage.close();
  });

  const refused = async (changes: readonly Change[], code = 'STORE_INTEGRITY'): Promise<void> => {
    await assert.rejects(storage.write(changes), (error: unknown) => {
      assert.ok(error instanceof Error && 'code' in error, String(error));
      assert.equal(error.code, code, error.message);
      return true;
    });
  };

  describe('commits and contents', () => {
    it('gives a commit back field by field (§4)', async () => {
      const root = commit('root');
      const side = commit('side', root);
      const full = fullCommit(root, side);
      await storage.write([...committing(root, 'root'), ...committing(side, 'side'), ...committing(full, 'full')]);
      assert.deepEqual(storage.commit(full.commitHash), full);
      assert.deepEqual(storage.commit(root.commitHash), root);
      assert.equal(storage.commit(sha256('other')), undefined);
      assert.deepEqual(
        [...storage.commitHashes()],
        [root, side, full].map((c) => c.commitHash),
      );
    });

    it('keeps texts byte for byte and leaves unknown hashes out', async () => {
      const texts = ['', 'plain', '{"text":"ünï😀\u2028\u0000\r\n"}', '\uFEFFbom', 'x'.repeat(300_000)];
      await storage.write(texts.map(content));
      const found = await storage.contents([...texts.map(sha256), sha256('not there')]);
      assert.deepEqual(new Set(found.values()), new Set(texts));
      assert.equal(found.size, texts.length);
      for (const text of texts) assert.ok(found.get(sha256(text)) === text);
      assert.equal(storage.hasContent(sha256('plain')), true);
      assert.equal(storage.hasContent(sha256('not there')), false);
    });

    it('stores equal content once (§4)', async () => {
      await storage.write([content('twice'), content('twice')]);
      await storage.write([content('twice'), content('é')]);
      assert.deepEqual(
        new Map([...storage.contentSizes()].map((size) => [size.contentHash, size.bytes])),
        new Map([
          [sha256('twice'), 5],
          [sha256('é'), 2],
        ]),
      );
    });

    it('shows a batch to reads at once, before it is durable', async () => {
      const root = commit('root');
      const done = storage.write(committing(root, 'root'));
      assert.deepEqual(storage.commit(root.commitHash), root);
      assert.equal((await storage.contents([root.contentHash])).get(root.contentHash), 'text of root');
      await done;
      assert.deepEqual(storage.commit(root.commitHash), root);
    });

    it('walks the first-parent line, newest first, within limit and depth', async () => {
      const line = chain('c', 10);
      await storage.write(chainChanges('c', 10));
      const merge = commit('merge', line[9], {
        operation: 'merge',
        extraParents: [sha256('c3')],
        lastMerge: sha256('merge'),
      });
      await storage.write(committing(merge, 'merge'));
      const above = commit('above', merge);
      await storage.write(committing(above, 'above'));
      assert.equal(storage.commit(above.commitHash)?.lastMerge, merge.commitHash);
      assert.deepEqual(storage.line(merge.commitHash, 100), [merge, ...line.toReversed()]);
      assert.deepEqual(storage.line(merge.commitHash, 3), [merge, line[9], line[8]]);
      assert.deepEqual(storage.line(merge.commitHash, 100, 8), [merge, line[9], line[8]]);
      assert.deepEqual(storage.line(sha256('c4'), 2), [line[4], line[3]]);
      assert.deepEqual(storage.line(sha256('c4'), 5, 5), []);
      assert.deepEqual(storage.line(sha256('c4'), 0), []);
      assert.deepEqual(storage.line(sha256('nothing'), 5), []);
    });

    it('finds commits by prefix, in order, without wildcards (§8)', async () => {
      const names = Array.from({ length: 40 }, (_, i) => `p${String(i)}`);
      const roots = names.map((name, i) =>
        commit(name, null, { commitHash: (i < 5 ? 'abcd' : i < 9 ? 'abce' : 'ffff') + sha256(name).slice(4) }),
      );
      await storage.write(roots.flatMap((root, i) => committing(root, names[i] ?? '')));
      const abcd = roots.slice(0, 5).map((root) => root.commitHash);
      assert.deepEqual(storage.commitsByPrefix('abcd', 10), abcd.toSorted());
      assert.deepEqual(storage.commitsByPrefix('abcd', 2), abcd.toSorted().slice(0, 2));
      assert.equal(storage.commitsByPrefix('abc', 100).length, 9);
      assert.equal(storage.commitsByPrefix('ffff', 100).length, 31);
      assert.deepEqual(storage.commitsByPrefix(roots[0]?.commitHash ?? '', 10), [roots[0]?.commitHash]);
      assert.deepEqual(storage.commitsByPrefix('ab%d', 10), []);
      assert.deepEqual(storage.commitsByPrefix('ab_d', 10), []);
      assert.deepEqual(storage.commitsByPrefix('1234', 10), []);
    });

    it('lists the commits that name a target in the order stored', async () => {
      const line = chain('t', 3);
      await storage.write(chainChanges('t', 3));
      const target = line[0]?.commitHash ?? '';
      const edits = ['zz', 'aa', 'mm'].map((name) =>
        commit(name, line[2], { operation: 'edit', editTarget: target, targets: [target] }),
      );
      for (const edit of edits) await storage.write(committing(edit, ['zz', 'aa', 'mm'][edits.indexOf(edit)] ?? ''));
      assert.deepEqual(
        storage.commitsTargeting(target),
        edits.map((edit) => edit.commitHash),
      );
      assert.deepEqual(storage.commitsTargeting(line[1]?.commitHash ?? ''), []);
      assert.deepEqual(storage.commitsTargeting(sha256('nothing')), []);
    });

    it('takes the same commit again as no change', async () => {
      const root = commit('root');
      await storage.write(committing(root, 'root'));
      await storage.write([{ kind: 'commit', commit: { ...root, message: 'other' } }]);
      assert.equal(storage.commit(root.commitHash)?.message, 'message of root');
      assert.deepEqual([...storage.commitHashes()], [root.commitHash]);
    });
  });

  describe('atomic batches (§16)', () => {
    it('refuses a batch whose references are not there, and stores nothing of it (§4)', async () => {
      const root = commit('root');
      const child = commit('child', root);
      await refused([content('text of child'), { kind: 'commit', commit: child }]);
      assert.equal(storage.hasContent(child.contentHash), false);
      await refused([{ kind: 'commit', commit: root }]);
      await refused([...committing(root, 'root'), { kind: 'commit', commit: commit('c', root) }]);
      await refused(committing(commit('x', null, { targets: [root.commitHash] }), 'x'));
      await refused(committing(commit('x', null, { extraParents: [root.commitHash] }), 'x'));
      await refused([{ kind: 'recordUpdate', id: 'nothing', update: { outcome: 'failed' } }]);
      assert.deepEqual([...storage.commitHashes()], []);
      assert.deepEqual([...storage.contentSizes()], []);
    });

    it('takes back every kind of change of a refused batch', async () => {
      const line = chain('c', 4);
      await storage.write([
        ...chainChanges('c', 4),
        { kind: 'tract', tract: tract('t') },
        { kind: 'ref', tractId: 't', name: 'HEAD', value: 'ref: refs/heads/main' },
        refLog('t', 'commit'),
        { kind: 'record', record: record('r1', 't', sha256('c1')) },
        { kind: 'op', op: op('o1', 't') },
      ]);
      const before = await everything(storage);
      await refused([
        content('new'),
        ...committing(commit('n', line[3]), 'n'),
        { kind: 'tract', tract: tract('t', { name: 'renamed' }) },
        { kind: 'tract', tract: tract('t2') },
        { kind: 'ref', tractId: 't', name: 'HEAD', value: null },
        { kind: 'ref', tractId: 't', name: 'refs/heads/x', value: sha256('c0') },
        refLog('t', 'reset'),
        { kind: 'record', record: record('r2', 't', sha256('c2')) },
        { kind: 'recordUpdate', id: 'r1', update: { outcome: 'answered' } },
        { kind: 'usage', report: { headHash: sha256('c1'), optionsKey: '', usage: USAGE, at: AT } },
        { kind: 'op', op: op('o1', 't', { outcome: 'done' }) },
        { kind: 'metrics', row: metric('t', 'r1') },
        { kind: 'unreachable', commitHashes: [sha256('c3')], at: AT },
        { kind: 'trimRefLog', tractId: 't', upTo: 100 },
        { kind: 'removeCommits', commitHashes: [sha256('n')] },
        { kind: 'removeContents', contentHashes: [sha256('new')] },
        { kind: 'removeCommits', commitHashes: [sha256('c0')] },
      ]);
      assert.deepEqual(await everything(storage), before);
    });

    it('takes an empty batch', async () => {
      await storage.write([]);
      assert.deepEqual([...storage.commitHashes()], []);
    });

    it('keeps the order of writes that are not awaited', async () => {
      await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          storage.write([
            ...committing(commit(`w${String(i)}`), `w${String(i)}`),
            { kind: 'ref', tractId: 't', name: 'HEAD', value: sha256(`w${String(i)}`) },
            refLog('t', `w${String(i)}`),
          ]),
        ),
      );
      assert.equal(storage.ref('t', 'HEAD'), sha256('w49'));
      assert.deepEqual(
        [...storage.commitHashes()],
        Array.from({ length: 50 }, (_, i) => sha256(`w${String(i)}`)),
      );
      assert.deepEqual(
        storage.refLog('t', { limit: 2 }).map((entry) => entry.action),
        ['w49', 'w48'],
      );
    });
  });

  describe('refs and the ref log (§8)', () => {
    it('sets, moves and deletes refs of each tract on its own, listed by code point', async () => {
      const names = ['refs/heads/é', 'refs/heads/a', 'refs/heads/\uFFFD', 'refs/heads/😀', 'refs/tags/a', 'HEAD'];
      await storage.write(names.map((name) => ({ kind: 'ref', tractId: 't', name, value: sha256(name) })));
      await storage.write([{ kind: 'ref', tractId: 'u', name: 'HEAD', value: 'ref: refs/heads/main' }]);
      assert.deepEqual(
        [...storage.refs('t').keys()],
        ['HEAD', 'refs/heads/a', 'refs/heads/é', 'refs/heads/\uFFFD', 'refs/heads/😀', 'refs/tags/a'],
      );
      assert.deepEqual([...storage.refs('t', 'refs/tags/')], [['refs/tags/a', sha256('refs/tags/a')]]);
      assert.deepEqual([...storage.refs('t', 'refs/heads/%')], []);
      assert.equal(storage.ref('u', 'HEAD'), 'ref: refs/heads/main');
      await storage.write([
        { kind: 'ref', tractId: 't', name: 'HEAD', value: null },
        { kind: 'ref', tractId: 't', name: 'refs/tags/a', value: sha256('moved') },
        { kind: 'ref', tractId: 't', name: 'refs/tags/none', value: null },
      ]);
      assert.equal(storage.ref('t', 'HEAD'), undefined);
      assert.equal(storage.ref('t', 'refs/tags/a'), sha256('moved'));
      assert.equal(storage.refs('none').size, 0);
    });

    it('numbers entries upwards, pages newest first and never uses a number again', async () => {
      await storage.write([refLog('t', 'one'), refLog('u', 'other'), refLog('t', 'two', { kind: 'undo', of: 1 })]);
      await storage.write([refLog('t', 'three')]);
      const all = storage.refLog('t', { limit: 10 });
      assert.deepEqual(
        all.map((entry) => entry.action),
        ['three', 'two', 'one'],
      );
      const [three, two, one] = all;
      assert.ok(three !== undefined && two !== undefined && one !== undefined);
      assert.ok(three.seq > two.seq && two.seq > one.seq);
      assert.deepEqual({ ...two, seq: 0 }, { ...two, seq: 0, kind: 'undo', of: 1, detail: 'two é', at: AT });
      assert.deepEqual(one.changes, [{ ref: 'refs/heads/main', before: null, after: sha256('one') }]);
      assert.deepEqual(storage.refLog('t', { limit: 1, before: three.seq }), [two]);
      assert.deepEqual(storage.refLog('t', { limit: 5, before: one.seq }), []);
      await storage.write([{ kind: 'trimRefLog', tractId: 't', upTo: three.seq }]);
      assert.deepEqual(storage.refLog('t', { limit: 5 }), []);
      assert.equal(storage.refLog('u', { limit: 5 }).length, 1);
      await storage.write([refLog('t', 'four')]);
      assert.ok((storage.refLog('t', { limit: 1 })[0]?.seq ?? 0) > three.seq);
    });
  });

  describe('tracts, records, ops, metrics', () => {
    it('keeps tracts in the order made and replaces by id (§9.7)', async () => {
      const child = tract('b', {
        spawn: { tractId: 'a', commitHash: sha256('x'), purpose: 'p', mode: 'full' },
        source: { format: 'codex', path: 'é' },
      });
      await storage.write([
        { kind: 'tract', tract: tract('z') },
        { kind: 'tract', tract: child },
      ]);
      await storage.write([{ kind: 'tract', tract: tract('z', { name: 'new name', collapsedInto: sha256('y') }) }]);
      assert.deepEqual(storage.tracts(), [tract('z', { name: 'new name', collapsedInto: sha256('y') }), child]);
      assert.deepEqual(storage.tract('b'), child);
      assert.equal(storage.tract('none'), undefined);
    });

    it('keeps records, updates them, pages newest first (§7)', async () => {
      const head = sha256('head');
      const rows = ['r3', 'r1', 'r2'].map((id, i) =>
        record(id, i === 1 ? 'u' : 't', head, {
          params: { temperature: 0.5 },
          effectives: { base: i === 0 ? null : 'r3', keep: i, add: [sha256(id)], chain: i },
        }),
      );
      for (const row of rows) await storage.write([{ kind: 'record', record: row }]);
      await storage.write([{ kind: 'record', record: record('r3', 't', sha256('again')) }]);
      const [r3, r1, r2] = rows;
      assert.deepEqual(storage.record('r1'), r1);
      assert.deepEqual(storage.records('t', { limit: 10 }), [r2, r3]);
      assert.deepEqual(storage.records('t', { limit: 1 }), [r2]);
      assert.deepEqual(storage.records('t', { limit: 10, before: 'r2' }), [r3]);
      assert.deepEqual(storage.records('t', { limit: 10, before: 'none' }), []);
      assert.deepEqual(storage.recordsOf(head), [r2, r1, r3]);
      assert.deepEqual(storage.recordsOf(sha256('again')), []);
      assert.deepEqual(
        storage
          .pendingRecords()
          .map((row) => row.id)
          .toSorted(),
        ['r1', 'r2', 'r3'],
      );
      const update = {
        outcome: 'answered',
        usage: USAGE,
        latencyMs: 12,
        finishReason: 'stop',
        tokenCount: 100,
        tokenSource: 'api:100+50',
        answerHash: sha256('answer'),
        errorCode: null,
        model: 'm-2026',
      } as const;
      await storage.write([{ kind: 'recordUpdate', id: 'r1', update }]);
      assert.deepEqual(storage.record('r1'), { ...r1, ...update });
      assert.deepEqual(
        storage
          .pendingRecords()
          .map((row) => row.id)
          .toSorted(),
        ['r2', 'r3'],
      );
      assert.deepEqual(
        storage.recordsOf(head).map((row) => row.id),
        ['r2', 'r1', 'r3'],
      );
    });

    it('keeps all usage reports, the last for commit and options wins (§6)', async () => {
      const head = sha256('head');
      const report = (optionsKey: string, promptTokens: number): Change => ({
        kind: 'usage',
        report: { headHash: head, optionsKey, usage: { ...USAGE, promptTokens }, at: AT },
      });
      await storage.write([report('', 1), report('{"k":5}', 2), report('', 3)]);
      assert.equal(storage.latestUsage(head, '')?.usage.promptTokens, 3);
      assert.equal(storage.latestUsage(head, '{"k":5}')?.usage.promptTokens, 2);
      assert.equal(storage.latestUsage(head, 'x'), undefined);
      assert.deepEqual(
        storage.usageReports(head).map((row) => row.usage.promptTokens),
        [1, 2, 3],
      );
      assert.deepEqual(storage.usageReports(head)[0], {
        headHash: head,
        optionsKey: '',
        usage: { ...USAGE, promptTokens: 1 },
        at: AT,
      });
      assert.deepEqual(storage.usageReports(sha256('none')), []);
    });

    it('keeps ops at the place of their first insert (§13)', async () => {
      await storage.write([
        { kind: 'op', op: op('o2', 't') },
        { kind: 'op', op: op('o1', 'u') },
        { kind: 'op', op: op('o3', 't') },
      ]);
      const done = op('o2', 't', { outcome: 'done', closedBy: 'user', usage: USAGE, completedAt: AT });
      await storage.write([{ kind: 'op', op: done }]);
      assert.deepEqual(storage.op('o2'), done);
      assert.equal(storage.op('none'), undefined);
      assert.deepEqual(
        storage.ops({ limit: 10 }).map((row) => row.opId),
        ['o3', 'o1', 'o2'],
      );
      assert.deepEqual(
        storage.ops({ limit: 10, tractId: 't' }).map((row) => row.opId),
        ['o3', 'o2'],
      );
      assert.deepEqual(storage.ops({ limit: 1, tractId: 't', before: 'o3' }), [done]);
      assert.deepEqual(storage.ops({ limit: 10, before: 'o2' }), []);
    });

    it('lets the first metrics row per run, phase and outcome win (§12)', async () => {
      await storage.write([{ kind: 'metrics', row: metric('t', 'r2') }]);
      await storage.write([
        { kind: 'metrics', row: metric('t', 'r2', { budget_used: 99 }) },
        { kind: 'metrics', row: metric('t', 'r2', { outcome: 'failed' }) },
        { kind: 'metrics', row: metric('t', 'r1') },
        { kind: 'metrics', row: metric('u', 'r2') },
      ]);
      assert.deepEqual(storage.metrics('t'), [
        metric('t', 'r2'),
        metric('t', 'r2', { outcome: 'failed' }),
        metric('t', 'r1'),
      ]);
      assert.deepEqual(storage.metrics('none'), []);
    });
  });

  describe('removing (§9.6)', () => {
    it('removes commits and contents that nothing needs, and only those', async () => {
      const line = chain('c', 5);
      await storage.write(chainChanges('c', 5));
      await refused([{ kind: 'removeCommits', commitHashes: [sha256('c2')] }]);
      await refused([{ kind: 'removeContents', contentHashes: [sha256('text of c4')] }]);
      await storage.write([
        { kind: 'unreachable', commitHashes: [sha256('c3'), sha256('c4')], at: AT },
        { kind: 'removeCommits', commitHashes: [sha256('c3'), sha256('c4'), sha256('none')] },
        { kind: 'removeContents', contentHashes: [sha256('text of c3'), sha256('text of c4'), sha256('none')] },
      ]);
      assert.deepEqual(storage.line(sha256('c2'), 10), line.slice(0, 3).toReversed());
      assert.equal(storage.commit(sha256('c4')), undefined);
      assert.equal(storage.unreachableSince(sha256('c4')), undefined);
      assert.deepEqual([...storage.commitHashes()], ['c0', 'c1', 'c2'].map(sha256));
      assert.deepEqual(storage.commitsByPrefix(sha256('c4').slice(0, 8), 5), []);
      assert.equal((await storage.contents([sha256('text of c4')])).size, 0);
      await storage.write(chainChanges('c', 5));
      assert.deepEqual(storage.line(sha256('c4'), 10), line.toReversed());
      assert.equal((await storage.contents([sha256('text of c4')])).get(sha256('text of c4')), 'text of c4');
    });

    it('keeps targets and their index right', async () => {
      const root = commit('root');
      const edit = commit('edit', root, { operation: 'edit', editTarget: root.commitHash, targets: [root.commitHash] });
      await storage.write([...committing(root, 'root'), ...committing(edit, 'edit')]);
      await storage.write([{ kind: 'removeCommits', commitHashes: [edit.commitHash] }]);
      assert.deepEqual(storage.commitsTargeting(root.commitHash), []);
    });

    it('marks and unmarks commits as unreachable', async () => {
      await storage.write(chainChanges('c', 2));
      await refused([{ kind: 'unreachable', commitHashes: [sha256('none')], at: AT }]);
      await storage.write([{ kind: 'unreachable', commitHashes: [sha256('c0'), sha256('c1')], at: AT }]);
      assert.equal(storage.unreachableSince(sha256('c0')), AT);
      await storage.write([{ kind: 'unreachable', commitHashes: [sha256('c0')], at: null }]);
      assert.equal(storage.unreachableSince(sha256('c0')), undefined);
      assert.equal(storage.unreachableSince(sha256('c1')), AT);
    });
  });

  describe('telling', () => {
    it('tells listeners after a change which tracts it touched', async () => {
      const told: StoreChange[] = [];
      const stop = storage.onDidChange((change) => told.push(change));
      await storage.write([
        { kind: 'ref', tractId: 'a', name: 'HEAD', value: 'ref: refs/heads/main' },
        { kind: 'record', record: record('r', 'b', sha256('x')) },
        refLog('c', 'x'),
      ]);
      await storage.write([{ kind: 'recordUpdate', id: 'r', update: { outcome: 'failed' } }]);
      stop();
      await storage.write([refLog('c', 'y')]);
      assert.deepEqual(told, [
        { origin: 'own', tractIds: new Set(['a', 'b', 'c']) },
        { origin: 'own', tractIds: new Set(['b']) },
      ]);
    });

    it('is writable, has nothing to report and a clean check', async () => {
      await storage.write(chainChanges('c', 3));
      assert.equal(storage.readOnlyReason, null);
      assert.deepEqual(storage.notices, []);
      assert.deepEqual(await storage.check(), []);
    });

    it('refuses writes once closed', async () => {
      await storage.close();
      await refused([refLog('c', 'y')], 'STORE_CLOSED');
      await storage.close();
    });
  });
}

/** All that a store answers, as one value to compare. */
export async function everything(storage: Storage): Promise<unknown> {
  const hashes = [...storage.commitHashes()];
  const sizes = [...storage.contentSizes()].toSorted((a, b) => (a.contentHash < b.contentHash ? -1 : 1));
  const tractIds = [...new Set([...storage.tracts().map((row) => row.tractId), 't', 'u'])];
  const records = tractIds.flatMap((id) => storage.records(id, { limit: 1000 }));
  return {
    hashes,
    sizes,
    commits: hashes.map((hash) => storage.commit(hash)),
    lines: hashes.map((hash) => storage.line(hash, 1000).length),
    targeting: hashes.map((hash) => storage.commitsTargeting(hash)),
    unreachable: hashes.map((hash) => storage.unreachableSince(hash)),
    reports: hashes.map((hash) => storage.usageReports(hash)),
    texts: new Map([...(await storage.contents(sizes.map((size) => size.contentHash)))].toSorted()),
    tracts: storage.tracts(),
    refs: tractIds.map((id) => storage.refs(id)),
    refLogs: tractIds.map((id) => storage.refLog(id, { limit: 1000 })),
    records,
    pending: storage
      .pendingRecords()
      .map((row) => row.id)
      .toSorted(),
    ops: storage.ops({ limit: 1000 }),
    metrics: tractIds.map((id) => storage.metrics(id)),
  };
}
