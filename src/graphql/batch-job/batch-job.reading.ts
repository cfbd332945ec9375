import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import { JobStatus } from '../../contract/demand-api.js';
import type { BatchJobRef } from '../../upstream/resources/resource-ref.js';
import { createdJob } from '../job/job.reading.js';
import { BatchJob } from './batch-job.type.js';

/** Fields that need no call, because the job's reference has them. */
const NEEDS_NO_CALL = new Set(['__typename', 'id', 'jobId', 'action', 'project']);

export async function findBatchJob({ loaders }: RequestContext, ref: BatchJobRef): Promise<BatchJob | null> {
  const job = await loaders.batchJob.load(ref);
  return job === null ? null : new BatchJob(ref, job);
}

export function createdBatchJob(
  context: RequestContext,
  ref: BatchJobRef,
  info: GraphQLResolveInfo,
): Promise<BatchJob> {
  const started = new BatchJob(ref, { job_id: ref.jobId, status: JobStatus.Processing });
  const read = () => findBatchJob(context, ref);
  return createdJob({ typeName: 'BatchJob', started, known: NEEDS_NO_CALL, read }, info);
}
