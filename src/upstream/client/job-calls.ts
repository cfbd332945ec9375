import type * as rest from '../../contract/demand-api.js';
import { latin1Of } from '../http/body.js';
import { badResponse, UpstreamError } from '../errors.js';
import type { CallScope } from '../http/call.js';
import type { Credentials } from '../credential/credentials.js';
import type { HttpResponse } from '../http/http.js';
import type { JobTracker, JobState } from '../state/job-tracker.js';
import { jobIdIn } from '../resources/location.js';
import {
  batchJobPath,
  batchJobsPath,
  draftLaunchJobPath,
  draftLaunchJobsPath,
  shortBatchJobPath,
  shortBatchJobsPath,
  type BatchJobRef,
  type DraftLaunchJobRef,
  type ProjectRef,
  type TargetGroupRef,
} from '../resources/resource-ref.js';
import type { ScopedTransport } from './scoped-transport.js';
import { bodies, type ResponseBodyReader } from '../resources/validation.js';

/** What to do with a draft, and the REST request for it. */
export type DraftLaunch =
  | { readonly action: 'launch-from-draft'; readonly request: rest.LaunchFromDraftRequest }
  | { readonly action: 'schedule-from-draft'; readonly request: rest.FieldingPeriod };

interface JobCreation {
  /** The collection: where the job is created and, by the contract, read. */
  readonly path: string;
  readonly json: unknown;
  /** The client's own key. */
  readonly idempotencyKey: string;
  /** Other collections that `Location` may name. */
  readonly otherParents?: readonly string[];
}

/** Statuses besides 404 with which API gateways reject unknown paths. */
const UNKNOWN_PATH: ReadonlySet<number | undefined> = new Set([400, 403, 405, 410]);

export interface JobCallsDeps {
  /** The REST base. The `Location` of a job must be below it. */
  readonly baseUrl: string;
  readonly jobs: JobTracker;
  readonly credentials: Pick<Credentials, 'idempotencyKey'>;
}

/** Creates jobs, once for each key, and reads them. */
export class JobCalls {
  readonly #deps: JobCallsDeps;
  readonly #calls: ScopedTransport;
  readonly #principalKey: string;

  constructor(deps: JobCallsDeps, calls: ScopedTransport, { principalKey }: Pick<CallScope, 'principalKey'>) {
    this.#deps = deps;
    this.#calls = calls;
    this.#principalKey = principalKey;
  }

  async createBatchJob(
    { accountId, projectId }: ProjectRef,
    action: rest.BatchJobKind,
    targetGroupIds: readonly string[],
    idempotencyKey: string,
  ): Promise<BatchJobRef> {
    const ref = { accountId, projectId, action };
    const jobId = await this.#create({
      path: batchJobsPath(ref),
      json: { target_group_ids: targetGroupIds } satisfies rest.BatchJobRequest,
      idempotencyKey,
      otherParents: [shortBatchJobsPath(ref)],
    });
    return { ...ref, jobId };
  }

  async createDraftLaunchJob(
    { accountId, projectId, targetGroupId }: TargetGroupRef,
    { action, request }: DraftLaunch,
    idempotencyKey: string,
  ): Promise<DraftLaunchJobRef> {
    const ref = { accountId, projectId, targetGroupId, action };
    const jobId = await this.#create({ path: draftLaunchJobsPath(ref), json: request, idempotencyKey });
    return { ...ref, jobId };
  }

  async getBatchJob(ref: BatchJobRef): Promise<rest.BatchJob | null> {
    return await this.#jobIn(await this.#findBatchJob(ref), batchJobPath(ref), bodies.batchJob);
  }

  async getDraftLaunchJob(ref: DraftLaunchJobRef): Promise<rest.FieldingRunJob | null> {
    const path = draftLaunchJobPath(ref);
    return await this.#jobIn(await this.#calls.get(path), path, bodies.fieldingRunJob);
  }

  /** @returns the id of the job. Only a 201 proves that it was created, and only `Location` contains its id. */
  async #create({ path, json, idempotencyKey, otherParents = [] }: JobCreation): Promise<string> {
    const sentKey = this.#deps.credentials.idempotencyKey(this.#principalKey, idempotencyKey);
    const headers = { 'idempotency-key': sentKey };
    let response: HttpResponse;
    try {
      response = await this.#calls.write(
        { kind: 'keyed', method: 'POST', path, headers, json },
        { idempotencyKey },
      );
    } catch (error) {
      throw error instanceof UpstreamError ? error.replacing(sentKey, idempotencyKey) : error;
    }
    const { status } = response;
    if (status !== 201) {
      throw badResponse(
        'The Demand API responded to the creation of a job with an undocumented status. It is unknown whether the job was started.',
        { status, outcomeUnknown: true, idempotencyKey },
      );
    }
    const jobId = jobIdIn(response.header('location'), [path, ...otherParents], this.#deps.baseUrl);
    if (jobId !== undefined) {
      await this.#deps.jobs.created(this.#principalKey, `${path}/${jobId}`, jobId);
      return jobId;
    }
    throw badResponse('The Demand API started a job, but did not return its id.', {
      status,
      outcomeUnknown: true,
      idempotencyKey,
    });
  }

  /** @param response null for a 404 */
  async #jobIn<J extends JobState>(
    response: HttpResponse | null,
    path: string,
    read: ResponseBodyReader<J>,
  ): Promise<J | JobState | null> {
    const body = response === null ? undefined : latin1Of(response);
    const job = body === undefined ? null : read(body);
    return await this.#deps.jobs.amend(this.#principalKey, path, job, body ?? '', read);
  }

  /**
   * Reads a job at its documented path, and after a 404 at the short path that some versions of the API name in `Location`.
   * A job found at the short path is read there first from then on.
   */
  async #findBatchJob(ref: BatchJobRef): Promise<HttpResponse | null> {
    const { jobs } = this.#deps;
    const path = batchJobPath(ref);
    if (await jobs.isAtShortPath(this.#principalKey, path)) {
      return (await this.#calls.get(shortBatchJobPath(ref))) ?? (await this.#calls.get(path));
    }
    const documented = await this.#calls.get(path);
    if (documented !== null) return documented;
    const other = await this.#getUndocumented(shortBatchJobPath(ref));
    if (other !== null) await jobs.foundAtShortPath(this.#principalKey, path);
    return other;
  }

  /** Returns null for a 404, and if the API does not have the path at all. */
  async #getUndocumented(path: string): Promise<HttpResponse | null> {
    try {
      return await this.#calls.get(path);
    } catch (error) {
      if (error instanceof UpstreamError && UNKNOWN_PATH.has(error.details.status)) return null;
      throw error;
    }
  }
}
