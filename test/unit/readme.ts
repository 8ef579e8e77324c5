import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/vscode/paths.js';

/** The first block of code of a language in a section of README.md. */
export function readmeBlock(heading: string, language: string): string {
  const [, section] = readFileSync(join(ROOT, 'README.md'), 'utf8').split(`\n## ${heading}\n`);
  const block = new RegExp(`\n\`\`\`${language}\n(.*?)\n\`\`\``, 's').exec(section ?? '')?.[1];
  if (block === undefined) throw new Error(`README.md has no ${language} block under "${heading}".`);
  return block;
}
