import assert from 'node:assert/strict';
import { claudeCommand, codexEntry, jsonEntry, mergedMcpJson } from '../../../src/vscode/mcp/agent-entry.js';

describe('the entry for coding agents (Annex B.13)', () => {
  it('is `tract mcp --store DIR`, as JSON, TOML and a command', () => {
    assert.deepEqual(JSON.parse(jsonEntry('/s t/store')), {
      mcpServers: { tract: { command: 'tract', args: ['mcp', '--store', '/s t/store'] } },
    });
    assert.equal(
      codexEntry('C:\\a "b"'),
      '[mcp_servers.tract]\ncommand = "tract"\nargs = ["mcp", "--store", "C:\\\\a \\"b\\""]\n',
    );
    assert.equal(claudeCommand("/it's"), "claude mcp add tract -- tract mcp --store '/it'\\''s'");
  });

  it('keeps other servers and members of .mcp.json', () => {
    const merged: unknown = JSON.parse(mergedMcpJson('{"x": 1, "mcpServers": {"other": {"command": "o"}}}', '/d'));
    assert.deepEqual(merged, {
      x: 1,
      mcpServers: { other: { command: 'o' }, tract: { command: 'tract', args: ['mcp', '--store', '/d'] } },
    });
    assert.throws(() => mergedMcpJson('[1]', '/d'), SyntaxError);
    assert.throws(() => mergedMcpJson('{broken', '/d'), SyntaxError);
  });
});
