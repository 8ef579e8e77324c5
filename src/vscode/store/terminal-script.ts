/** Runs a module of ours with a given Node, also where that Node is the Electron of VS Code. */
export function shellScript(node: string, module: string): string {
  return `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${quoted(node)} ${quoted(module)} "$@"\n`;
}

/** The same for `cmd.exe`. A `%` of a path is doubled, else it would begin the name of a variable. */
export function windowsScript(node: string, module: string): string {
  const inQuotes = (path: string) => `"${path.replaceAll('%', '%%')}"`;
  return `@echo off\r\nsetlocal\r\nset ELECTRON_RUN_AS_NODE=1\r\n${inQuotes(node)} ${inQuotes(module)} %*\r\n`;
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
