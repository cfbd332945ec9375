import type * as rest from '../contract/demand-api.js';
import { FieldingRunStatus, type BatchJobKind } from '../contract/demand-api.js';
import { octetsOf } from './body.js';
import type { Call, CallScope } from './call.js';
import { isConfirmed, isMade, provesChange, type Change } from './change-outcome.js';
import { badResponse, UpstreamError } from './errors.js';
import { periodIn } from './fielding-period.js';
import type { FieldingRunCache } from './fielding-run-cache.js';
import type { HttpResponse } from './http.js';
import type { JobMemory, JobState } from './job-memory.js';
import { jobIdIn } from './location.js';
import {
  accountPath,
  batchJobPath,
  batchJobsPath,
  draftLaunchJobPath,
  draftLaunchJobsPath,
  fieldingRunPath,
  projectPath,
  shortBatchJobPath,
  shortBatchJobsPath,
  targetGroupByIdPath,
  targetGroupPath,
  transitionsPath,
  usersPath,
  type AccountPlace,
  type BatchJobPlace,
  type DraftLaunchJobPlace,
  type FieldingRunPlace,
  type ProjectPlace,
  type TargetGroupPlace,
} from './place.js';
import { queryString } from './query-string.js';
import { ScopedTransport } from './scoped-transport.js';
import type { Transport } from './transport.js';
import { bodies, type BodyReader } from './validation.js';
import { entityTag, isOlder, versionOfEntityTag } from './version.js';

/** Waits before a stale fielding run is read again, in milliseconds. */
const REREAD_AFTER_MS = [50, 200, 500];

export type ProjectQuery = NonNullable<rest.operations['listProjects']['parameters']['query']>;
export type ChangelogQuery = Pick<
  NonNullable<rest.operations['getTargetGroupChangelog']['parameters']['query']>,
  'page_size' | 'start_after'
>;
export type TargetGroupQuery = NonNullable<rest.operations['listTargetGroups']['parameters']['query']>;

/** A fielding run as it was read. `etagVersion` is undefined where the answer had no usable entity tag. */
export interface FieldingRunRead {
  readonly run: rest.FieldingRun;
  readonly etagVersion: string | undefined;
}

/** The version of a run that was read: that of the entity tag, which counts where the body differs. */
export function versionOf({ etagVersion, run }: FieldingRunRead): string {
  return etagVersion ?? String(run.version);
}

/** What is known of a fielding run after a change that was made. */
export interface ActionOutcome {
  /** The run has this version or a later one. */
  readonly version: string;
  /** The new period, where the answer told it. */
  readonly period: rest.FieldingPeriod | undefined;
  /** The run, where it had to be read to find out that the change was made. */
  readonly read: FieldingRunRead | undefined;
}

/** What is to become of a draft, as REST is told. */
export type DraftLaunch =
  | { readonly action: 'launch-from-draft'; readonly request: rest.LaunchFromDraftRequest }
  | { readonly action: 'schedule-from-draft'; readonly request: rest.FieldingPeriod };

/** A job that is to be created. */
interface JobCreation {
  /** Where it is created and, by the contract, to be read. */
  readonly path: string;
  readonly json: unknown;
  readonly idempotencyKey: string;
  /** Where else `Location` may say that it is. */
  readonly otherParents?: readonly string[];
}

/** What a client works with, shared by all operations of the process. */
export interface DemandClientDeps {
  readonly transport: Transport;
  /** The REST base, of which a job's `Location` must be. */
  readonly baseUrl: string;
  readonly fieldingRuns: FieldingRunCache;
  readonly jobs: JobMemory;
  /** The form of `If-Match`. */
  readonly ifMatch: 'weak' | 'strong';
}

/** What the edges of APIs answer, beside 404, for a path that they do not know. */
const UNKNOWN_PATH: ReadonlySet<number | undefined> = new Set([400, 403, 405, 410]);

/**
 * The Demand API, one method for each operation that the gateway uses. One for each GraphQL operation.
 *
 * A read answers null for what does not exist. Every failure is an {@link UpstreamError}.
 */
export class DemandClient {
  readonly #deps: DemandClientDeps;
  readonly #calls: ScopedTransport;
  readonly #credentialKey: string;

  constructor(deps: DemandClientDeps, scope: CallScope) {
    this.#deps = deps;
    this.#calls = new ScopedTransport(deps.transport, scope);
    this.#credentialKey = scope.credentialKey;
  }

  listAccounts(): Promise<rest.AccountList | null> {
    return this.#calls.read('/accounts', bodies.accountList);
  }

  /** Everybody of an account. */
  listUsers(account: AccountPlace): Promise<rest.UserList | null> {
    return this.#calls.read(usersPath(account), bodies.userList);
  }

  listProjects(account: AccountPlace, query: ProjectQuery): Promise<rest.ProjectList | null> {
    return this.#calls.read(`${accountPath(account)}/projects${queryString(query)}`, bodies.projectList);
  }

  getProject(place: ProjectPlace): Promise<rest.Project | null> {
    return this.#calls.read(projectPath(place), bodies.project);
  }

  getProjectOverview(place: ProjectPlace): Promise<rest.ProjectOverview | null> {
    return this.#calls.read(`${projectPath(place)}/overview`, bodies.projectOverview);
  }

  listTargetGroups(project: ProjectPlace, query: TargetGroupQuery): Promise<rest.TargetGroupList | null> {
    return this.#calls.read(
      `${projectPath(project)}/target-groups${queryString(query)}`,
      bodies.targetGroupList,
    );
  }

  getTargetGroupOverview(place: TargetGroupPlace): Promise<rest.TargetGroupOverview | null> {
    return this.#calls.read(`${targetGroupPath(place)}/overview`, bodies.targetGroupOverview);
  }

  /** A launched target group by its raw id alone. */
  getTargetGroupOverviewById(targetGroupId: string): Promise<rest.TargetGroupOverviewById | null> {
    return this.#calls.read(`${targetGroupByIdPath(targetGroupId)}/overview`, bodies.targetGroupOverviewById);
  }

  getTargetGroupPerformance(place: TargetGroupPlace): Promise<rest.TargetGroupPerformance | null> {
    return this.#calls.read(`${targetGroupPath(place)}/performance`, bodies.targetGroupPerformance);
  }

  /** @param interval an ISO 8601 duration */
  getCompletesByInterval(
    place: TargetGroupPlace,
    interval: string,
  ): Promise<rest.CompletesByInterval | null> {
    return this.#calls.read(
      `${targetGroupPath(place)}/completes-aggregated-by-interval${queryString({ aggregation_interval: interval })}`,
      bodies.completesByInterval,
    );
  }

  getTargetGroupChangelog(
    place: TargetGroupPlace,
    query: ChangelogQuery,
  ): Promise<rest.TargetGroupChangelog | null> {
    return this.#calls.read(
      `${targetGroupPath(place)}/changelog${queryString(query)}`,
      bodies.targetGroupChangelog,
    );
  }

  computeTargetGroupTransitions(
    project: ProjectPlace,
    selection: rest.TargetGroupTransitionsRequest,
  ): Promise<rest.TargetGroupTransitions | null> {
    return this.#calls.readWith(transitionsPath(project), selection, bodies.targetGroupTransitions);
  }

  getTargetGroupDetails(place: TargetGroupPlace): Promise<rest.TargetGroupDetails | null> {
    return this.#calls.read(`${targetGroupPath(place)}/details`, bodies.targetGroupDetails);
  }

  /** `launched` where the target group is no draft any more (301). */
  async getDraftTargetGroup(place: TargetGroupPlace): Promise<rest.DraftTargetGroup | 'launched' | null> {
    try {
      return await this.#calls.read(targetGroupPath(place), bodies.draftTargetGroup);
    } catch (error) {
      if (error instanceof UpstreamError && error.details.status === 301) return 'launched';
      throw error;
    }
  }

  listFieldingRuns(targetGroup: TargetGroupPlace): Promise<rest.FieldingRunList | null> {
    return this.#calls.read(`${targetGroupPath(targetGroup)}/fielding-runs`, bodies.fieldingRunList);
  }

  async getFieldingRun(place: FieldingRunPlace): Promise<FieldingRunRead | null> {
    const path = fieldingRunPath(place);
    const cached = this.#deps.fieldingRuns.get(this.#credentialKey, path);
    const response = await this.#calls.get(
      path,
      cached === undefined ? undefined : { 'if-none-match': cached.entityTag },
    );
    if (response?.status !== 304) return this.#fieldingRunIn(response, path);
    const tag = response.header('etag') ?? cached?.entityTag;
    if (cached !== undefined && tag === cached.entityTag) {
      return { run: bodies.fieldingRun(cached.octets), etagVersion: versionOfEntityTag(tag) };
    }
    return await this.#getFieldingRunPastCaches(path);
  }

  /**
   * Reads a run again that came in a state which cannot be the present one: a replica behind the API may lag behind, for a
   * moment as a rule.
   *
   * @returns the last state that was read, which is still stale where it stays so, or the time runs out
   * @throws {UpstreamError} where a read fails
   */
  async rereadFieldingRun(
    place: FieldingRunPlace,
    stale: FieldingRunRead,
    isStale: (read: FieldingRunRead) => boolean,
  ): Promise<FieldingRunRead | null> {
    const path = fieldingRunPath(place);
    let read: FieldingRunRead | null = stale;
    for (const delay of REREAD_AFTER_MS) {
      if (read === null || !isStale(read) || !(await this.#calls.wait(delay))) break;
      read = await this.#getFieldingRunPastCaches(path);
    }
    return read;
  }

  async #getFieldingRunPastCaches(path: string): Promise<FieldingRunRead | null> {
    return this.#fieldingRunIn(await this.#calls.get(path, { 'cache-control': 'no-cache' }), path);
  }

  #fieldingRunIn(response: HttpResponse | null, path: string): FieldingRunRead | null {
    if (response === null) return null;
    const octets = octetsOf(response);
    const run = bodies.fieldingRun(octets);
    const tag = response.header('etag');
    if (tag !== undefined) {
      this.#deps.fieldingRuns.set(this.#credentialKey, path, { entityTag: tag, octets });
    }
    return { run, etagVersion: versionOfEntityTag(tag) };
  }

  /** A job that was created a moment ago and is not seen yet counts as at work. */
  async getBatchJob(place: BatchJobPlace): Promise<rest.BatchJob | null> {
    return await this.#jobIn(await this.#findBatchJob(place), batchJobPath(place), bodies.batchJob);
  }

  /** The same holds for a job that launches a draft or schedules it. */
  async getDraftLaunchJob(place: DraftLaunchJobPlace): Promise<rest.FieldingRunJob | null> {
    const path = draftLaunchJobPath(place);
    return await this.#jobIn(await this.#calls.get(path), path, bodies.fieldingRunJob);
  }

  /** @param response null where there is no job at its path, as far as the API knows */
  async #jobIn<J extends JobState>(
    response: HttpResponse | null,
    path: string,
    read: BodyReader<J>,
  ): Promise<J | JobState | null> {
    const body = response === null ? undefined : octetsOf(response);
    const job = body === undefined ? null : read(body);
    return await this.#deps.jobs.amend(this.#credentialKey, path, job, body ?? '', read);
  }

  /**
   * A job is documented at one path. Some versions of the API name another in `Location`, where it is looked for when the
   * documented one does not know it; from then on it is looked for there first.
   */
  async #findBatchJob(place: BatchJobPlace): Promise<HttpResponse | null> {
    const { jobs } = this.#deps;
    const path = batchJobPath(place);
    if (await jobs.isAtShortPath(this.#credentialKey, path)) {
      return (await this.#calls.get(shortBatchJobPath(place))) ?? (await this.#calls.get(path));
    }
    const documented = await this.#calls.get(path);
    if (documented !== null) return documented;
    const other = await this.#getUndocumented(shortBatchJobPath(place));
    if (other !== null) await jobs.foundAtShortPath(this.#credentialKey, path);
    return other;
  }

  /** Null where there is nothing at a path that may not exist at all. */
  async #getUndocumented(path: string): Promise<HttpResponse | null> {
    try {
      return await this.#calls.get(path);
    } catch (error) {
      if (error instanceof UpstreamError && UNKNOWN_PATH.has(error.details.status)) return null;
      throw error;
    }
  }

  launchNow(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'launch-now', version, FieldingRunStatus.Live, 200);
  }

  pauseFieldingRun(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'pause', version, FieldingRunStatus.Paused);
  }

  resumeFieldingRun(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'resume', version, FieldingRunStatus.Live);
  }

  completeFieldingRun(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'complete', version, FieldingRunStatus.Completed);
  }

  relaunchFieldingRun(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'relaunch', version, FieldingRunStatus.Live);
  }

  updateFieldingPeriod(
    place: FieldingRunPlace,
    version: string,
    period: rest.FieldingPeriod,
  ): Promise<ActionOutcome> {
    return this.#change(
      place,
      { from: version, expected: { period }, documentedStatus: 202 },
      { method: 'PUT', path: fieldingRunPath(place), json: period },
    );
  }

  /**
   * Starts a job over many target groups of one project. Safe to repeat with the same key.
   *
   * @returns where the job is
   */
  async createBatchJob(
    project: ProjectPlace,
    kind: BatchJobKind,
    targetGroupIds: readonly string[],
    idempotencyKey: string,
  ): Promise<BatchJobPlace> {
    const place = { accountId: project.accountId, projectId: project.projectId, action: kind };
    const jobId = await this.#createJob({
      path: batchJobsPath(place),
      json: { target_group_ids: targetGroupIds } satisfies rest.BatchJobRequest,
      idempotencyKey,
      otherParents: [shortBatchJobsPath(place)],
    });
    return { ...place, jobId };
  }

  /**
   * Starts a job that launches a draft, or schedules it. Safe to repeat with the same key.
   *
   * @returns where the job is
   */
  async createDraftLaunchJob(
    { accountId, projectId, targetGroupId }: TargetGroupPlace,
    { action, request }: DraftLaunch,
    idempotencyKey: string,
  ): Promise<DraftLaunchJobPlace> {
    const place = { accountId, projectId, targetGroupId, action };
    const jobId = await this.#createJob({ path: draftLaunchJobsPath(place), json: request, idempotencyKey });
    return { ...place, jobId };
  }

  /** @returns the id of the job: 201 alone says that it was created, and `Location` alone which it is */
  async #createJob({ path, json, idempotencyKey, otherParents = [] }: JobCreation): Promise<string> {
    const response = await this.#calls.write(
      { kind: 'keyed', method: 'POST', path, headers: { 'idempotency-key': idempotencyKey }, json },
      { idempotencyKey },
    );
    const { status } = response;
    if (status !== 201) {
      throw badResponse(
        'The Demand API answered the creation of a job with a status that is not documented. Whether the job was started is not known.',
        { status, outcomeUnknown: true, idempotencyKey },
      );
    }
    const jobId = jobIdIn(response.header('location'), [path, ...otherParents], this.#deps.baseUrl);
    if (jobId !== undefined) {
      await this.#deps.jobs.created(this.#credentialKey, `${path}/${jobId}`, jobId);
      return jobId;
    }
    throw badResponse('The Demand API started a job, but did not tell which one.', {
      status,
      outcomeUnknown: true,
      idempotencyKey,
    });
  }

  #act(
    place: FieldingRunPlace,
    action: string,
    version: string,
    status: FieldingRunStatus,
    documentedStatus = 204,
  ): Promise<ActionOutcome> {
    return this.#change(
      place,
      { from: version, expected: { status }, documentedStatus },
      { method: 'POST', path: `${fieldingRunPath(place)}/${action}` },
    );
  }

  async #change(place: FieldingRunPlace, change: Change, call: Omit<Call, 'kind'>): Promise<ActionOutcome> {
    const headers = { 'if-match': entityTag(change.from, this.#deps.ifMatch) };
    const before = this.#knownAt(place, change.from);
    let response: HttpResponse;
    try {
      response = await this.#calls.write({ ...call, kind: 'conditional', headers });
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.details.settledBy === undefined) throw error;
      const made = await this.#settle(place, change.from, ({ run }, version) =>
        isMade(change, run, version, before),
      );
      if (made === undefined) throw error;
      return made;
    }
    const { status } = response;
    const version = versionOfEntityTag(response.header('etag'));
    if (provesChange(change, status, version)) {
      return { version, period: periodIn(response), read: undefined };
    }
    const confirmed = await this.#settle(place, change.from, ({ run }, readVersion) =>
      isConfirmed(change, run, readVersion),
    );
    if (confirmed !== undefined) return confirmed;
    throw badResponse(
      'The Demand API accepted the change, but the fielding run does not show it. Whether the change was made is not known.',
      { status, outcomeUnknown: true },
    );
  }

  /** The run as it was at a version, where this credential has read it then. */
  #knownAt(place: FieldingRunPlace, version: string): rest.FieldingRun | undefined {
    const known = this.#deps.fieldingRuns.get(this.#credentialKey, fieldingRunPath(place));
    const isAtVersion = known !== undefined && versionOfEntityTag(known.entityTag) === version;
    return isAtVersion ? bodies.fieldingRun(known.octets) : undefined;
  }

  /**
   * Reads a run to find out whether a change was made whose answer does not tell. A state that is not past the client's
   * version may be a replica's that lags behind, and is read again.
   *
   * @returns undefined where the run does not show that it was made, or cannot be read
   */
  async #settle(
    place: FieldingRunPlace,
    from: string,
    isDone: (read: FieldingRunRead, version: string) => boolean,
  ): Promise<ActionOutcome | undefined> {
    try {
      let read = await this.getFieldingRun(place);
      if (read === null) return undefined;
      const isOpen = (state: FieldingRunRead) => {
        const version = versionOf(state);
        return !isDone(state, version) && !isOlder(from, version);
      };
      read = await this.rereadFieldingRun(place, read, isOpen);
      if (read === null || !isDone(read, versionOf(read))) return undefined;
      return { version: versionOf(read), period: undefined, read };
    } catch (error) {
      if (error instanceof UpstreamError) return undefined;
      throw error;
    }
  }
}
