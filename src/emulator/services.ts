import type { Clock } from './clock.js';
import type { KnownVersions } from './known-versions.js';
import type { JobRunner } from './jobs/runner.js';
import type { Database } from './store/database.js';

/** What routes and jobs work with. */
export interface Services {
  readonly database: Database;
  readonly clock: Clock;
  readonly jobs: JobRunner;
  readonly knownVersions: KnownVersions;
  /** A fresh ULID, later than all before it. */
  readonly newId: () => string;
}
