import type * as rest from '../contract/demand-api.js';
import { FieldingRunStatus, type BatchJobKind } from '../contract/demand-api.js';
import { kindOfSegment, OPERATION_OF_KIND } from './batch-job-kind.js';
import { octetsOf } from './body.js';
import type { Call, CallScope } from './call.js';
import { badResponse, UpstreamError } from './errors.js';
import { periodIn } from './fielding-period.js';
import type { FieldingRunCache } from './fielding-run-cache.js';
import type { HttpResponse } from './http.js';
import type { JobMemory } from './job-memory.js';
import { batchJobPlaceOf } from './location.js';
import { isChanged, type Goal } from './lost-change.js';
import {
  accountPath,
  batchJobPath,
  fieldingRunPath,
  projectPath,
  targetGroupPath,
  type AccountPlace,
  type BatchJobPlace,
  type FieldingRunPlace,
  type ProjectPlace,
  type TargetGroupPlace,
} from './place.js';
import { queryString } from './query-string.js';
import { ScopedTransport } from './scoped-transport.js';
import type { Transport } from './transport.js';
import { bodies } from './validation.js';
import { entityTag, versionOfEntityTag } from './version.js';

export type ProjectQuery = NonNullable<rest.operations['listProjects']['parameters']['query']>;
export type TargetGroupQuery = NonNullable<rest.operations['listTargetGroups']['parameters']['query']>;

/** A fielding run as it was read. `etagVersion` is undefined where the answer had no usable entity tag. */
export interface FieldingRunRead {
  readonly run: rest.FieldingRun;
  readonly etagVersion: string | undefined;
}

/** What the answer to an action told; the body of one that broke off tells nothing. */
export interface ActionOutcome {
  readonly version: string | undefined;
  readonly period: rest.FieldingPeriod | undefined;
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
    const credentialKey = this.#credentialKey;
    const cached = this.#deps.fieldingRuns.get(credentialKey, path);
    let response = await this.#calls.get(
      path,
      cached === undefined ? undefined : { 'if-none-match': cached.entityTag },
    );
    if (response?.status === 304) {
      const tag = response.header('etag') ?? cached?.entityTag;
      if (cached !== undefined && tag === cached.entityTag) {
        return { run: bodies.fieldingRun(cached.octets), etagVersion: versionOfEntityTag(tag) };
      }
      response = await this.#calls.get(path, { 'cache-control': 'no-cache' });
    }
    if (response === null) return null;
    const octets = octetsOf(response);
    const run = bodies.fieldingRun(octets);
    const tag = response.header('etag');
    if (tag !== undefined) {
      this.#deps.fieldingRuns.set(credentialKey, path, { entityTag: tag, octets });
    }
    return { run, etagVersion: versionOfEntityTag(tag) };
  }

  /** A job that was created a moment ago and is not seen yet counts as at work. */
  async getBatchJob(place: BatchJobPlace): Promise<rest.BatchJob | null> {
    const path = batchJobPath(place);
    const response = (await this.#calls.get(path)) ?? (await this.#documentedJob(place));
    const body = response === null ? undefined : octetsOf(response);
    const job = body === undefined ? null : bodies.batchJob(body);
    return await this.#deps.jobs.amend(this.#credentialKey, path, job, body ?? '');
  }

  /** The contract does not document the path that `Location` names. */
  async #documentedJob(place: BatchJobPlace): Promise<HttpResponse | null> {
    const kind = kindOfSegment(place.segment);
    const segment = kind === undefined ? place.segment : OPERATION_OF_KIND[kind];
    return segment === place.segment ? null : await this.#calls.get(batchJobPath({ ...place, segment }));
  }

  launchNow(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'launch-now', version, FieldingRunStatus.Live);
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
      version,
      { method: 'PUT', path: fieldingRunPath(place), json: period },
      { period },
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
    const operation = OPERATION_OF_KIND[kind];
    const response = await this.#calls.write(
      {
        kind: 'keyed',
        method: 'POST',
        path: `${projectPath(project)}/batch-jobs/${operation}`,
        headers: { 'idempotency-key': idempotencyKey },
        json: { target_group_ids: targetGroupIds } satisfies rest.BatchJobRequest,
      },
      { idempotencyKey },
    );
    const place = batchJobPlaceOf(response.header('location'), project, operation, this.#deps.baseUrl);
    if (place !== undefined && kindOfSegment(place.segment) === kind) {
      await this.#deps.jobs.created(this.#credentialKey, batchJobPath(place), place.jobId);
      return place;
    }
    throw badResponse('The Demand API created a job, and did not tell where it is.', {
      status: response.status,
      outcomeUnknown: true,
      idempotencyKey,
    });
  }

  #act(
    place: FieldingRunPlace,
    action: string,
    version: string,
    status: FieldingRunStatus,
  ): Promise<ActionOutcome> {
    return this.#change(
      place,
      version,
      { method: 'POST', path: `${fieldingRunPath(place)}/${action}` },
      { status },
    );
  }

  async #change(
    place: FieldingRunPlace,
    version: string,
    call: Omit<Call, 'kind'>,
    goal: Goal,
  ): Promise<ActionOutcome> {
    const headers = { 'if-match': entityTag(version, this.#deps.ifMatch) };
    const before = this.#knownAt(place, version);
    try {
      const response = await this.#calls.write({ ...call, kind: 'conditional', headers });
      return { version: versionOfEntityTag(response.header('etag')), period: periodIn(response) };
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.details.settledBy === undefined) throw error;
      const made = await this.#changeAlreadyMade(place, version, goal, before);
      if (made === undefined) throw error;
      return made;
    }
  }

  /** The run as it was at a version, where this credential has read it then. */
  #knownAt(place: FieldingRunPlace, version: string): rest.FieldingRun | undefined {
    const known = this.#deps.fieldingRuns.get(this.#credentialKey, fieldingRunPath(place));
    const isAtVersion = known !== undefined && versionOfEntityTag(known.entityTag) === version;
    return isAtVersion ? bodies.fieldingRun(known.octets) : undefined;
  }

  /**
   * After a lost answer, the refusal of the next attempt can mean that the first one was carried out: where the run is
   * one change past the version that it was to be changed from, and is what the change leads to.
   */
  async #changeAlreadyMade(
    place: FieldingRunPlace,
    from: string,
    goal: Goal,
    before: rest.FieldingRun | undefined,
  ): Promise<ActionOutcome | undefined> {
    try {
      const read = await this.getFieldingRun(place);
      if (read === null) return undefined;
      const version = read.etagVersion ?? String(read.run.version);
      return isChanged(read.run, version, from, goal, before) ? { version, period: undefined } : undefined;
    } catch {
      return undefined;
    }
  }
}
