import type * as rest from '../contract/demand-api.js';
import { BatchJobKind, BatchJobOperation } from '../contract/demand-api.js';
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
import { failureOf, type Call, type CallScope, type Transport } from './transport.js';
import { bodies, type BodyReader } from './validation.js';
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

export interface DemandClientOptions {
  readonly ifMatch: 'weak' | 'strong';
}

/**
 * The Demand API, one method for each operation that the gateway uses. One for each GraphQL operation.
 *
 * A read answers null for what does not exist. Every failure is an {@link UpstreamError}.
 */
export class DemandClient {
  readonly #transport: Transport;
  readonly #scope: CallScope;
  readonly #options: DemandClientOptions;

  constructor(transport: Transport, scope: CallScope, options: DemandClientOptions) {
    this.#transport = transport;
    this.#scope = scope;
    this.#options = options;
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
    const response = await this.#get(fieldingRunPath(place));
    if (response === null) return null;
    const run = bodies.fieldingRun(jsonOf(response));
    return { run, etagVersion: versionOfEntityTag(response.header('etag')) };
  }

  getBatchJob(place: BatchJobPlace): Promise<rest.BatchJob | null> {
    return this.#read(batchJobPath(place), bodies.batchJob);
  }

  launchNow(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'launch-now', version);
  }

  pauseFieldingRun(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'pause', version);
  }

  resumeFieldingRun(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'resume', version);
  }

  completeFieldingRun(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'complete', version);
  }

  relaunchFieldingRun(place: FieldingRunPlace, version: string): Promise<ActionOutcome> {
    return this.#act(place, 'relaunch', version);
  }

  updateFieldingPeriod(
    place: FieldingRunPlace,
    version: string,
    period: rest.FieldingPeriod,
  ): Promise<ActionOutcome> {
    return this.#change({ method: 'PUT', path: fieldingRunPath(place), json: period }, version);
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
        method: 'POST',
        path: `${projectPath(project)}/batch-jobs/${operation}`,
        headers: { 'idempotency-key': idempotencyKey },
        json: { target_group_ids: targetGroupIds } satisfies rest.BatchJobRequest,
      },
      { idempotencyKey },
    );
    const place = batchJobPlaceOf(response.header('location'), project, operation, this.#transport.baseUrl);
    if (place !== undefined && kindOfSegment(place.segment) === kind) return place;
    throw badResponse('The Demand API created a job, and did not tell where it is.', {
      status: response.status,
      outcomeUnknown: true,
      idempotencyKey,
    });
  }

  #act(place: FieldingRunPlace, action: string, version: string): Promise<ActionOutcome> {
    return this.#change({ method: 'POST', path: `${fieldingRunPath(place)}/${action}` }, version);
  }

  async #change(call: Call, version: string): Promise<ActionOutcome> {
    const headers = { 'if-match': entityTag(version, this.#options.ifMatch) };
    const response = await this.#write({ ...call, headers });
    return { version: versionOfEntityTag(response.header('etag')), period: periodIn(response) };
  }

  /** Makes a call that changes something: where its answer was lost, nobody knows whether it did. */
  async #write(call: Call, details: UpstreamErrorDetails = {}): Promise<HttpResponse> {
    try {
      return await this.#transport.call(call, this.#scope);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      throw error.with({ ...details, outcomeUnknown: error.details.answerLost === true });
    }
  }

  async #read<T>(path: string, read: BodyReader<T>): Promise<T | null> {
    const response = await this.#get(path);
    return response === null ? null : read(jsonOf(response));
  }

  async #get(path: string): Promise<HttpResponse | null> {
    try {
      return await this.#transport.call({ method: 'GET', path }, this.#scope);
    } catch (error) {
      if (error instanceof UpstreamError && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  }
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
  if ('failure' in body) throw failureOf(body.failure);
  try {
    return JSON.parse(body.text) as unknown;
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
