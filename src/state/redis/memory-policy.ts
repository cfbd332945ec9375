/**
 * Whether Redis may evict keys that have not expired, by its `INFO memory`.
 *
 * @param info empty if it cannot be read; the result is then false
 */
export function hasEvictingPolicy(info: string): boolean {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  return policy !== undefined && policy !== 'noeviction';
}
