import crypto, { createHash, type Hash } from 'node:crypto';
import type { Hasher, RunningHash } from '../core/ports/hasher.js';

/** Node's SHA-256: several times as fast as one in JavaScript. */
export const nodeHasher: Hasher = {
  // At once where Node can (20.12): most texts are short, and making a hash object costs more than hashing them.
  sha256:
    typeof crypto.hash === 'function'
      ? (text) => crypto.hash('sha256', text, 'hex')
      : (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
  start: () => running(createHash('sha256')),
};

function running(hash: Hash): RunningHash {
  return {
    update: (text) => void hash.update(text, 'utf8'),
    copy: () => running(hash.copy()),
    digest: () => hash.digest('hex'),
  };
}
