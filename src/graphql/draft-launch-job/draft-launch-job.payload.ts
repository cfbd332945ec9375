import { ObjectType } from 'type-graphql';
import type { DraftLaunchJobRef } from '../../upstream/resources/resource-ref.js';
import { JobPayload } from '../job/job.payload.js';

@ObjectType({
  description: 'Result of launching or scheduling a draft: the job, or errors that the user can act on.',
})
export class DraftLaunchJobPayload extends JobPayload<DraftLaunchJobRef> {}
