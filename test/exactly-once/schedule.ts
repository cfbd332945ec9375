import fc from 'fast-check';
import { fault, rejection, slowness, type Fault } from './faults.js';
import {
  actionNames,
  draftNames,
  jobNames,
  type ActionName,
  type DraftName,
  type JobName,
  type RunStatus,
} from './mutations.js';

/** A scenario: what clients do concurrently, and what fails meanwhile. */
export interface Schedule {
  readonly gateway: GatewayKind;
  /** The initial statuses of the fielding runs. */
  readonly runs: readonly RunStatus[];
  /** The steps of each client, in order. Clients run concurrently with one credential. */
  readonly clients: readonly (readonly Step[])[];
  /** Each request gets the first fault that matches. */
  readonly faults: readonly Fault[];
}

/** `hasty` has less time for a request than all attempts can take; `nervous` has a breaker that opens at once. */
export type GatewayKind = 'patient' | 'hasty' | 'nervous';

export type Step = ActionStep | JobStep | DraftStep;

interface Asking {
  /** The delay before the request, in milliseconds. */
  readonly after: number;
  /** Whether the response requires another `GET`. */
  readonly reads: boolean;
  /** When the client disconnects; undefined if it waits for the response. */
  readonly leavesAfter: number | undefined;
}

export interface ActionStep extends Asking {
  readonly kind: 'action';
  /** Index into {@link Schedule.runs}, modulo their number. */
  readonly run: number;
  /** A mutation, or the index of one that the last seen status allows. */
  readonly mutation: ActionName | number;
  /** The last seen version, one that a query returns, an outdated one, or a future one. */
  readonly version: 'seen' | 'fresh' | 'stale' | 'ahead';
}

export interface JobStep extends Asking {
  readonly kind: 'job';
  readonly mutation: JobName;
  /** Indices into {@link Schedule.runs}, modulo their number. */
  readonly runs: readonly number[];
  /** No key, one key for all jobs of this client, or one for all clients. */
  readonly key: 'none' | 'own' | 'shared';
}

/** Creates a draft job. Creation succeeds for any target group; the job itself fails if that is not a draft. */
export interface DraftStep extends Asking, Pick<JobStep, 'key'> {
  readonly kind: 'draft';
  readonly mutation: DraftName;
  /** Index into {@link Schedule.runs}, modulo their number, of the run whose target group is used. */
  readonly run: number;
  /** The length of the period in days; other days are other input. */
  readonly days: number;
}

function often<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom(...others) },
  );
}

const asking = {
  after: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(25) }),
  reads: often(false, true),
  leavesAfter: fc.oneof(
    { weight: 19, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.nat(70) },
  ),
};

const actionStep: fc.Arbitrary<ActionStep> = fc.record({
  kind: fc.constant('action'),
  run: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) }),
  mutation: fc.oneof(
    { weight: 4, arbitrary: fc.nat(2) },
    { weight: 1, arbitrary: fc.constantFrom(...actionNames) },
  ),
  version: fc.oneof(
    { weight: 6, arbitrary: fc.constant('seen' as const) },
    { weight: 2, arbitrary: fc.constant('fresh' as const) },
    { weight: 1, arbitrary: fc.constantFrom('stale' as const, 'ahead' as const) },
  ),
  ...asking,
});

const key = fc.constantFrom('none' as const, 'own' as const, 'shared' as const, 'shared' as const);

const jobStep: fc.Arbitrary<JobStep> = fc.record({
  kind: fc.constant('job'),
  // Mostly the same, because two clients must often use one key for the same kind of job.
  mutation: often('pauseTargetGroups', ...jobNames),
  runs: fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 3, size: 'max' }),
  key,
  ...asking,
});

const draftStep: fc.Arbitrary<DraftStep> = fc.record({
  kind: fc.constant('draft'),
  mutation: fc.constantFrom(...draftNames),
  run: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) }),
  days: often(30, 31),
  key,
  ...asking,
});

/** Roughly as frequent as in the demo. */
const status = fc.oneof(
  { weight: 5, arbitrary: fc.constant<RunStatus>('LIVE') },
  { weight: 3, arbitrary: fc.constant<RunStatus>('PAUSED') },
  { weight: 3, arbitrary: fc.constant<RunStatus>('SCHEDULED') },
  { weight: 1, arbitrary: fc.constant<RunStatus>('COMPLETED') },
);

const runs = fc.array(status, { minLength: 1, maxLength: 3, size: 'max' });

/** Two to four clients, most with a single step. */
function clientsWith(step: fc.Arbitrary<Step>): fc.Arbitrary<Step[][]> {
  const steps = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(step) },
    { weight: 1, arbitrary: fc.array(step, { minLength: 2, maxLength: 3 }) },
  );
  return fc.oneof(
    { weight: 2, arbitrary: fc.tuple(steps, steps) },
    { weight: 1, arbitrary: fc.array(steps, { minLength: 3, maxLength: 4 }) },
  );
}

const clients = fc.oneof(
  { weight: 3, arbitrary: clientsWith(actionStep) },
  { weight: 2, arbitrary: clientsWith(jobStep) },
  { weight: 1, arbitrary: clientsWith(draftStep) },
  { weight: 2, arbitrary: clientsWith(fc.oneof(actionStep, jobStep, draftStep)) },
);

export const schedule: fc.Arbitrary<Schedule> = fc.record({
  gateway: fc.oneof(
    { weight: 8, arbitrary: fc.constant('patient' as const) },
    { weight: 1, arbitrary: fc.constant('hasty' as const) },
    { weight: 1, arbitrary: fc.constant('nervous' as const) },
  ),
  runs,
  clients,
  faults: fc.array(fault, { maxLength: 4, size: 'max' }),
});

/** With access tokens that the API rejects: for `AUTH_MODE=service`. */
export const serviceSchedule: fc.Arbitrary<Schedule> = fc
  .tuple(schedule, fc.array(rejection, { maxLength: 1 }))
  .map(([each, rejections]) => ({ ...each, faults: [...rejections, ...each.faults] }));

const healthy = { gateway: fc.constant('patient' as const), runs, clients };

export const faultless: fc.Arbitrary<Schedule> = fc.record({ ...healthy, faults: fc.constant([]) });

/** Only delays: for an upstream that is killed meanwhile. */
export const slowSchedule: fc.Arbitrary<Schedule> = fc.record({
  ...healthy,
  faults: fc.array(slowness, { minLength: 1, maxLength: 3 }),
});
