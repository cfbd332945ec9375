import type { Clock } from './clock.js';
import type { Sender } from './deliveries/sender.js';
import type { Issuer } from './identity/issuer.js';
import type { JobRunner } from './jobs/runner.js';
import type { Database } from './store/database.js';

/** What routes and jobs depend on. */
export interface Services {
  readonly database: Database;
  readonly clock: Clock;
  readonly jobs: JobRunner;
  /** Delivers events to webhooks. */
  readonly sender: Sender;
  /** Issues the access tokens that the API accepts beside the demo tokens. */
  readonly issuer: Issuer;
  /** Returns a new ULID, later than all previous ones. */
  readonly newId: () => string;
}
