import { KeyUsesInMemory, type KeyUses } from './idempotency-keys.js';
import { JobRecordsInMemory, type JobRecords } from './job-records.js';

/** What guarantees rest on beyond one call, and all processes behind one port have to share. */
export interface Memories {
  readonly keys: KeyUses;
  readonly jobs: JobRecords;
}

/** Those of one process. They end with it. */
export function memoriesOfProcess(): Memories {
  return { keys: new KeyUsesInMemory(), jobs: new JobRecordsInMemory() };
}
