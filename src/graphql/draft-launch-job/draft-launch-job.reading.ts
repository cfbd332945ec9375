import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import { JobStatus } from '../../contract/demand-api.js';
import type { DraftLaunchJobRef } from '../../upstream/resources/resource-ref.js';
import { createdJob } from '../job/job.reading.js';
import { DraftLaunchJob } from './draft-launch-job.type.js';

/** What the place of a job alone answers, or a call of its own. */
const NEEDS_NOTHING = new Set(['__typename', 'id', 'jobId', 'action', 'targetGroup']);

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
  const atWork = new DraftLaunchJob(ref, { job_id: ref.jobId, status: JobStatus.Processing });
  const read = () => findDraftLaunchJob(context, ref);
  return createdJob({ typeName: 'DraftLaunchJob', atWork, told: NEEDS_NOTHING, read }, info);
}
