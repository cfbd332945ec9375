import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import { JobStatus } from '../../contract/demand-api.js';
import type { BatchJobPlace } from '../../upstream/place.js';
import { createdJob } from '../job/job.reading.js';
import { BatchJob } from './batch-job.type.js';

/** Fields that need no call, because the job's reference has them. */
const NEEDS_NO_CALL = new Set(['__typename', 'id', 'jobId', 'action', 'project']);

export async function findBatchJob(
  { loaders }: RequestContext,
  place: BatchJobPlace,
): Promise<BatchJob | null> {
  const job = await loaders.batchJob.load(place);
  return job === null ? null : new BatchJob(place, job);
}

export function createdBatchJob(
  context: RequestContext,
  place: BatchJobPlace,
  info: GraphQLResolveInfo,
): Promise<BatchJob> {
  const started = new BatchJob(place, { job_id: place.jobId, status: JobStatus.Processing });
  const read = () => findBatchJob(context, place);
  return createdJob({ typeName: 'BatchJob', started, known: NEEDS_NO_CALL, read }, info);
}
