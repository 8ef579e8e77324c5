import assert from 'node:assert/strict';
import { openTract } from '../support.js';

/** The message of a commit of this content that was given none. */
async function messageOf(content: object): Promise<string> {
  const tract = await openTract();
  return (await tract.commit(content)).message;
}

const user = (text: string) => ({ content_type: 'dialogue', role: 'user', text });
const call = (payload: object, tool_name = 'calc') => ({
  content_type: 'tool_io',
  tool_name,
  direction: 'call',
  payload,
});
const result = (payload: object, status: string | null = null) => ({
  content_type: 'tool_io',
  tool_name: 'calc',
  direction: 'result',
  payload,
  status,
});

describe('messages that nobody wrote (§3)', () => {
  it('§3: the text on one line', async () => {
    assert.equal(await messageOf(user('Hi there')), 'Hi there');
    assert.equal(await messageOf(user('1. Ferns\n2. Hostas\r\n3. Pond liner\n')), '1. Ferns 2. Hostas 3. Pond liner');
    assert.equal(await messageOf({ content_type: 'artifact', artifact_type: 'code', content: 'a\n\nb' }), 'a  b');
  });

  it('§3: at most 500 characters, ending `...` when cut', async () => {
    assert.equal(await messageOf(user('x'.repeat(500))), 'x'.repeat(500));
    assert.equal(await messageOf(user('x'.repeat(501))), `${'x'.repeat(497)}...`);
    // Characters, not UTF-16 units: no pair is cut in two.
    assert.equal(await messageOf(user('😀'.repeat(500))), '😀'.repeat(500));
    assert.equal(await messageOf(user('😀'.repeat(501))), `${'😀'.repeat(497)}...`);
  });

  it('§3: empty text gives the type’s name; an explicit "" stays ""', async () => {
    assert.equal(await messageOf(user('')), 'dialogue');
    assert.equal(await messageOf(user(' \n')), 'dialogue');
    assert.equal(await messageOf({ content_type: 'config', settings: { a: 1 } }), 'config');
    assert.equal(await messageOf({ content_type: 'metadata', kind: 'note' }), 'metadata');
    const tract = await openTract();
    assert.equal((await tract.user('Hi', { message: '' })).message, '');
    assert.equal((await tract.user('Hi', { message: 'two\nlines' })).message, 'two\nlines');
  });

  it('§3: a tool call is one line: arguments in order, strings quoted and cut at 60, the line at 200', async () => {
    assert.equal(await messageOf(call({ expression: '2+2' })), "calc(expression='2+2')");
    assert.equal(await messageOf(call({ b: 2, a: true, c: null, d: [1] })), 'calc(a=true, b=2, c=null, d=[1])');
    assert.equal(await messageOf(call({})), 'calc()');
    assert.equal(await messageOf(call({ a: 'x'.repeat(60) })), `calc(a='${'x'.repeat(60)}')`);
    assert.equal(await messageOf(call({ a: 'x'.repeat(61) })), `calc(a='${'x'.repeat(57)}...')`);
    const long = await messageOf(call({ a: Array.from({ length: 100 }, (_, i) => i) }));
    assert.equal(long.length, 200);
    assert.ok(long.startsWith('calc(a=[0,1,2,') && long.endsWith('...'));
  });

  it('§3: a result with one key, an error, and anything else as compact JSON', async () => {
    assert.equal(await messageOf(result({ value: 4 })), 'calc → 4');
    assert.equal(await messageOf(result({ value: 'four' })), 'calc → four');
    assert.equal(await messageOf(result({ value: 4 }, 'success')), 'calc → 4');
    assert.equal(await messageOf(result({ message: 'boom' }, 'error')), 'calc ✗ boom');
    const tract = await openTract();
    await tract.commit(result({ b: 2, a: 1 }));
    assert.equal((await tract.compile()).messages[0]?.content, 'calc →\n{"a":1,"b":2}');
  });
});
