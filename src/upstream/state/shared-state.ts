import { InMemoryIdempotencyStore, type IdempotencyStore } from './idempotency-store.js';
import { InMemoryJobStore, type JobStore } from './job-store.js';

/**
 * State that guarantees depend on beyond one call. All processes behind one port have to share it.
 *
 * This is what callers share, in this state and in that of one process. Each entry is kept by one of two keys of a
 * {@link CallScope}: `principalKey` is a different one for each caller, `credentialKey` for each credential that calls are
 * made with. In `AUTH_MODE=forward` a caller is its credential, and both are the same. In `AUTH_MODE=service` all callers
 * use the gateway's credential, so that what is kept by `credentialKey` is shared by all of them; but only after each has
 * been authorized: no call concerns an account that is not the caller's.
 *
 * | state                                             | key             | why                                         |
 * | ------------------------------------------------- | --------------- | ------------------------------------------- |
 * | idempotency keys and what they were used for      | `principalKey`  | a key means what its caller did with it     |
 * | the idempotency key that is sent upstream         | `principalKey`  | see {@link Credentials.idempotencyKey}      |
 * | equal reads in flight ({@link SingleFlight})      | `credentialKey` | the API gives all of them the same response |
 * | bodies to revalidate ({@link FieldingRunCache})   | `credentialKey` | the API confirms each of them on every read |
 * | pauses after 429 ({@link Cooldowns})              | `credentialKey` | the API counts the calls of a credential    |
 * | new and finished jobs ({@link JobTracker})        | `credentialKey` | a job is the same for all who may read it   |
 * | breakers, retry budget, semaphore, connections    | none            | they protect the API and contain no data    |
 */
export interface SharedState {
  readonly keys: IdempotencyStore;
  readonly jobs: JobStore;
}

/** State in the memory of this process. */
export function processSharedState(): SharedState {
  return { keys: new InMemoryIdempotencyStore(), jobs: new InMemoryJobStore() };
}
