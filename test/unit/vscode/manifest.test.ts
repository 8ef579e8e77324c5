import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { toolManifest } from '../../../scripts/build/tool-manifest.js';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  contributes: {
    configuration: { properties: Record<string, { scope: string; default: unknown }> };
    languageModelTools: object[];
    chatParticipants: { name: string; commands: { name: string }[] }[];
  };
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

  it('lets no workspace turn embeddings on or say where they go (§17)', () => {
    const settings = Object.entries(manifest.contributes.configuration.properties);
    const embeddings = settings.filter(([name]) => name.startsWith('tract.embeddings.'));
    assert.deepEqual([...new Set(embeddings.map(([, { scope }]) => scope))], ['application']);
    const off = settings.filter(([name]) => /embeddings\.enabled|files\.substitute/.test(name));
    assert.deepEqual(
      off.map(([, value]) => value.default),
      [false, false, false, false],
    );
  });

  it('takes no endpoint from an untrusted workspace (SPEC §15)', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    for (const setting of ['providers', 'model.chat', 'model.compress', 'model.merge'])
      assert.ok(restrictedConfigurations.includes(`tract.${setting}`), setting);
  });
});
