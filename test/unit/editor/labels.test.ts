import assert from 'node:assert/strict';
import type { DocumentBlock } from '../../../src/tokens/documents/block.js';
import { blockLabel, labelOffset, tokenLabel } from '../../../src/vscode/editor/block-label.js';
import { tokenTree } from '../../../src/vscode/editor/folder-tokens.js';

const section: DocumentBlock = { kind: 'section', title: 'a', level: 1, start: 0, ownEnd: 5, end: 9 };
const message: DocumentBlock = { kind: 'message', start: 2, end: 9, message: { role: 'user' } };

describe('Labels of counts (§15)', () => {
  it('says the tokens, the roll-up, and ~ for an estimate', () => {
    assert.equal(tokenLabel(1240, false), '1,240 tok');
    assert.equal(blockLabel(section, { own: 12, total: 12 }, false), '12 tok');
    assert.equal(blockLabel(section, { own: 12, total: 1240 }, true), '~12 tok · Σ ~1,240');
    assert.equal(blockLabel(message, { own: 8, total: 8 }, false), '8 tok');
    const chat: DocumentBlock = { kind: 'chat', start: 0, end: 9, messages: [{ role: 'user' }], tools: [] };
    assert.equal(blockLabel(chat, { own: 8, total: 8 }, false), '8 tok · 1 message');
    assert.equal(
      blockLabel({ kind: 'tools', start: 0, end: 9, tools: [1, 2] }, { own: 8, total: 8 }, false),
      '8 tok · 2 tools',
    );
  });

  it('stands at the end of the first line, after a block in a line, before a JSON line', () => {
    assert.equal(labelOffset('# ab\ntext', section, false), 4);
    assert.equal(labelOffset('# ab\r\ntext', section, false), 4);
    assert.equal(labelOffset('[ {      } ]', message, false), 9);
    assert.equal(labelOffset('[ {      } ]', message, true), 2);
  });
});

describe('Tokens of a folder (§15)', () => {
  it('is a tree with the heaviest first', () => {
    const tree = tokenTree('src', [
      { path: 'src/a.ts', tokens: 5 },
      { path: 'src/lib/b.ts', tokens: 4 },
      { path: 'src/lib/c.ts', tokens: 40 },
      { path: 'src/z.ts', tokens: 5 },
      { path: 'srcs/other.ts', tokens: 99 },
    ]);
    assert.equal(tree.tokens, 54);
    assert.deepEqual(
      tree.children?.map(({ name, path, tokens }) => [name, path, tokens]),
      [
        ['lib', 'src/lib', 44],
        ['a.ts', 'src/a.ts', 5],
        ['z.ts', 'src/z.ts', 5],
      ],
    );
    assert.deepEqual(
      tree.children[0]?.children?.map(({ name }) => name),
      ['c.ts', 'b.ts'],
    );
    assert.deepEqual(tokenTree('', []), { name: '', path: '', tokens: 0, children: [] });
  });
});
