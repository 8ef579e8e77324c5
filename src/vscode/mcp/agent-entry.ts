/** What a coding agent is told to run: a stdio bridge to the window that owns the store (Annex B.13). */
const entryOf = (directory: string) => ({ command: 'tract', args: ['mcp', '--store', directory] });

/** For clients with `{"mcpServers": …}`. */
export function jsonEntry(directory: string): string {
  return JSON.stringify({ mcpServers: { tract: entryOf(directory) } }, null, 2);
}

/** `.mcp.json` with Tract added, everything else as it was. @throws SyntaxError when the text is no JSON object */
export function mergedMcpJson(text: string, directory: string): string {
  const given: unknown = text.trim() === '' ? {} : JSON.parse(text);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new SyntaxError('not an object');
  const servers = (given as { mcpServers?: unknown }).mcpServers;
  const known = typeof servers === 'object' && servers !== null ? servers : {};
  return `${JSON.stringify({ ...given, mcpServers: { ...known, tract: entryOf(directory) } }, null, 2)}\n`;
}

/** For Codex's `config.toml`. JSON strings are TOML basic strings. */
export function codexEntry(directory: string): string {
  const { command, args } = entryOf(directory);
  return `[mcp_servers.tract]\ncommand = ${JSON.stringify(command)}\nargs = [${args.map((arg) => JSON.stringify(arg)).join(', ')}]\n`;
}

/** For a POSIX shell. */
export function claudeCommand(directory: string): string {
  return `claude mcp add tract -- tract mcp --store '${directory.replaceAll("'", `'\\''`)}'`;
}
