import { InMemoryIdempotencyStore, type IdempotencyStore } from './idempotency-store.js';
import { InMemoryJobStore, type JobStore } from './job-store.js';

/** What guarantees rest on beyond one call, and all processes behind one port have to share. */
export interface SharedState {
  readonly keys: IdempotencyStore;
  readonly jobs: JobStore;
}

/** Those of one process. They end with it. */
export function processSharedState(): SharedState {
  return { keys: new InMemoryIdempotencyStore(), jobs: new InMemoryJobStore() };
}
