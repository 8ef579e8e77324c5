import * as vscode from 'vscode';

/** What is used of the built-in git extension's API, version 1. */
interface GitApi {
  readonly git: { readonly path: string };
  readonly repositories: readonly GitRepository[];
  readonly onDidOpenRepository: vscode.Event<GitRepository>;
}

interface GitRepository {
  readonly state: {
    readonly HEAD?: { readonly name?: string; readonly commit?: string } | undefined;
    readonly rebaseCommit?: unknown;
    readonly mergeChanges: readonly unknown[];
    readonly onDidChange: vscode.Event<void>;
  };
}

/** The API when the extension is there and running; without it git comes from the PATH. */
function gitApi(): GitApi | undefined {
  const extension = vscode.extensions.getExtension<{ readonly enabled: boolean; getAPI(version: 1): GitApi }>(
    'vscode.git',
  );
  if (extension?.isActive !== true) return undefined;
  try {
    return extension.exports.enabled ? extension.exports.getAPI(1) : undefined;
  } catch {
    // It throws when the person has turned git off.
    return undefined;
  }
}

/** The git that VS Code found (`git.path` included); undefined: the one of the PATH. */
export function gitPath(): string | undefined {
  return gitApi()?.git.path;
}

/** Calls back when a repository's branch, commit, merge or rebase changed: then what was pending may be committed. */
export function onRepositoryChange(listener: () => void): vscode.Disposable {
  const api = gitApi();
  if (api === undefined) return new vscode.Disposable(() => undefined);
  const watched: vscode.Disposable[] = [];
  const watch = ({ state }: GitRepository) => {
    let last = describe(state);
    watched.push(
      state.onDidChange(() => {
        // Our own look at the repository is a change of its state too, so only what matters is compared.
        const now = describe(state);
        if (now === last) return;
        last = now;
        listener();
      }),
    );
  };
  api.repositories.forEach(watch);
  watched.push(api.onDidOpenRepository(watch));
  return new vscode.Disposable(() => {
    vscode.Disposable.from(...watched).dispose();
  });
}

function describe({ HEAD, rebaseCommit, mergeChanges }: GitRepository['state']): string {
  return JSON.stringify([HEAD?.name, HEAD?.commit, rebaseCommit !== undefined, mergeChanges.length]);
}
