import type { Kind } from '../model/arguments.js';

/** Git's rules for ref names (git-check-ref-format), as a reason why a name is refused; undefined when it is fine. */
export function refNameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name.length > 200) return 'it is longer than 200 characters';
  if (name === '@' || name === 'HEAD' || name === '-') return 'it has a meaning of its own';
  if (name.startsWith('-')) return "it starts with '-'";
  if (name.startsWith('/') || name.endsWith('/') || name.includes('//')) return "it has an empty part between '/'";
  if (name.includes('..') || name.includes('@{')) return "it contains '..' or '@{'";
  if (name.endsWith('.')) return "it ends with '.'";
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  if (/[\x00-\x20\x7f~^:?*[\\]/.test(name)) return 'it contains a space, a control character or one of ~ ^ : ? * [ \\';
  if (/\p{Surrogate}/u.test(name)) return 'it is not valid text';
  if (name.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock')))
    return "a part of it starts with '.' or ends with '.lock'";
  return undefined;
}

export const BRANCH_NAME: Kind = {
  says: 'a name that git would take for a branch',
  accepts: (value) => typeof value === 'string' && refNameProblem(value) === undefined,
};
