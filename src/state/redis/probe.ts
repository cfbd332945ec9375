import type { RedisConfig } from '../../config.js';
import { clientOf } from './connection.js';
import { withTimeout } from './with-timeout.js';
import { hasEvictingPolicy } from './memory-policy.js';

export interface RedisProbe {
  /** Whether Redis evicts keys when its memory is full, although guarantees depend on them. */
  readonly evicts: boolean;
}

/**
 * Connects to Redis once, without changing anything.
 *
 * @throws {Error} if it does not answer in time, or rejects the credentials
 */
export async function probeRedis(config: RedisConfig, timeoutMs: number): Promise<RedisProbe> {
  const client = clientOf(config, false).on('error', () => undefined);
  try {
    return await withTimeout(
      client.connect().then(async () => ({ evicts: hasEvictingPolicy(await client.info('memory')) })),
      timeoutMs,
    );
  } finally {
    client.destroy();
  }
}
