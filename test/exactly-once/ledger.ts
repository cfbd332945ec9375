import type { Effect } from '../helpers/emulator.js';
import { ATTEMPT_TIMEOUT_MS } from './faults.js';
import { actions, drafts, jobs, type ActionName, type RunStatus } from './mutations.js';
import type { MutationRequest, ActionRequest, JobRequest, MutationResult } from './mutation-result.js';

/**
 * Compares what clients were told with the ledger, and describes each contradiction in one line.
 *
 * @param results all requests for the runs and the project, with one credential
 * @param effects all effects on them since, in order
 * @param initialRuns the initial states of the runs
 */
export function findViolations(
  results: readonly MutationResult[],
  effects: readonly Effect[],
  initialRuns: readonly InitialRun[] = [],
): string[] {
  const ledger = new Ledger(results, effects, initialRuns);
  return [
    ...versionGaps(effects),
    ...duplicateEffects(effects),
    ...unattributedEffects(ledger),
    ...results.flatMap((result) =>
      violationsOf(result, ledger).map((violation) => `${describe(result)}: ${violation}`),
    ),
  ];
}

export interface InitialRun {
  readonly fieldingRunId: string;
  readonly version: number;
  readonly status: RunStatus;
}

/** Looks up the effects of requests. */
class Ledger {
  readonly actions: readonly Effect[];
  readonly #resultsByTrace: ReadonlyMap<string, MutationResult>;

  constructor(
    readonly results: readonly MutationResult[],
    effects: readonly Effect[],
    readonly initialRuns: readonly InitialRun[],
  ) {
    this.actions = effects.filter(({ cause }) => cause === 'action');
    this.runChanges = effects.filter(({ fielding_run_id: id }) => id !== null);
    this.#resultsByTrace = new Map(results.map((result) => [result.traceId, result]));
  }

  readonly runChanges: readonly Effect[];

  of({ traceId }: MutationResult): Effect[] {
    return this.actions.filter(({ trace_id: id }) => id === traceId);
  }

  readonly causeOf = ({ trace_id: id }: Effect): MutationResult | undefined =>
    id === null ? undefined : this.#resultsByTrace.get(id);

  creations(key: string): Effect[] {
    return this.actions.filter(
      ({ operation, idempotency_key: used }) => creations.has(operation) && used === key,
    );
  }
}

/** Checks that each version of a run is reached once, from the previous one. */
function versionGaps(effects: readonly Effect[]): string[] {
  const last = new Map<string, number>();
  return effects.flatMap(({ sequence, fielding_run_id: run, from_version: from, to_version: to }) => {
    if (run === null || from === null || to === null) return [];
    const known = last.get(run);
    last.set(run, to);
    const fits = to === from + 1 && (known === undefined || known === from);
    return fits
      ? []
      : [`effect ${sequence}: run ${run} went from ${from} to ${to} after ${known ?? 'the start'}`];
  });
}

/** Checks that no request has two effects, no key creates two jobs, and no job changes a run twice. */
function duplicateEffects(effects: readonly Effect[]): string[] {
  const ofRequests = effects.filter(({ cause }) => cause === 'action');
  return [
    ...repeated(ofRequests, ({ trace_id: trace }) => trace && `the request ${trace}`),
    ...repeated(ofRequests, ({ idempotency_key: key }) => key && `the key ${key}`),
    ...repeated(effects, ({ cause, job_id: job, fielding_run_id: run }) =>
      cause === 'batch_job' ? `job ${job} on run ${run}` : null,
    ),
  ];
}

function repeated(effects: readonly Effect[], nameOf: (effect: Effect) => string | null): string[] {
  const counts = new Map<string, number>();
  for (const effect of effects) {
    const name = nameOf(effect);
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].flatMap(([name, count]) => (count > 1 ? [`${name} had ${count} effects`] : []));
}

function unattributedEffects(ledger: Ledger): string[] {
  return ledger.actions
    .filter((effect) => ledger.causeOf(effect) === undefined)
    .map(({ sequence, operation }) => `effect ${sequence} (${operation}): no request asked for it`);
}

function violationsOf(result: MutationResult, ledger: Ledger): string[] {
  const { outcome, request } = result;
  const own = ledger.of(result);
  const found = own
    .filter((effect) => !isRequested(effect, request))
    .map((effect) => `did ${summarize(effect)}`);
  if (request.kind === 'job') found.push(...keyViolations(result, request));
  switch (outcome.is) {
    case 'nothing':
      return [...found, `got no response: ${outcome.why}`];
    case 'gone':
    case 'unknown':
      return found;
    case 'rejected':
    case 'failed':
      if (own.length > 0) found.push(`was told ${outcome.code}, but did ${own.map(summarize).join()}`);
      if (isShownRejectedVersion(result)) found.push('was shown the rejected version as current');
      if (outcome.code === 'IDEMPOTENCY_CONFLICT') found.push(...conflictViolations(result, ledger));
      return found;
    case 'success':
      return [
        ...found,
        ...(request.kind === 'action'
          ? actionSuccessViolations(result, request, outcome.version, ledger)
          : jobSuccessViolations(request, outcome, ledger)),
      ];
  }
}

/**
 * A success needs the request's own effect. If a response was lost, another request's effect suffices that led
 * from the same version to the requested state, because nobody can tell the two apart. (This also holds if the run
 * was in that state before, and the other request changed only its period.)
 */
function actionSuccessViolations(
  result: MutationResult,
  request: ActionRequest,
  version: number | undefined,
  ledger: Ledger,
): string[] {
  if (ledger.of(result).length === 0 && wasAlreadyInState(result, request, ledger)) return [];
  const found = version !== undefined && version <= request.version ? [`was shown version ${version}`] : [];
  if (ledger.of(result).length > 0) return found;
  const other = equivalentChange(request, ledger);
  if (other === undefined) return [...found, 'was told success, but had no effect'];
  if (mayHaveLostResponse(result)) return found;
  return [...found, `was told success for another request's effect, without a lost response: ${other}`];
}

/** A 412 proves that the run has another version. */
function isShownRejectedVersion({ request, outcome }: MutationResult): boolean {
  return (
    request.kind === 'action' &&
    outcome.is === 'rejected' &&
    outcome.code === 'VERSION_CONFLICT' &&
    outcome.current === request.version
  );
}

/** Whether a 2xx proved nothing, and the run was in the requested state before any request. */
function wasAlreadyInState(
  { sent }: MutationResult,
  request: ActionRequest,
  { runChanges, initialRuns, causeOf }: Ledger,
): boolean {
  if (sent?.successUnproven !== true) return false;
  const led = runChanges.some(
    (effect) =>
      effect.fielding_run_id === request.fieldingRunId &&
      effect.to_version === request.version &&
      hasSameResult(effect, request, causeOf(effect)?.request),
  );
  return led || wasInitially(request, request.version, initialRuns);
}

function wasInitially(
  request: ActionRequest,
  atVersion: number,
  initialRuns: readonly InitialRun[],
): boolean {
  return initialRuns.some(
    ({ fieldingRunId, version, status }) =>
      request.mutation !== 'updateFieldingPeriod' &&
      fieldingRunId === request.fieldingRunId &&
      version === atVersion &&
      status === expectedStatuses[request.mutation],
  );
}

/** Whether an attempt may not have arrived, because it timed out on a busy machine or used a closed connection. */
function mayHaveLostResponse({ sent, tookMs }: MutationResult): boolean {
  return (
    sent === undefined ||
    sent.changes > 1 ||
    sent.connectionsClosed === true ||
    sent.successUnproven === true ||
    tookMs >= ATTEMPT_TIMEOUT_MS
  );
}

/** Another request's change, or one from before the ledger, from the same version to the requested state. */
function equivalentChange(
  request: ActionRequest,
  { runChanges, initialRuns, causeOf }: Ledger,
): string | undefined {
  const known = runChanges.find(
    (effect) =>
      effect.fielding_run_id === request.fieldingRunId &&
      effect.from_version === request.version &&
      hasSameResult(effect, request, causeOf(effect)?.request),
  );
  if (known !== undefined) return summarize(known);
  return wasInitially(request, request.version + 1, initialRuns) ? 'an earlier change' : undefined;
}

/** Whether another request's change of the run from the same version leads to the requested state. */
function hasSameResult(effect: Effect, request: ActionRequest, other: MutationRequest | undefined): boolean {
  if (request.mutation !== 'updateFieldingPeriod')
    return effect.to_status?.toUpperCase() === expectedStatuses[request.mutation];
  return other?.kind === 'action' && other.mutation === request.mutation && other.endAt === request.endAt;
}

const expectedStatuses = {
  launchNow: 'LIVE',
  pauseFieldingRun: 'PAUSED',
  resumeFieldingRun: 'LIVE',
  completeFieldingRun: 'COMPLETED',
  relaunchFieldingRun: 'LIVE',
} as const satisfies Partial<Record<ActionName, RunStatus>>;

const creations: ReadonlySet<string> = new Set(['create_batch_job', 'create_draft_job']);
/** The path segment before the job's id, by mutation. */
const segments = { ...jobs, ...drafts };

function jobSuccessViolations(
  request: JobRequest,
  { key, jobId }: { readonly key?: string | undefined; readonly jobId?: string | undefined },
  ledger: Ledger,
): string[] {
  const created = key === undefined ? undefined : ledger.creations(key)[0];
  if (created === undefined) return [`was told success, but no job was created with the key ${key}`];
  const found: string[] = [];
  const [segment, id] = jobId?.split('/').slice(-2) ?? [];
  if (jobId !== undefined && (id !== created.job_id || segment !== segments[request.mutation])) {
    found.push(`was told job ${jobId}, but ${created.job_id} was created`);
  }
  const creator = ledger.causeOf(created)?.request;
  if (creator?.kind === 'job' && inputOf(creator) !== inputOf(request)) {
    found.push(`was told success, but job ${created.job_id} was created for other input`);
  }
  return found;
}

/** Checks that a call has one key, the client's if given, and that the client is told it. */
function keyViolations({ outcome, sent }: MutationResult, { key }: JobRequest): string[] {
  if (outcome.is === 'gone' || outcome.is === 'nothing') return [];
  const unexpected = sent?.keys.filter((other) => other !== outcome.key) ?? [];
  return [
    ...(outcome.key === undefined ? ['was told no key'] : []),
    ...(key !== undefined && outcome.key !== key
      ? [`was told the key ${outcome.key} for its own ${key}`]
      : []),
    ...unexpected.map((other) => `was told the key ${outcome.key}, but ${other} was sent`),
  ];
}

function conflictViolations({ request }: MutationResult, { results }: Ledger): string[] {
  const reused = results.some(
    ({ request: other }) =>
      request.kind === 'job' &&
      other.kind === 'job' &&
      other.key === request.key &&
      inputOf(other) !== inputOf(request),
  );
  return reused ? [] : ['was told of a conflict, but the key was not used for other input'];
}

function isRequested(effect: Effect, request: MutationRequest): boolean {
  if (request.kind === 'job') return effect.operation === creationOf(request);
  return (
    effect.operation === actions[request.mutation] &&
    effect.fielding_run_id === request.fieldingRunId &&
    effect.from_version === request.version
  );
}

function inputOf({ mutation, targetGroupIds, period = '' }: JobRequest): string {
  return `${mutation} ${[...new Set(targetGroupIds)].sort().join()} ${period}`;
}

/** The ledger's operation for the creation of a job. */
function creationOf({ mutation }: JobRequest): string {
  return mutation in drafts ? 'create_draft_job' : 'create_batch_job';
}

function describe({ request, outcome, sent, tookMs }: MutationResult): string {
  const what =
    request.kind === 'action'
      ? `${request.mutation} of ${request.fieldingRunId} from ${request.version}`
      : `${request.mutation} of ${request.targetGroupIds.join()}${request.key === undefined ? '' : ` with ${request.key}`}`;
  return `${what} (${outcome.is}, sent ${sent?.changes ?? '?'} times, ${tookMs.toFixed()} ms)`;
}

function summarize({ sequence, operation, fielding_run_id: run, from_version: from }: Effect): string {
  return run === null
    ? `${operation} (effect ${sequence})`
    : `${operation} of ${run} from ${from} (effect ${sequence})`;
}
