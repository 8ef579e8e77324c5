import * as vscode from 'vscode';
import type { McpHost } from './mcp-host.js';

/** `contributes.mcpServerDefinitionProviders` has the same id. */
const PROVIDER = 'tract.mcp';

/** What VS Code has for MCP since 1.101; the oldest supported one has it not. */
interface McpApi {
  readonly McpHttpServerDefinition: new (
    label: string,
    uri: vscode.Uri,
    headers: Record<string, string>,
    version?: string,
  ) => object;
  readonly lm: {
    registerMcpServerDefinitionProvider(
      id: string,
      provider: {
        readonly onDidChangeMcpServerDefinitions: vscode.Event<void>;
        provideMcpServerDefinitions(): readonly object[];
      },
    ): vscode.Disposable;
  };
}

/** Announces the window's MCP server to VS Code (SPEC §15), where VS Code can be told. */
export function announceMcp(host: McpHost): vscode.Disposable {
  const api = vscode as unknown as Partial<McpApi>;
  const { McpHttpServerDefinition: Definition } = api;
  if (Definition === undefined || typeof api.lm?.registerMcpServerDefinitionProvider !== 'function')
    return new vscode.Disposable(() => undefined);
  return api.lm.registerMcpServerDefinitionProvider(PROVIDER, {
    onDidChangeMcpServerDefinitions: host.onDidChange,
    provideMcpServerDefinitions: () =>
      host.server === null
        ? []
        : [
            new Definition('Tract', vscode.Uri.parse(host.server.url), {
              Authorization: `Bearer ${host.server.token}`,
            }),
          ],
  });
}
