import { InMemoryIdempotencyStore, type IdempotencyStore } from './idempotency-store.js';
import { InMemoryJobStore, type JobStore } from './job-store.js';

/** State that guarantees depend on beyond one call. All processes behind one port have to share it. */
export interface SharedState {
  readonly keys: IdempotencyStore;
  readonly jobs: JobStore;
}

/** State in the memory of this process. */
export function processSharedState(): SharedState {
  return { keys: new InMemoryIdempotencyStore(), jobs: new InMemoryJobStore() };
}
