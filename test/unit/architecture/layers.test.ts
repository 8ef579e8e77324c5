import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ESLint, Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import { layers } from '../../../scripts/lint/layers.mjs';
import { ROOT } from '../../../scripts/vscode/paths.js';

/** What the rule says against one line of code in a file that need not exist. */
function complaints(file: string, code: string): string[] {
  const linter = new Linter({ cwd: ROOT });
  const config: Linter.Config = {
    files: ['**/*.ts'],
    languageOptions: { parser },
    plugins: { tract: { rules: { layers } } },
    rules: { 'tract/layers': 'error' },
  };
  return linter.verify(code, [config], join(ROOT, file)).map(({ message }) => message);
}

const BROKEN: readonly (readonly [file: string, code: string, complaint: string])[] = [
  ['src/core/a.ts', `import '../storage/memory.js';`, 'core must not import storage.'],
  ['src/core/model/a.ts', `export * from '../../tokens/models.js';`, 'core must not import tokens.'],
  ['src/core/a.ts', `import * as vscode from 'vscode';`, 'core must not import vscode.'],
  ['src/core/a.ts', `import 'node:fs';`, `core must not import Node's built-in modules (node:fs).`],
  ['src/core/a.ts', `import 'fs/promises';`, `core must not import Node's built-in modules (fs/promises).`],
  ['src/core/node/a.ts', `import 'node:fs';`, `core must not import Node's built-in modules (node:fs).`],
  ['src/core/a.ts', `import OpenAI from 'openai';`, 'core must not import openai: only packages known to be pure'],
  ['src/core/a.ts', `import x from '@scope/name/sub.js';`, 'core must not import @scope/name: only packages'],
  ['src/core/a.ts', `export { x } from '../shared/view.js';`, 'core must not import shared.'],
  ['src/core/a.ts', `const m = await import('../vscode/panel.js');`, 'core must not import vscode.'],
  ['src/core/a.ts', `type T = import('../vscode/panel.js').Panel;`, 'core must not import vscode.'],
  ['src/core/a.ts', `import '../../scripts/build.js';`, 'core must not import what lies outside src and webview'],
  ['src/tokens/a.ts', `import '../storage/memory.js';`, 'tokens must not import storage.'],
  ['src/tokens/a.ts', `import 'node:worker_threads';`, 'tokens may import node:worker_threads only inside a folder'],
  ['src/storage/a.ts', `import 'node:fs';`, 'storage may import node:fs only inside a folder called node.'],
  ['src/storage/a.ts', `import '../ops/op.js';`, 'storage must not import ops.'],
  ['src/budget/a.ts', `import '../storage/memory.js';`, 'budget must not import storage.'],
  ['src/ops/a.ts', `import 'vscode';`, 'ops must not import vscode.'],
  ['src/transcripts/a.ts', `import '../library.js';`, 'transcripts must not import library.'],
  ['src/llm/a.ts', `import '../cli/main.js';`, 'llm must not import cli.'],
  ['src/shared/a.ts', `import type { Commit } from '../core/model/commit.js';`, 'shared must not import core.'],
  ['webview/main.ts', `import '../src/core/tract.js';`, 'webview must not import core.'],
  ['webview/context/a.ts', `import 'node:path';`, `webview must not import Node's built-in modules (node:path).`],
  ['src/library.ts', `import 'vscode';`, 'library must not import vscode.'],
  ['src/cli/main.ts', `import '../mcp/server.js';`, 'cli must not import mcp.'],
  ['src/bin.ts', `import './vscode/panel.js';`, 'bin must not import vscode.'],
  ['src/mcp/a.ts', `import '../vscode/panel.js';`, 'mcp must not import vscode.'],
  ['src/vscode/a.ts', `import '../cli/main.js';`, 'vscode must not import cli.'],
  ['src/vscode/a.ts', `import '../extension.js';`, 'vscode must not import extension.'],
  ['src/helpers/a.ts', `import './b.js';`, 'src/helpers is no layer: add it to scripts/lint/layers.mjs.'],
];

const KEPT: readonly (readonly [file: string, code: string])[] = [
  ['src/core/operations/reset.ts', `import '../model/refs.js';`],
  ['src/core/model/hash.ts', `import { sha256 } from '@noble/hashes/sha2.js';`],
  ['src/tokens/counter.ts', `import type { Tokenizer } from '../core/ports/tokenizer.js';`],
  ['src/tokens/node/worker.ts', `import { parentPort } from 'node:worker_threads';`],
  ['src/storage/node/files.ts', `import { open } from 'node:fs/promises';`],
  ['src/storage/sqljs/database.ts', `import initSqlJs from 'sql.js';`],
  ['src/transcripts/reader.ts', `import '../tokens/models.js';`],
  ['webview/context/list.ts', `import '../../src/shared/protocol.js';`],
  ['src/library.ts', `import { fileURLToPath } from 'node:url'; import './storage/memory.js';`],
  ['src/cli/main.ts', `import '../library.js'; import 'node:process';`],
  ['src/bin.ts', `import './cli/run.js'; import './mcp/node/stdio-bridge.js'; import 'node:fs';`],
  ['src/vscode/panel/panel.ts', `import * as vscode from 'vscode'; import '../../library.js';`],
  ['src/extension.ts', `import * as vscode from 'vscode'; import './vscode/panel.js'; import './mcp/server.js';`],
  ['test/unit/a.test.ts', `import '../../src/core/tract.js'; import 'vscode';`],
];

describe('the layer law (DESIGN, Layers)', () => {
  for (const [file, code, complaint] of BROKEN) {
    it(`${file} is refused: ${code}`, () => {
      const found = complaints(file, code);
      assert.equal(found.length, 1);
      assert.equal(found[0]?.slice(0, complaint.length), complaint);
    });
  }

  for (const [file, code] of KEPT) {
    it(`${file} is fine: ${code}`, () => {
      assert.deepEqual(complaints(file, code), []);
    });
  }

  it('is switched on for every source file of the project', async () => {
    const eslint = new ESLint({ cwd: ROOT });
    for (const file of ['src/core/tract.ts', 'src/storage/node/files.ts', 'src/extension.ts', 'webview/main.ts']) {
      const config = (await eslint.calculateConfigForFile(join(ROOT, file))) as Linter.Config;
      assert.deepEqual(config.rules?.['tract/layers'], [2], file);
    }
  });

  it('keeps the globals of Node and the DOM out of the pure layers', async () => {
    const eslint = new ESLint({ cwd: ROOT });
    for (const file of ['src/core/tract.ts', 'src/tokens/pieces.ts']) {
      const config = (await eslint.calculateConfigForFile(join(ROOT, file))) as Linter.Config;
      const [severity, ...names] = config.rules?.['no-restricted-globals'] as [number, ...string[]];
      assert.equal(severity, 2);
      for (const name of ['process', 'Buffer', 'document', 'fetch']) assert.ok(names.includes(name), name);
    }
  });
});
