import type { Workbench } from './workbench.js';

/** Takes the newest commit off the branch through the palette: an operation to record. */
export async function resetSoft(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Tract: Reset (Soft)…');
  await workbench
    .quickPickItem(/[0-9a-f]{8}/)
    .nth(1)
    .click();
}
