import type { Clock } from './clock.js';
import type { JobRunner } from './jobs/runner.js';
import type { Database } from './store/database.js';

/** What routes and jobs work with. */
export interface Services {
  readonly database: Database;
  readonly clock: Clock;
  readonly jobs: JobRunner;
  /** A fresh ULID, later than all before it. */
  readonly newId: () => string;
}
