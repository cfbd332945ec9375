import { randomUUID } from 'node:crypto';
import type { RedisConfig } from '../../config.js';
import type { Logger } from '../../telemetry/logger.js';
import { MessageBusCooldownBroadcast } from '../cooldown-broadcast.js';
import type { SharedState } from '../shared-state.js';
import { RedisConnection } from './connection.js';
import { RedisDeliveryStore } from './delivery-store.js';
import { RedisIdempotencyStore } from './idempotency-store.js';
import { RedisJobStore } from './job-store.js';
import { RedisLeaseStore } from './lease-store.js';
import { RedisRateLimiter } from './rate-limiter.js';
import { RedisMessageBus } from './message-bus.js';

/** Connects to Redis. Never rejects: while Redis is unreachable, each part behaves as its interface documents. */
export async function createRedisState(config: RedisConfig, logger: Logger): Promise<SharedState> {
  const redis = new RedisConnection(config, logger);
  // Identifies this process, and distinguishes it from earlier ones with the same process id.
  const owner = randomUUID();
  const messages = new RedisMessageBus(redis, owner, logger);
  const state: SharedState = {
    isShared: true,
    keys: new RedisIdempotencyStore(redis),
    jobs: new RedisJobStore(redis),
    leases: new RedisLeaseStore(redis, owner),
    deliveries: new RedisDeliveryStore(redis),
    messages,
    cooldowns: new MessageBusCooldownBroadcast(messages, owner),
    rateLimiter: (limit) => new RedisRateLimiter(redis, limit),
    isConnected: () => redis.isConnected,
    close: () => {
      messages.close();
      return redis.close();
    },
  };
  await redis.connect();
  return state;
}
