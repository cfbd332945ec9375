import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import { JobStatus } from '../../contract/demand-api.js';
import type { DraftLaunchJobPlace } from '../../upstream/place.js';
import { createdJob } from '../job/job.reading.js';
import { DraftLaunchJob } from './draft-launch-job.type.js';

/** Fields that need no call, or that make their own. */
const NEEDS_NO_CALL = new Set(['__typename', 'id', 'jobId', 'action', 'targetGroup']);

export async function findDraftLaunchJob(
  { loaders }: RequestContext,
  place: DraftLaunchJobPlace,
): Promise<DraftLaunchJob | null> {
  const job = await loaders.draftLaunchJob.load(place);
  return job === null ? null : new DraftLaunchJob(place, job);
}

export function createdDraftLaunchJob(
  context: RequestContext,
  place: DraftLaunchJobPlace,
  info: GraphQLResolveInfo,
): Promise<DraftLaunchJob> {
  const started = new DraftLaunchJob(place, { job_id: place.jobId, status: JobStatus.Processing });
  const read = () => findDraftLaunchJob(context, place);
  return createdJob({ typeName: 'DraftLaunchJob', started, known: NEEDS_NO_CALL, read }, info);
}
