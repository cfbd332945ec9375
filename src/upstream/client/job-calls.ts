import type * as rest from '../../contract/demand-api.js';
import { latin1Of } from '../http/body.js';
import { badResponse, UpstreamError } from '../errors.js';
import type { HttpResponse } from '../http/http.js';
import type { JobTracker, JobState } from '../state/job-tracker.js';
import { jobIdIn } from '../resources/location.js';
import {
  batchJobPath,
  draftLaunchJobPath,
  shortBatchJobPath,
  type BatchJobRef,
  type DraftLaunchJobRef,
} from '../resources/resource-ref.js';
import type { ScopedTransport } from './scoped-transport.js';
import { bodies, type BodyReader } from '../resources/validation.js';

/** A job that is to be created. */
export interface JobCreation {
  /** Where it is created and, by the contract, to be read. */
  readonly path: string;
  readonly json: unknown;
  readonly idempotencyKey: string;
  /** Where else `Location` may say that it is. */
  readonly otherParents?: readonly string[];
}

/** What the edges of APIs answer, beside 404, for a path that they do not know. */
const UNKNOWN_PATH: ReadonlySet<number | undefined> = new Set([400, 403, 405, 410]);

export interface JobCallsDeps {
  /** The REST base, of which a job's `Location` must be. */
  readonly baseUrl: string;
  readonly jobs: JobTracker;
}

/** Creates jobs, once for each key, and reads them. One for each GraphQL operation. */
export class JobCalls {
  readonly #deps: JobCallsDeps;
  readonly #calls: ScopedTransport;
  readonly #credentialKey: string;

  constructor(deps: JobCallsDeps, calls: ScopedTransport, credentialKey: string) {
    this.#deps = deps;
    this.#calls = calls;
    this.#credentialKey = credentialKey;
  }

  /** @returns the id of the job: 201 alone says that it was created, and `Location` alone which it is */
  async create({ path, json, idempotencyKey, otherParents = [] }: JobCreation): Promise<string> {
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

  /** A job that was created a moment ago and is not seen yet counts as at work. */
  async getBatchJob(ref: BatchJobRef): Promise<rest.BatchJob | null> {
    return await this.#jobIn(await this.#findBatchJob(ref), batchJobPath(ref), bodies.batchJob);
  }

  /** The same holds for a job that launches a draft or schedules it. */
  async getDraftLaunchJob(ref: DraftLaunchJobRef): Promise<rest.FieldingRunJob | null> {
    const path = draftLaunchJobPath(ref);
    return await this.#jobIn(await this.#calls.get(path), path, bodies.fieldingRunJob);
  }

  /** @param response null where there is no job at its path, as far as the API knows */
  async #jobIn<J extends JobState>(
    response: HttpResponse | null,
    path: string,
    read: BodyReader<J>,
  ): Promise<J | JobState | null> {
    const body = response === null ? undefined : latin1Of(response);
    const job = body === undefined ? null : read(body);
    return await this.#deps.jobs.amend(this.#credentialKey, path, job, body ?? '', read);
  }

  /**
   * A job is documented at one path. Some versions of the API name another in `Location`, where it is looked for when the
   * documented one does not know it; from then on it is looked for there first.
   */
  async #findBatchJob(ref: BatchJobRef): Promise<HttpResponse | null> {
    const { jobs } = this.#deps;
    const path = batchJobPath(ref);
    if (await jobs.isAtShortPath(this.#credentialKey, path)) {
      return (await this.#calls.get(shortBatchJobPath(ref))) ?? (await this.#calls.get(path));
    }
    const documented = await this.#calls.get(path);
    if (documented !== null) return documented;
    const other = await this.#getUndocumented(shortBatchJobPath(ref));
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
}
