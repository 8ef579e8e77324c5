import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { panelCsp } from '../../shared/panel-csp.js';

/** The panel's page: its own script and style sheet, nothing else (SPEC §17). */
export function panelHtml(webview: vscode.Webview, assets: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const uri = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(assets, name)).toString();
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="UTF-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta http-equiv="Content-Security-Policy" content="${panelCsp(webview.cspSource, nonce)}">
  <link rel="stylesheet" href="${uri('panel.css')}">
  <title>Tract</title>
</head>
<body>
  <script nonce="${nonce}" src="${uri('panel.js')}"></script>
</body>
</html>`;
}
