import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** SHA-256 hex of a file's text as UTF-8: tells whether a file, or what a summary was made from, has changed (SPEC §12). */
export function contentHashOf(content: string): string {
  return bytesToHex(sha256(utf8ToBytes(content)));
}
