import * as vscode from 'vscode';
import type { Model } from '../../core/ports/model.js';
import { isCancelled } from '../errors.js';
import type { Operation } from '../models/model-settings.js';
import type { TractWindow } from '../window.js';

/**
 * Runs something that calls the model of an operation, with progress that can be cancelled; undefined when it was.
 * @throws NoModelError, and what the model throws
 */
export async function withModel<T>(
  window: TractWindow,
  operation: Operation,
  title: string,
  run: (model: Model, signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const model = await window.models.model(operation);
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress(
    { location, title: `${title} (${model.id})`, cancellable: true },
    async (_progress, cancellation) => {
      const stop = new AbortController();
      const listener = cancellation.onCancellationRequested(() => {
        stop.abort();
      });
      try {
        return await run(model, stop.signal);
      } catch (error) {
        if (stop.signal.aborted || isCancelled(error)) return undefined;
        throw error;
      } finally {
        listener.dispose();
      }
    },
  );
}
