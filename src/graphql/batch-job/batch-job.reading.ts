import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import { JobStatus } from '../../contract/demand-api.js';
import { UpstreamError } from '../../upstream/errors.js';
import type { BatchJobPlace } from '../../upstream/place.js';
import { orError } from '../items.js';
import { selectedFields } from '../selection.js';
import { BatchJob } from './batch-job.type.js';

/** What the place of a job alone answers. */
const NEEDS_NOTHING = new Set(['__typename', 'id', 'jobId', 'action', 'project']);

export async function findBatchJob(
  { loaders }: RequestContext,
  place: BatchJobPlace,
): Promise<BatchJob | null> {
  const job = await loaders.batchJob.load(place);
  return job === null ? null : new BatchJob(place, job);
}

/**
 * A job that has just been created: read where the selection needs it. One that cannot be seen yet is at work.
 *
 * @throws {UpstreamError} where it cannot be read; it says that the job was started, and which one it is
 */
export async function createdBatchJob(
  context: RequestContext,
  place: BatchJobPlace,
  info: GraphQLResolveInfo,
): Promise<BatchJob> {
  const atWork = new BatchJob(place, { job_id: place.jobId, status: JobStatus.Processing });
  const selected = selectedFields(info, 'BatchJob');
  if ([...selected].every((field) => NEEDS_NOTHING.has(field))) return atWork;
  try {
    const job = (await findBatchJob(context, place)) ?? atWork;
    // Where it is broken, GraphQL makes null of the job.
    const status = selected.has('status') ? orError(() => job.status) : undefined;
    if (status instanceof Error) throw status;
    return job;
  } catch (error) {
    const started = `The job \`${atWork.id}\` was started, but it cannot be shown.`;
    throw error instanceof UpstreamError ? error.afterChange(started) : error;
  }
}
