import type { Effect } from '../helpers/emulator.js';
import { ATTEMPT_MS } from './faults.js';
import { actions, drafts, jobs, type ActionName, type RunStatus } from './mutations.js';
import type { Asked, AskedAction, AskedJob, Told } from './told.js';

/**
 * Compares what clients were told with what was done, and answers all that must not be, each in one line.
 *
 * @param told all that was asked of some fielding runs and project, with one credential
 * @param effects all that was done to them since, in order
 * @param atFirst the runs as they were before
 */
export function findViolations(
  told: readonly Told[],
  effects: readonly Effect[],
  atFirst: readonly RunAtFirst[] = [],
): string[] {
  const ledger = new Ledger(told, effects, atFirst);
  return [
    ...brokenChains(effects),
    ...effectsTwice(effects),
    ...effectsOfNobody(ledger),
    ...told.flatMap((one) => flawsOf(one, ledger).map((flaw) => `${describe(one)}: ${flaw}`)),
  ];
}

export interface RunAtFirst {
  readonly fieldingRunId: string;
  readonly version: number;
  readonly status: RunStatus;
}

/** The effects of requests, by the request and by what they were on. */
class Ledger {
  readonly actions: readonly Effect[];
  readonly #told: ReadonlyMap<string, Told>;

  constructor(
    readonly told: readonly Told[],
    effects: readonly Effect[],
    readonly atFirst: readonly RunAtFirst[],
  ) {
    this.actions = effects.filter(({ cause }) => cause === 'action');
    this.runChanges = effects.filter(({ fielding_run_id: id }) => id !== null);
    this.#told = new Map(told.map((one) => [one.traceId, one]));
  }

  readonly runChanges: readonly Effect[];

  of({ traceId }: Told): Effect[] {
    return this.actions.filter(({ trace_id: id }) => id === traceId);
  }

  readonly causeOf = ({ trace_id: id }: Effect): Told | undefined =>
    id === null ? undefined : this.#told.get(id);

  creations(key: string): Effect[] {
    return this.actions.filter(
      ({ operation, idempotency_key: used }) => creations.has(operation) && used === key,
    );
  }
}

/** Each version of a run is reached once, from the one before it. */
function brokenChains(effects: readonly Effect[]): string[] {
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

/** No request has two effects, no key creates two jobs, and no job changes a run twice. */
function effectsTwice(effects: readonly Effect[]): string[] {
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

function effectsOfNobody(ledger: Ledger): string[] {
  return ledger.actions
    .filter((effect) => ledger.causeOf(effect) === undefined)
    .map(({ sequence, operation }) => `effect ${sequence} (${operation}): nobody asked for it`);
}

function flawsOf(one: Told, ledger: Ledger): string[] {
  const { outcome, asked } = one;
  const own = ledger.of(one);
  const flaws = own
    .filter((effect) => !isWhatWasAsked(effect, asked))
    .map((effect) => `did ${brief(effect)}`);
  if (asked.kind === 'job') flaws.push(...keyFlaws(one, asked));
  switch (outcome.is) {
    case 'nothing':
      return [...flaws, `got no answer: ${outcome.why}`];
    case 'gone':
    case 'unknown':
      return flaws;
    case 'refused':
    case 'failed':
      if (own.length > 0) flaws.push(`is told ${outcome.code}, and did ${own.map(brief).join()}`);
      if (isShownRefusedVersion(one)) flaws.push('is shown the refused version as the current one');
      if (outcome.code === 'IDEMPOTENCY_CONFLICT') flaws.push(...conflictFlaws(one, ledger));
      return flaws;
    case 'success':
      return [
        ...flaws,
        ...(asked.kind === 'action'
          ? actionSuccessFlaws(one, asked, outcome.version, ledger)
          : jobSuccessFlaws(asked, outcome, ledger)),
      ];
  }
}

/**
 * A success is the request's own effect. Where an answer was lost another's will do that led, from the same version, to
 * what was asked for: nobody can tell then which of the two it was. (That holds, too, where the run was in that state
 * before, and the other has changed its period only.)
 */
function actionSuccessFlaws(
  one: Told,
  asked: AskedAction,
  version: number | undefined,
  ledger: Ledger,
): string[] {
  if (ledger.of(one).length === 0 && wasSoAlready(one, asked, ledger)) return [];
  const flaws = version !== undefined && version <= asked.version ? [`is shown version ${version}`] : [];
  if (ledger.of(one).length > 0) return flaws;
  const twin = twinOf(asked, ledger);
  if (twin === undefined) return [...flaws, 'is told success, and it was not done'];
  if (mayHaveLost(one)) return flaws;
  return [...flaws, `is told success without a lost answer of what another did: ${twin}`];
}

/** A 412 proves that the run has another version. */
function isShownRefusedVersion({ asked, outcome }: Told): boolean {
  return (
    asked.kind === 'action' &&
    outcome.is === 'refused' &&
    outcome.code === 'VERSION_CONFLICT' &&
    outcome.current === asked.version
  );
}

/** Where an answer told success without proof, and the run was in the state that was asked for before anybody asked. */
function wasSoAlready({ sent }: Told, asked: AskedAction, { runChanges, atFirst, causeOf }: Ledger): boolean {
  if (sent?.successSpoilt !== true) return false;
  const led = runChanges.some(
    (effect) =>
      effect.fielding_run_id === asked.fieldingRunId &&
      effect.to_version === asked.version &&
      leadsToTheSame(effect, asked, causeOf(effect)?.asked),
  );
  return led || wasAtFirst(asked, asked.version, atFirst);
}

function wasAtFirst(asked: AskedAction, at: number, atFirst: readonly RunAtFirst[]): boolean {
  return atFirst.some(
    ({ fieldingRunId, version, status }) =>
      asked.mutation !== 'updateFieldingPeriod' &&
      fieldingRunId === asked.fieldingRunId &&
      version === at &&
      status === goals[asked.mutation],
  );
}

/** An attempt that ran into its timeout on a busy machine, or onto a connection just cut, may not be seen upstream. */
function mayHaveLost({ sent, tookMs }: Told): boolean {
  return (
    sent === undefined ||
    sent.changes > 1 ||
    sent.connectionsCut === true ||
    sent.successSpoilt === true ||
    tookMs >= ATTEMPT_MS
  );
}

/** Another's change from the same version that leads to what was asked for; also one from before the ledger begins. */
function twinOf(asked: AskedAction, { runChanges, atFirst, causeOf }: Ledger): string | undefined {
  const known = runChanges.find(
    (effect) =>
      effect.fielding_run_id === asked.fieldingRunId &&
      effect.from_version === asked.version &&
      leadsToTheSame(effect, asked, causeOf(effect)?.asked),
  );
  if (known !== undefined) return brief(known);
  return wasAtFirst(asked, asked.version + 1, atFirst) ? 'an earlier change' : undefined;
}

/** Whether another's change of the run from the same version leads to what was asked for, too. */
function leadsToTheSame(effect: Effect, asked: AskedAction, other: Asked | undefined): boolean {
  if (asked.mutation !== 'updateFieldingPeriod')
    return effect.to_status?.toUpperCase() === goals[asked.mutation];
  return other?.kind === 'action' && other.mutation === asked.mutation && other.endAt === asked.endAt;
}

const goals = {
  launchNow: 'LIVE',
  pauseFieldingRun: 'PAUSED',
  resumeFieldingRun: 'LIVE',
  completeFieldingRun: 'COMPLETED',
  relaunchFieldingRun: 'LIVE',
} as const satisfies Partial<Record<ActionName, RunStatus>>;

const creations: ReadonlySet<string> = new Set(['create_batch_job', 'create_draft_job']);
/** What the id of a job has before the job's own id. */
const segments = { ...jobs, ...drafts };

function jobSuccessFlaws(
  asked: AskedJob,
  { key, jobId }: { readonly key?: string | undefined; readonly jobId?: string | undefined },
  ledger: Ledger,
): string[] {
  const created = key === undefined ? undefined : ledger.creations(key)[0];
  if (created === undefined) return [`is told success, and no job was created with the key ${key}`];
  const flaws: string[] = [];
  const [segment, id] = jobId?.split('/').slice(-2) ?? [];
  if (jobId !== undefined && (id !== created.job_id || segment !== segments[asked.mutation])) {
    flaws.push(`is told job ${jobId}, and ${created.job_id} was created`);
  }
  const creator = ledger.causeOf(created)?.asked;
  if (creator?.kind === 'job' && inputOf(creator) !== inputOf(asked)) {
    flaws.push(`is told success, and job ${created.job_id} was created for other input`);
  }
  return flaws;
}

/** One key goes with a call, the client's own where it has one, and it is always told. */
function keyFlaws({ outcome, sent }: Told, { key }: AskedJob): string[] {
  if (outcome.is === 'gone' || outcome.is === 'nothing') return [];
  const strange = sent?.keys.filter((other) => other !== outcome.key) ?? [];
  return [
    ...(outcome.key === undefined ? ['is told no key'] : []),
    ...(key !== undefined && outcome.key !== key
      ? [`is told the key ${outcome.key} for its own ${key}`]
      : []),
    ...strange.map((other) => `is told the key ${outcome.key}, and ${other} was sent`),
  ];
}

function conflictFlaws({ asked }: Told, { told }: Ledger): string[] {
  const reused = told.some(
    ({ asked: other }) =>
      asked.kind === 'job' &&
      other.kind === 'job' &&
      other.key === asked.key &&
      inputOf(other) !== inputOf(asked),
  );
  return reused ? [] : ['is told of a conflict, and nobody used the key for other input'];
}

function isWhatWasAsked(effect: Effect, asked: Asked): boolean {
  if (asked.kind === 'job') return effect.operation === creationOf(asked);
  return (
    effect.operation === actions[asked.mutation] &&
    effect.fielding_run_id === asked.fieldingRunId &&
    effect.from_version === asked.version
  );
}

function inputOf({ mutation, targetGroupIds, period = '' }: AskedJob): string {
  return `${mutation} ${[...new Set(targetGroupIds)].sort().join()} ${period}`;
}

/** What the creation of a job is called in the ledger. */
function creationOf({ mutation }: AskedJob): string {
  return mutation in drafts ? 'create_draft_job' : 'create_batch_job';
}

function describe({ asked, outcome, sent, tookMs }: Told): string {
  const what =
    asked.kind === 'action'
      ? `${asked.mutation} of ${asked.fieldingRunId} from ${asked.version}`
      : `${asked.mutation} of ${asked.targetGroupIds.join()}${asked.key === undefined ? '' : ` with ${asked.key}`}`;
  return `${what} (${outcome.is}, sent ${sent?.changes ?? '?'} times, ${tookMs.toFixed()} ms)`;
}

function brief({ sequence, operation, fielding_run_id: run, from_version: from }: Effect): string {
  return run === null
    ? `${operation} (effect ${sequence})`
    : `${operation} of ${run} from ${from} (effect ${sequence})`;
}
