import { chat } from './chat/chat-commands.js';
import { participant } from './chat/participant.js';
import { commands } from './commands/commands.js';
import { documents } from './documents/tract-files.js';
import { editor } from './editor/editor.js';
import { mcp } from './mcp/mcp.js';
import { models } from './models/model-commands.js';
import { operations } from './ops/operations.js';
import { panel } from './panel/panel.js';
import { backups } from './store/backup-commands.js';
import { storeHealth } from './store/store-health.js';
import { storeReach } from './store/store-reach.js';
import { statusBar } from './status/status-bar.js';
import { languageModelTools } from './tools/language-model-tools.js';
import { views } from './views/views.js';
import { workspaceFilesInContext } from './workspace-files/workspace-files.js';
import type { Contribution } from './window.js';

/** Every feature of the extension, in the order in which they start. Add one here. */
export const contributions: readonly Contribution[] = [
  storeHealth,
  storeReach,
  views,
  commands,
  backups,
  documents,
  statusBar,
  editor,
  panel,
  models,
  chat,
  mcp,
  languageModelTools,
  participant,
  operations,
  workspaceFilesInContext,
];
