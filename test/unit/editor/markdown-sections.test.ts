import assert from 'node:assert/strict';
import fc from '../support/fast-check.js';
import { countBlock } from '../../../src/tokens/documents/count-block.js';
import { markdownSections } from '../../../src/tokens/documents/markdown-sections.js';
import { tokenizers } from '../tokens/source-tokenizers.js';

const tokenizer = tokenizers.createTokenizer();

/** `[title, own tokens, tokens with sub-sections]` of every section. */
function counted(text: string): [string, number, number][] {
  const counter = tokenizers.createIncrementalCounter(text);
  return markdownSections(text).map((block) => {
    const { own, total } = countBlock(block, tokenizer, (start, end) => counter.countRange(start, end));
    return [block.title, own, total];
  });
}

const outline = (text: string) => markdownSections(text).map(({ level, title }) => `${level} ${title}`);

describe('Markdown sections (§15 inline token counts)', () => {
  it('gives every heading its own tokens and the roll-up with its sub-sections', () => {
    const text = '# Role\nYou are helpful.\n\n## Tone\nBe brief.\n\n## Format\nMarkdown.\n\n# Task\nFix it.\n';
    const parts = [
      '# Role\nYou are helpful.\n\n',
      '## Tone\nBe brief.\n\n',
      '## Format\nMarkdown.\n\n',
      '# Task\nFix it.\n',
    ];
    const own = parts.map((part) => tokenizers.countTokens(part));
    assert.deepEqual(own, [7, 6, 5, 6]);
    assert.deepEqual(counted(text), [
      ['Role', 7, tokenizers.countTokens(parts.slice(0, 3).join(''))],
      ['Tone', 6, 6],
      ['Format', 5, 5],
      ['Task', 6, 6],
    ]);
  });

  it('counts what stands before the first heading as a part of its own', () => {
    assert.deepEqual(counted('You are helpful.\n\n# Task\n'), [
      ['', 4, 4],
      ['Task', 3, 3],
    ]);
    assert.deepEqual(outline('\n\n# Task\n'), ['1 Task']);
  });

  it('has no sections in a text without headings', () => {
    assert.deepEqual(markdownSections('Just a prompt.\n'), []);
    assert.deepEqual(markdownSections(''), []);
  });

  it('knows headings of all levels, underlined ones, closing marks and Windows line ends', () => {
    const text =
      'Title\r\n=====\r\nSub\r\n---\r\n### Three ###\r\n###### Six\r\n####### seven\r\n#none\r\n# C#\r\n#\r\n';
    assert.deepEqual(outline(text), ['1 Title', '2 Sub', '3 Three', '6 Six', '1 C#', '1 ']);
  });

  it('takes no heading from front matter, fences, comments, rules, lists and tables', () => {
    const text = [
      '---\nmode: agent # x\n# not one\n---',
      '# One',
      '```sh\n# comment\n~~~\n```',
      '~~~\n```\n# inside\n~~~',
      '````md\n```\n# inside\n```\n````',
      '<!--\n# hidden\n-->',
      'text\n\n---\n- item\n---\n| a |\n---',
      '    # code\n\n## Two',
      '```js\n# open to the end',
    ].join('\n\n');
    assert.deepEqual(outline(text).slice(1), ['1 One', '2 Two']);
    assert.match(text.slice(0, markdownSections(text)[0]?.end), /mode: agent/);
  });

  it('ends a section at the next heading of its level or above', () => {
    const sections = markdownSections('# a\n### b\n## c\n#### d\n# e\n');
    assert.deepEqual(
      sections.map(({ title, end }) => [title, end]),
      [
        ['a', 22],
        ['b', 10],
        ['c', 22],
        ['d', 22],
        ['e', 26],
      ],
    );
  });

  it('covers the text without gap or overlap, whatever it holds', () => {
    const line = fc.constantFrom(
      '# a',
      '## b',
      'text',
      '',
      '```',
      '---',
      '===',
      '~~~',
      '<!--',
      '-->',
      '- x',
      '###### f',
      '\r',
      '    # i',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const text = lines.join('\n');
        const sections = markdownSections(text);
        let at = sections[0]?.start ?? text.length;
        for (const { start, ownEnd, end } of sections) {
          assert.equal(start, at);
          assert.ok(start < ownEnd && ownEnd <= end && end <= text.length);
          at = ownEnd;
        }
        assert.equal(at, text.length);
      }),
      { numRuns: 2000 },
    );
  });
});
