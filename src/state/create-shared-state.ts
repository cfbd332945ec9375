import type { Config } from '../config.js';
import type { Logger } from '../telemetry/logger.js';
import { processSharedState, type SharedState } from './shared-state.js';

/** State in Redis if `REDIS_URL` is set, otherwise in the memory of this process. Close it. */
export async function createSharedState(
  { redis }: Pick<Config, 'redis'>,
  logger: Logger,
): Promise<SharedState> {
  if (redis === undefined) return processSharedState(logger);
  // Without Redis, its client need not be loaded.
  const { createRedisState } = await import('./redis/redis-state.js');
  return await createRedisState(redis, logger);
}
