import { monotonicFactory } from 'ulid';
import type { Clock } from './clock.js';
import { RequestLog } from './control/request-log.js';
import { defaultDeliveryOptions } from './deliveries/options.js';
import { Sender } from './deliveries/sender.js';
import { applyDueChanges } from './due-changes.js';
import { Delays } from './faults/delays.js';
import { FaultRules } from './faults/fault-rules.js';
import { Replica } from './faults/replica.js';
import { WebhookFaults } from './faults/webhook-faults.js';
import type { ControlState } from './http/api-request.js';
import { RateLimiter } from './http/rate-limit.js';
import { Issuer } from './identity/issuer.js';
import type { SigningKeys } from './identity/signing-keys.js';
import { resumeJobs } from './jobs/resume.js';
import { JobRunner } from './jobs/runner.js';
import type { EmulatorOptions } from './options.js';
import { DemoData, isEmpty } from './seed/seed.js';
import type { Services } from './services.js';
import { Simulator } from './simulator/simulator.js';
import type { Database } from './store/database.js';
import { forgetOldEvents } from './store/events.js';
import { hasWebhooks } from './store/webhooks.js';
import { Ticker } from './ticker.js';

const DEFAULT_JOB_STEP_MS = 200;
/** How often changes that time causes are looked for, to emit webhook events. */
const DUE_CHANGES_MS = 200;

/** Everything that an emulator consists of, apart from its HTTP server. */
export interface Parts {
  readonly services: Services;
  readonly controlState: ControlState;
  readonly webhookFaults: WebhookFaults;
  readonly limiter: RateLimiter | undefined;
  readonly simulator: Simulator;
  readonly dueChanges: Ticker;
  readonly demoData: DemoData;
}

interface Surroundings {
  readonly clock: Clock;
  readonly database: Database;
  readonly keys: SigningKeys;
  /** The origin of the HTTP server, once it listens. */
  readonly url: () => string;
  /** Makes the handler of errors that occur outside a request. `what` is the work that failed. */
  readonly onError: (what: string) => (error: unknown) => void;
}

/** Creates the parts; {@link startParts} starts those that work in the background. */
export function createParts(options: EmulatorOptions, surroundings: Surroundings): Parts {
  const { clock, database, keys, url, onError } = surroundings;
  const ulid = monotonicFactory();
  const newId = () => ulid(clock.now());
  const webhookFaults = new WebhookFaults();
  const services: Services = {
    database,
    clock,
    issuer: new Issuer({ keys, clock, newId, url }),
    jobs: new JobRunner(options.jobStepMs ?? DEFAULT_JOB_STEP_MS, onError('background job')),
    sender: new Sender(
      database,
      { ...defaultDeliveryOptions, ...options.deliveries },
      webhookFaults,
      onError('delivery to webhooks'),
    ),
    newId,
  };
  return {
    services,
    webhookFaults,
    controlState: {
      faults: new FaultRules(),
      delays: new Delays(),
      requests: new RequestLog(),
      replica: new Replica(),
    },
    limiter: options.rateLimit && new RateLimiter(options.rateLimit),
    simulator: new Simulator(services, options.simulate, onError('simulation')),
    // Requests apply due changes before they are answered; webhooks must hear of them without any request.
    dueChanges: new Ticker(
      () => {
        if (hasWebhooks(database)) applyDueChanges(services, clock.now());
      },
      DUE_CHANGES_MS,
      onError('applying due changes'),
    ),
    demoData: new DemoData(database),
  };
}

export function seedIfEmpty({ services: { database, clock }, demoData }: Parts): void {
  if (isEmpty(database)) demoData.restore(clock.now());
}

/** Resumes jobs and deliveries, and starts what works in the background. Call it once the server listens. */
export function startParts({ services, simulator, dueChanges }: Parts): void {
  const { database, clock, sender } = services;
  forgetOldEvents(database, clock.now());
  resumeJobs(services);
  sender.start();
  simulator.start();
  dueChanges.start();
}

/** Restores the state of a new emulator; signing keys stay. */
export function resetParts({
  services,
  controlState,
  webhookFaults,
  limiter,
  simulator,
  demoData,
}: Parts): void {
  const { jobs, clock, issuer, sender } = services;
  jobs.stop();
  controlState.delays.cancelAll();
  controlState.faults.clear();
  controlState.requests.clear();
  controlState.replica.clear();
  webhookFaults.clear();
  limiter?.reset();
  clock.reset();
  issuer.reset();
  demoData.restore(clock.now());
  sender.reset();
  simulator.reset();
}

/** Has no request wait, and stops what changes data by itself. Call it before the server closes. */
export function quiesce({ controlState, simulator, dueChanges }: Parts): void {
  controlState.delays.cancelAll();
  simulator.pause();
  dueChanges.stop();
}

/** Stops jobs and deliveries, and closes the database. Call it after the server has closed. */
export async function closeParts({ services: { jobs, sender, database } }: Parts): Promise<void> {
  jobs.stop();
  await sender.stop();
  database.close();
}
