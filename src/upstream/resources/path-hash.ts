const [FIRST, LAST] = [8, 32];

/**
 * Tells texts apart by the 8 characters at their beginning and the 32 at their end: a credential's hash and the id of what
 * is asked for (FNV-1a). Whoever sends equal ends on purpose makes them share a place, and no more.
 *
 * @returns an unsigned integer of 32 bits
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
