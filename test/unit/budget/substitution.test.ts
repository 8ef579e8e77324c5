import assert from 'node:assert/strict';
import { contentHashOf } from '../../../src/budget/content-hash.js';
import { buildHistoryPack, type Summary } from '../../../src/budget/history-pack.js';
import { substituteArtifacts, type SubstitutionOptions } from '../../../src/budget/substitution.js';

const long = (word: string): string => `${word} `.repeat(100);
const a = { path: 'src/a.ts', content: long('alpha') };
const b = { path: 'src/b.ts', content: long('beta') };
const source = (file: { path: string; content: string }): Summary['sources'][number] => ({
  path: file.path,
  contentHash: contentHashOf(file.content),
});
const summary = (id: string, sources: Summary['sources'], more: Partial<Summary> = {}): Summary => ({
  id,
  kind: 'file',
  number: 0,
  title: id,
  text: `about ${id}`,
  sources,
  ...more,
});
const plan = (options: Partial<SubstitutionOptions>): ReturnType<typeof substituteArtifacts> =>
  substituteArtifacts({ files: [a, b], summaries: [], switches: { artifacts: true }, ...options });

describe('artifact substitution (§12)', () => {
  it('is off by default', () => {
    const summaries = [summary('s', [source(a)]), summary('n', [source(a)], { kind: 'session' })];
    const off = substituteArtifacts({ files: [a, b], summaries, documentGlobs: ['**'] });
    assert.deepEqual(off, { files: [a, b], substitutions: [] });
  });

  it('puts a labelled, fresh, smaller summary in the place of a file', () => {
    const { files, substitutions } = plan({ summaries: [summary('s', [source(a)])] });
    const text = '[Summary in place of src/a.ts; not the full text]\nabout s';
    assert.deepEqual(files, [{ path: 'src/a.ts', content: text }, b]);
    assert.deepEqual(substitutions, [
      { paths: ['src/a.ts'], source: 'file', summaryId: 's', text, artifactTokens: 14, fullFileTokens: 150 },
    ]);
  });

  it('leaves a file whose content changed, or that only shares the name', () => {
    const stale = summary('s', [{ path: 'src/a.ts', contentHash: contentHashOf('older') }]);
    const elsewhere = summary('t', [{ path: 'lib/a.ts', contentHash: contentHashOf(a.content) }]);
    assert.deepEqual(plan({ summaries: [stale, elsewhere] }).substitutions, []);
  });

  it('never touches deliverables and modifiable files', () => {
    const summaries = [summary('s', [source(a), source(b)])];
    const { files } = plan({
      summaries,
      deliverables: ['src/a.ts'],
      scope: { 'src/b.ts': { category: 'modifiable' } },
    });
    assert.deepEqual(files, [a, b]);
  });

  it('wants strictly fewer tokens, label included', () => {
    const label = '[Summary in place of src/a.ts; not the full text]\n'.length;
    const equal = summary('s', [source(a)], { text: 'x'.repeat(600 - label) });
    assert.deepEqual(plan({ summaries: [equal] }).substitutions, []);
    const smaller = { ...equal, text: equal.text.slice(1) };
    assert.equal(plan({ summaries: [smaller] }).substitutions[0]?.artifactTokens, 149);
  });

  it('sends one summary for several files once', () => {
    const { files, substitutions } = plan({ summaries: [summary('s', [source(a), source(b)])] });
    assert.deepEqual(
      files.map(({ path }) => path),
      ['src/a.ts'],
    );
    assert.deepEqual(substitutions[0]?.paths, ['src/a.ts', 'src/b.ts']);
    assert.equal(substitutions[0].fullFileTokens, 150 + 125);
    assert.match(files[0]?.content ?? '', /^\[Summary in place of src\/a\.ts, src\/b\.ts; not the full text\]\n/);
  });

  it('takes the file summary, then the pack, then the session summary', () => {
    const own = summary('own', [source(a)]);
    const session = summary('session', [source(a)], { kind: 'session', number: 3 });
    const sources = (summaries: readonly Summary[], historyPack: boolean): unknown =>
      plan({ summaries, switches: { artifacts: true, historyPack } }).substitutions.map((one) => one.source);
    assert.deepEqual(sources([session, own], true), ['file']);
    assert.deepEqual(sources([session], true), ['history_pack']);
    assert.deepEqual(sources([session], false), ['session']);
    const packed = plan({ summaries: [session], switches: { historyPack: true } });
    assert.deepEqual(packed.substitutions, []);
  });

  it('replaces documents of record by the pack, once', () => {
    const log = { path: 'docs/CHANGELOG.md', content: long('change') };
    const old = { path: 'CHANGELOG.md', content: long('older') };
    const tiny = { path: 'x/CHANGELOG.md', content: 'tiny' };
    const summaries = [summary('s9', [], { kind: 'session', number: 9 })];
    const { files, substitutions } = plan({
      files: [a, log, old, tiny],
      summaries,
      documentGlobs: ['CHANGELOG.md'],
      switches: { documentsOfRecord: true },
    });
    assert.deepEqual(
      files.map(({ path }) => path),
      ['src/a.ts', 'docs/CHANGELOG.md', 'x/CHANGELOG.md'],
    );
    assert.deepEqual(substitutions[0]?.paths, ['docs/CHANGELOG.md', 'CHANGELOG.md']);
    assert.equal(substitutions[0].source, 'history_pack');
    assert.match(substitutions[0].text, /## s9\nabout s9$/);
  });
});

describe('documents of record (§12)', () => {
  const log = { path: 'CHANGELOG.md', content: long('change') };
  const summaries = [summary('s9', [], { kind: 'session', number: 9 })];
  const record = (options: Partial<SubstitutionOptions>) =>
    plan({
      files: [log],
      summaries,
      documentGlobs: ['CHANGELOG.md'],
      switches: { documentsOfRecord: true },
      ...options,
    });

  it('are whole when they are deliverables or may be edited', () => {
    assert.equal(record({}).substitutions.length, 1);
    assert.deepEqual(record({ deliverables: ['CHANGELOG.md'] }).files, [log]);
    assert.deepEqual(record({ scope: { 'CHANGELOG.md': { category: 'modifiable' } } }).files, [log]);
  });

  it('have a switch of their own: the other two do not replace them', () => {
    assert.deepEqual(record({ switches: { artifacts: true, historyPack: true } }).files, [log]);
    assert.deepEqual(record({ switches: {} }).files, [log]);
  });

  it('are whole when there is nothing that could stand for them', () => {
    assert.deepEqual(record({ summaries: [] }).files, [log]);
    assert.deepEqual(record({ documentGlobs: [] }).files, [log]);
    assert.deepEqual(record({ documentGlobs: ['**/CHANGES', 'x'.repeat(501)] }).files, [log]);
  });
});

describe('history pack (§12)', () => {
  const session = (number: number, text = 'done'): Summary =>
    summary(`session-${number}`, [], { kind: 'session', number, text });

  it('is newest first by number: 100 before 99 before 9', () => {
    const { text, summaries } = buildHistoryPack([session(99), session(9), session(100), summary('file', [])]);
    assert.equal(text, '## session-100\ndone\n\n## session-99\ndone\n\n## session-9\ndone');
    assert.deepEqual(
      summaries.map(({ number }) => number),
      [100, 99, 9],
    );
  });

  it('ends before the first that does not fit 10,000 characters', () => {
    const head = '## session-3\n'.length;
    const fits = buildHistoryPack([session(3, 'x'.repeat(10_000 - head)), session(2)]);
    assert.equal(fits.text.length, 10_000);
    assert.equal(fits.summaries.length, 1);
    const gap = buildHistoryPack([session(3), session(2, 'x'.repeat(10_000)), session(1)]);
    assert.equal(gap.text, '## session-3\ndone');
  });

  it('cuts a single too long one, never inside a pair', () => {
    const { text } = buildHistoryPack([session(3, '😀'.repeat(9000))]);
    assert.ok(text.length === 10_000 || text.length === 9_999);
    assert.match(text, /😀…$/u);
    assert.equal(buildHistoryPack([]).text, '');
  });
});
