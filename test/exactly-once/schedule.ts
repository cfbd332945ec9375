import fc from 'fast-check';
import { fault, slowness, type Fault } from './faults.js';
import {
  actionNames,
  draftNames,
  jobNames,
  type ActionName,
  type DraftName,
  type JobName,
  type RunStatus,
} from './mutations.js';

/** What happens once: who asks for what, at the same time, and what goes wrong meanwhile. */
export interface Schedule {
  readonly gateway: GatewayKind;
  /** The fielding runs there are, by their status at first. */
  readonly runs: readonly RunStatus[];
  /** What each client does, one step after the other. The clients go side by side, with one credential. */
  readonly clients: readonly (readonly Step[])[];
  /** The first that matches a request befalls it. */
  readonly faults: readonly Fault[];
}

/** `hasty` has less time for a request than all attempts can take; `nervous` has a breaker that opens at once. */
export type GatewayKind = 'patient' | 'hasty' | 'nervous';

export type Step = ActionStep | JobStep | DraftStep;

interface Asking {
  /** How long the client waits before it asks, in milliseconds. */
  readonly after: number;
  /** Whether the answer takes a further `GET`. */
  readonly reads: boolean;
  /** When the client hangs up; undefined for one who waits for the answer. */
  readonly leavesAfter: number | undefined;
}

export interface ActionStep extends Asking {
  readonly kind: 'action';
  /** Index into {@link Schedule.runs}, modulo their number. */
  readonly run: number;
  /** Either any mutation, or the nth of those that fit the status that the client has seen. */
  readonly mutation: ActionName | number;
  /** The one last seen, the one that a query shows, or one that is out of date, or yet to come. */
  readonly version: 'seen' | 'fresh' | 'stale' | 'ahead';
}

export interface JobStep extends Asking {
  readonly kind: 'job';
  readonly mutation: JobName;
  /** Indices into {@link Schedule.runs}, modulo their number. */
  readonly runs: readonly number[];
  /** No key, one that this client uses for all its jobs, or one that all clients use. */
  readonly key: 'none' | 'own' | 'shared';
}

/** Whether or not the target group is a draft, the creation of the job is the same: what it then does is the job's own affair. */
export interface DraftStep extends Asking, Pick<JobStep, 'key'> {
  readonly kind: 'draft';
  readonly mutation: DraftName;
  /** Index into {@link Schedule.runs}, modulo their number, of the run whose target group is asked for. */
  readonly run: number;
  /** How many days it is to be in field: other days are other input. */
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
  // Mostly the same, since two clients must often use one key for the same kind of job.
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

/** As often as the demo has them, about. */
const status = fc.oneof(
  { weight: 5, arbitrary: fc.constant<RunStatus>('LIVE') },
  { weight: 3, arbitrary: fc.constant<RunStatus>('PAUSED') },
  { weight: 3, arbitrary: fc.constant<RunStatus>('SCHEDULED') },
  { weight: 1, arbitrary: fc.constant<RunStatus>('COMPLETED') },
);

const runs = fc.array(status, { minLength: 1, maxLength: 3, size: 'max' });

/** Two to four clients, most of whom take a single step. */
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

const healthy = { gateway: fc.constant('patient' as const), runs, clients };

/** Nothing goes wrong. */
export const faultless: fc.Arbitrary<Schedule> = fc.record({ ...healthy, faults: fc.constant([]) });

/** Nothing goes wrong, but all takes its time: for an upstream that is killed meanwhile. */
export const slowSchedule: fc.Arbitrary<Schedule> = fc.record({
  ...healthy,
  faults: fc.array(slowness, { minLength: 1, maxLength: 3 }),
});
