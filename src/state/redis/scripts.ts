import { defineScript } from 'redis';

/** Operations that must be atomic. `KEYS` get the prefix of the connection. */
export const scripts = {
  /**
   * Claims the key for an input. Replies with the number of the use, or nil if the key has been used with other input.
   */
  claimKey: defineScript({
    NUMBER_OF_KEYS: 1,
    SCRIPT: `
      local use = redis.call('HMGET', KEYS[1], 'fingerprint', 'number')
      if not use[1] then
        redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'number', ARGV[2], 'holders', 1)
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return ARGV[2]
      end
      if use[1] ~= ARGV[1] then return false end
      redis.call('HINCRBY', KEYS[1], 'holders', 1)
      return use[2]`,
    parseCommand(parser, key: string, fingerprint: string, number: number, ttlMs: number) {
      parser.pushKey(key);
      parser.push(fingerprint, String(number), String(ttlMs));
    },
    transformReply: (reply: unknown) => (reply === null ? undefined : Number(reply)),
  }),

  /** Releases one claim of a use, and deletes the use with its last claim. */
  releaseKey: defineScript({
    NUMBER_OF_KEYS: 1,
    SCRIPT: `
      if redis.call('HGET', KEYS[1], 'number') ~= ARGV[1] then return 0 end
      if redis.call('HINCRBY', KEYS[1], 'holders', -1) < 1 then redis.call('DEL', KEYS[1]) end
      return 1`,
    parseCommand(parser, key: string, number: number) {
      parser.pushKey(key);
      parser.push(String(number));
    },
    transformReply: (reply: unknown) => reply === 1,
  }),

  /** Takes a free lease, or extends the owner's. */
  holdLease: defineScript({
    NUMBER_OF_KEYS: 1,
    SCRIPT: `
      local owner = redis.call('GET', KEYS[1])
      if owner and owner ~= ARGV[1] then return 0 end
      redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      return 1`,
    parseCommand(parser, key: string, owner: string, ttlMs: number) {
      parser.pushKey(key);
      parser.push(owner, String(ttlMs));
    },
    transformReply: (reply: unknown) => reply === 1,
  }),

  /** Ends a lease of the owner. */
  releaseLease: defineScript({
    NUMBER_OF_KEYS: 1,
    SCRIPT: `
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
      return redis.call('DEL', KEYS[1])`,
    parseCommand(parser, key: string, owner: string) {
      parser.pushKey(key);
      parser.push(owner);
    },
    transformReply: (reply: unknown) => reply === 1,
  }),
};
