import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import { JobStatus } from '../../contract/demand-api.js';
import type { DraftLaunchJobRef } from '../../upstream/resources/resource-ref.js';
import { createdJob } from '../job/job.reading.js';
import { DraftLaunchJob } from './draft-launch-job.type.js';

/** Fields that need no call, or that make their own. */
const NEEDS_NO_CALL = new Set(['__typename', 'id', 'jobId', 'action', 'targetGroup']);

export async function findDraftLaunchJob(
  { loaders }: RequestContext,
  ref: DraftLaunchJobRef,
): Promise<DraftLaunchJob | null> {
  const job = await loaders.draftLaunchJob.load(ref);
  return job === null ? null : new DraftLaunchJob(ref, job);
}

export function createdDraftLaunchJob(
  context: RequestContext,
  ref: DraftLaunchJobRef,
  info: GraphQLResolveInfo,
): Promise<DraftLaunchJob> {
  const started = new DraftLaunchJob(ref, { job_id: ref.jobId, status: JobStatus.Processing });
  const read = () => findDraftLaunchJob(context, ref);
  return createdJob({ typeName: 'DraftLaunchJob', started, known: NEEDS_NO_CALL, read }, info);
}
