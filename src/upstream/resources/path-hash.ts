const [FIRST, LAST] = [8, 32];

/**
 * Hashes a path, with or without a credential's key before it, by its first 8 and last 32 characters (FNV-1a): the key and
 * the resource's id. A client that provokes collisions only makes its own entries share a bucket.
 *
 * @returns an unsigned 32-bit integer
 */
export function pathHash(text: string): number {
  const { length } = text;
  let hash = 0x811c9dc5;
  for (let index = 0; index < length && index < FIRST; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  for (let index = Math.max(FIRST, length - LAST); index < length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
