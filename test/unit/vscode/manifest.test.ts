import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { toolManifest } from '../../../scripts/build/tool-manifest.js';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  contributes: { languageModelTools: object[]; chatParticipants: { name: string; commands: { name: string }[] }[] };
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
};

describe('the manifest', () => {
  it('declares the language model tools as the agents tools define them (SPEC §15; node scripts/run.mjs tools)', () => {
    assert.deepEqual(manifest.contributes.languageModelTools, toolManifest());
  });

  it('gives @tract the commands of issue 6', () => {
    const [participant] = manifest.contributes.chatParticipants;
    assert.deepEqual(participant?.commands.map(({ name }) => name).sort(), [
      'branch',
      'checkout',
      'commit',
      'compile',
      'compress',
      'diff',
      'log',
      'records',
      'status',
    ]);
  });

  it('takes no endpoint from an untrusted workspace (SPEC §15)', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    for (const setting of ['providers', 'model.chat', 'model.compress', 'model.merge'])
      assert.ok(restrictedConfigurations.includes(`tract.${setting}`), setting);
  });
});
