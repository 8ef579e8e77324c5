/** `node scripts/run.mjs tools`: writes the language model tools into package.json, as AGENT_TOOLS defines them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolManifest } from './build/tool-manifest.js';
import { ROOT } from './vscode/paths.js';

const file = join(ROOT, 'package.json');
const manifest = JSON.parse(readFileSync(file, 'utf8')) as { contributes: Record<string, unknown> };
manifest.contributes['languageModelTools'] = toolManifest();
writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
