import type * as rest from '../contract/demand-api.js';
import { BatchJobKind, BatchJobOperation, FieldingRunStatus } from '../contract/demand-api.js';
import { badResponse, UpstreamError, type UpstreamErrorDetails } from './errors.js';
import type { HttpResponse } from './http.js';
import { batchJobPlaceOf } from './location.js';
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
import type { Call, CallScope } from './call.js';
import type { FieldingRunCache } from './fielding-run-cache.js';
import type { JobMemory } from './job-memory.js';
import type { Transport } from './transport.js';
import { bodies, type BodyReader } from './validation.js';
import { entityTag, isNextVersion, versionOfEntityTag } from './version.js';

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
  readonly fieldingRuns: FieldingRunCache;
  readonly jobs: JobMemory;
  /** The form of `If-Match`. */
  readonly ifMatch: 'weak' | 'strong';
}

/** What an action leads to, by which a change whose answer was lost is recognised. */
type Goal = { readonly status: FieldingRunStatus } | { readonly period: rest.FieldingPeriod };

/**
 * The Demand API, one method for each operation that the gateway uses. One for each GraphQL operation.
 *
 * A read answers null for what does not exist. Every failure is an {@link UpstreamError}.
 */
export class DemandClient {
  readonly #deps: DemandClientDeps;
  readonly #scope: CallScope;

  constructor(deps: DemandClientDeps, scope: CallScope) {
    this.#deps = deps;
    this.#scope = scope;
  }

  listAccounts(): Promise<rest.AccountList | null> {
    return this.#read('/accounts', bodies.accountList);
  }

  listProjects(account: AccountPlace, query: ProjectQuery): Promise<rest.ProjectList | null> {
    return this.#read(`${accountPath(account)}/projects${queryString(query)}`, bodies.projectList);
  }

  getProject(place: ProjectPlace): Promise<rest.Project | null> {
    return this.#read(projectPath(place), bodies.project);
  }

  getProjectOverview(place: ProjectPlace): Promise<rest.ProjectOverview | null> {
    return this.#read(`${projectPath(place)}/overview`, bodies.projectOverview);
  }

  listTargetGroups(project: ProjectPlace, query: TargetGroupQuery): Promise<rest.TargetGroupList | null> {
    return this.#read(`${projectPath(project)}/target-groups${queryString(query)}`, bodies.targetGroupList);
  }

  getTargetGroupOverview(place: TargetGroupPlace): Promise<rest.TargetGroupOverview | null> {
    return this.#read(`${targetGroupPath(place)}/overview`, bodies.targetGroupOverview);
  }

  getTargetGroupDetails(place: TargetGroupPlace): Promise<rest.TargetGroupDetails | null> {
    return this.#read(`${targetGroupPath(place)}/details`, bodies.targetGroupDetails);
  }

  /** `launched` where the target group is no draft any more (301). */
  async getDraftTargetGroup(place: TargetGroupPlace): Promise<rest.DraftTargetGroup | 'launched' | null> {
    try {
      return await this.#read(targetGroupPath(place), bodies.draftTargetGroup);
    } catch (error) {
      if (error instanceof UpstreamError && error.details.status === 301) return 'launched';
      throw error;
    }
  }

  listFieldingRuns(targetGroup: TargetGroupPlace): Promise<rest.FieldingRunList | null> {
    return this.#read(`${targetGroupPath(targetGroup)}/fielding-runs`, bodies.fieldingRunList);
  }

  async getFieldingRun(place: FieldingRunPlace): Promise<FieldingRunRead | null> {
    const path = fieldingRunPath(place);
    const { credentialKey } = this.#scope;
    const cached = this.#deps.fieldingRuns.get(credentialKey, path);
    let response = await this.#get(path, cached === undefined ? {} : { 'if-none-match': cached.entityTag });
    if (response?.status === 304) {
      const { entityTag: known, run } = cached ?? {};
      const tag = response.header('etag') ?? known;
      if (run !== undefined && tag === known) return { run, etagVersion: versionOfEntityTag(tag) };
      response = await this.#get(path, { 'cache-control': 'no-cache' });
    }
    if (response === null) return null;
    const run = bodies.fieldingRun(jsonOf(response));
    const tag = response.header('etag');
    if (tag !== undefined) {
      this.#deps.fieldingRuns.set(credentialKey, path, { entityTag: tag, run }, sizeOf(response));
    }
    return { run, etagVersion: versionOfEntityTag(tag) };
  }

  /** A job that was created a moment ago and is not seen yet counts as at work. */
  async getBatchJob(place: BatchJobPlace): Promise<rest.BatchJob | null> {
    const path = batchJobPath(place);
    const response = await this.#get(path);
    const job = response === null ? null : bodies.batchJob(jsonOf(response));
    return this.#deps.jobs.amend(
      this.#scope.credentialKey,
      path,
      job,
      response === null ? 0 : sizeOf(response),
    );
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
    const response = await this.#write(
      {
        kind: 'keyed',
        method: 'POST',
        path: `${projectPath(project)}/batch-jobs/${operation}`,
        headers: { 'idempotency-key': idempotencyKey },
        json: { target_group_ids: targetGroupIds } satisfies rest.BatchJobRequest,
      },
      { idempotencyKey },
    );
    const place = batchJobPlaceOf(
      response.header('location'),
      project,
      operation,
      this.#deps.transport.baseUrl,
    );
    if (place !== undefined && kindOfSegment(place.segment) === kind) {
      this.#deps.jobs.created(this.#scope.credentialKey, batchJobPath(place), place.jobId);
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
    try {
      const response = await this.#write({ ...call, kind: 'conditional', headers });
      return { version: versionOfEntityTag(response.header('etag')), period: periodIn(response) };
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.details.settledBy === undefined) throw error;
      const made = await this.#changeAlreadyMade(place, version, goal);
      if (made === undefined) throw error;
      return made;
    }
  }

  /**
   * After a lost answer, the refusal of the next attempt can mean that the first one was carried out: where the run is
   * one change past the version that it was to be changed from, and is what the change leads to.
   */
  async #changeAlreadyMade(
    place: FieldingRunPlace,
    from: string,
    goal: Goal,
  ): Promise<ActionOutcome | undefined> {
    try {
      const read = await this.getFieldingRun(place);
      if (read === null) return undefined;
      const version = read.etagVersion ?? String(read.run.version);
      return isNextVersion(from, version) && reached(read.run, goal)
        ? { version, period: undefined }
        : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Makes a call that changes something. Once an answer has been lost, a failure says that the outcome is unknown; a
   * refusal for the version or the state is named in `settledBy`, since it can be settled by reading the run.
   */
  async #write(call: Call, details: UpstreamErrorDetails = {}): Promise<HttpResponse> {
    try {
      const response = await this.#deps.transport.call(call, this.#scope);
      if (response.status === 304)
        throw badResponse('The Demand API answered a change as if it were a read.');
      return response;
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      const lost = error.details.answerLost === true ? error : error.details.lostBefore;
      if (lost === undefined) throw error.with(details);
      const { retryAfterSeconds } = error.details;
      const settledBy = isRefusal(error) ? error.code : undefined;
      throw new UpstreamError(lost.code, `${lost.message} Whether the change was made is not known.`, {
        ...lost.details,
        ...details,
        retryAfterSeconds,
        settledBy,
        outcomeUnknown: true,
      });
    }
  }

  async #read<T>(path: string, read: BodyReader<T>): Promise<T | null> {
    const response = await this.#get(path);
    return response === null ? null : read(jsonOf(response));
  }

  async #get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpResponse | null> {
    try {
      return await this.#deps.transport.call({ kind: 'read', method: 'GET', path, headers }, this.#scope);
    } catch (error) {
      if (error instanceof UpstreamError && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  }
}

/** Whether a conditional change was refused for the version or the state that it met. */
function isRefusal({ code }: UpstreamError): boolean {
  return code === 'PRECONDITION_FAILED' || code === 'INVALID_STATE';
}

function reached(run: rest.FieldingRun, goal: Goal): boolean {
  if ('status' in goal) return run.status.toUpperCase() === goal.status.toUpperCase();
  const { start_fielding_at: start, end_fielding_at: end } = goal.period;
  return sameMoment(run.start_fielding_at, start) && sameMoment(run.end_fielding_at, end);
}

function sameMoment(one: string | undefined, other: string): boolean {
  return one !== undefined && Date.parse(one) === Date.parse(other);
}

function sizeOf({ body }: HttpResponse): number {
  return 'text' in body ? body.text.length : 0;
}

const OPERATION_OF_KIND: Readonly<Record<BatchJobKind, BatchJobOperation>> = {
  [BatchJobKind.Pause]: BatchJobOperation.Pause,
  [BatchJobKind.Resume]: BatchJobOperation.Resume,
  [BatchJobKind.Launch]: BatchJobOperation.Launch,
  [BatchJobKind.Complete]: BatchJobOperation.Complete,
  [BatchJobKind.Relaunch]: BatchJobOperation.Relaunch,
};

/** What a job does, from the segment of its path: `pause`, or a longer form that begins so. */
export function kindOfSegment(segment: string): BatchJobKind | undefined {
  return Object.values(BatchJobKind).find((kind) => segment === kind || segment.startsWith(`${kind}-`));
}

function jsonOf({ status, body }: HttpResponse): unknown {
  try {
    return JSON.parse('text' in body ? body.text : '') as unknown;
  } catch {
    throw badResponse('The Demand API gave an answer that is not JSON.', { status });
  }
}

/** Only `launch-now` answers with a period. A 2xx with a body that cannot be used is a success all the same. */
function periodIn(response: HttpResponse): rest.FieldingPeriod | undefined {
  try {
    const { start_fielding_at, end_fielding_at } = bodies.fieldingPeriod(jsonOf(response));
    return { start_fielding_at, end_fielding_at };
  } catch {
    return undefined;
  }
}

/** Several values repeat the parameter, without brackets. */
function queryString(
  query: Readonly<Record<string, string | number | readonly string[] | undefined>>,
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const values =
      value === undefined ? [] : Array.isArray(value) ? (value as readonly string[]) : [String(value)];
    for (const one of values) parameters.append(name, one);
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
