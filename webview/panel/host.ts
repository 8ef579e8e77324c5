import type { ToHost } from '../../src/shared/protocol.js';

/** What VS Code gives a webview, once. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The extension host as the panel sees it: requests out, messages in, and a place for the panel's own state. */
export interface Host {
  post(request: ToHost): void;
  onMessage(listener: (data: unknown) => void): void;
  loadState(): unknown;
  saveState(state: unknown): void;
}

/** Connects to VS Code. May be called once: VS Code hands out its API a single time per page. */
export function connectHost(): Host {
  const api = acquireVsCodeApi();
  return {
    post: (request) => {
      api.postMessage(request);
    },
    onMessage: (listener) => {
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        listener(event.data);
      });
    },
    loadState: () => api.getState(),
    saveState: (state) => {
      api.setState(state);
    },
  };
}
