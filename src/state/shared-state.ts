import type { Logger } from '../telemetry/logger.js';
import { noCooldownBroadcast, type CooldownBroadcast } from './cooldown-broadcast.js';
import { InMemoryDeliveryStore, type DeliveryStore } from './delivery-store.js';
import { InMemoryIdempotencyStore, type IdempotencyStore } from './idempotency-store.js';
import { InMemoryJobStore, type JobStore } from './job-store.js';
import { InMemoryLeaseStore, type LeaseStore } from './lease-store.js';
import { InMemoryMessageBus, type MessageBus } from './message-bus.js';
import { InMemoryRateLimiter, type RateLimit, type RateLimiter } from './rate-limiter.js';

/**
 * State that guarantees depend on beyond one call. All processes of a deployment share it, through Redis if there are several.
 *
 * This table lists what callers share, here and in the memory of one process. Every entry has one of two keys of a
 * `CallScope`: `principalKey` stands for one caller, `credentialKey` for the credential that calls are made with. In
 * `AUTH_MODE=forward` both are the same, because each caller has a credential. In `AUTH_MODE=service` all callers use the
 * gateway's credential, so that they share what has the `credentialKey`; but only after each of them has been authorized,
 * because `Transport` makes no call that the `permit` of the caller's `CallScope` rejects. A read in flight that pauses after a
 * 429 of the caller that started it is shared with no other caller.
 *
 * | state                                          | key             | why                                         |
 * | ---------------------------------------------- | --------------- | ------------------------------------------- |
 * | idempotency keys and what they were used for   | `principalKey`  | a key means what its caller did with it     |
 * | the idempotency key that is sent upstream      | `principalKey`  | see `Credentials.idempotencyKey`            |
 * | equal reads in flight (`SingleFlight`)         | `credentialKey` | the API gives all callers the same response |
 * | bodies to revalidate (`FieldingRunCache`)      | `credentialKey` | the API confirms each body on every read    |
 * | pauses after 429 (`Cooldowns`)                 | `principalKey`  | no caller can stop the calls of another     |
 * | what is used of rate limits (`RateLimiter`)    | `principalKey`  | and by address, which is hashed             |
 * | new and finished jobs (`JobTracker`)           | `principalKey`  | only the caller knows what it has created   |
 * | breakers, retry budget, semaphore, connections | none            | they protect the API and contain no data    |
 */
export interface SharedState {
  /** Whether other processes share it. */
  readonly isShared: boolean;
  readonly keys: IdempotencyStore;
  readonly jobs: JobStore;
  /** Decide which process polls a topic. */
  readonly leases: LeaseStore;
  readonly deliveries: DeliveryStore;
  readonly messages: MessageBus;
  /** Announces cooldowns after a 429 to other processes. */
  readonly cooldowns: CooldownBroadcast;
  rateLimiter(limit: RateLimit): RateLimiter;
  /** Whether other processes can be reached. Undefined if there are none. */
  isConnected?(): boolean;
  /** Never rejects. */
  close(): Promise<void>;
}

/** State in the memory of this process. @param logger as for {@link InMemoryMessageBus} */
export function processSharedState(logger?: Logger): SharedState {
  return {
    isShared: false,
    keys: new InMemoryIdempotencyStore(),
    jobs: new InMemoryJobStore(),
    leases: new InMemoryLeaseStore(),
    deliveries: new InMemoryDeliveryStore(),
    messages: new InMemoryMessageBus(logger),
    cooldowns: noCooldownBroadcast,
    rateLimiter: (limit) => new InMemoryRateLimiter(limit),
    close: () => Promise.resolve(),
  };
}
