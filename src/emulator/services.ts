import type { Clock } from './clock.js';
import type { JobRunner } from './jobs/runner.js';
import type { Database } from './store/database.js';

/** What routes and jobs depend on. */
export interface Services {
  readonly database: Database;
  readonly clock: Clock;
  readonly jobs: JobRunner;
  /** Returns a new ULID, later than all previous ones. */
  readonly newId: () => string;
}
