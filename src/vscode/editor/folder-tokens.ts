/** Tokens of a folder or file in the workspace. */
export interface TokenNode {
  readonly name: string;
  /** Relative to the workspace folder, with `/`. */
  readonly path: string;
  readonly tokens: number;
  /** Heaviest first; null for a file. */
  readonly children: readonly TokenNode[] | null;
}

export interface CountedFile {
  readonly path: string;
  readonly tokens: number;
}

/** The files below `folder` as a tree, heaviest first; equal ones by name. */
export function tokenTree(folder: string, files: readonly CountedFile[]): TokenNode {
  const prefix = folder === '' ? '' : `${folder}/`;
  const groups = new Map<string, CountedFile[]>();
  for (const file of files) {
    if (!file.path.startsWith(prefix)) continue;
    const [name = ''] = file.path.slice(prefix.length).split('/');
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [file]);
    else group.push(file);
  }
  const children = [...groups].map(([name, members]): TokenNode => {
    const path = prefix + name;
    const [only] = members;
    return only?.path === path ? { name, path, tokens: only.tokens, children: null } : tokenTree(path, members);
  });
  children.sort((a, b) => b.tokens - a.tokens || (a.name < b.name ? -1 : 1));
  return {
    name: folder.slice(folder.lastIndexOf('/') + 1),
    path: folder,
    tokens: children.reduce((sum, { tokens }) => sum + tokens, 0),
    children,
  };
}
