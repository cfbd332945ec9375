import { ObjectType } from 'type-graphql';
import type { DraftLaunchJobRef } from '../../upstream/resources/resource-ref.js';
import { JobPayload } from '../job/job.payload.js';

@ObjectType({
  description:
    'What came of launching or scheduling a draft: the job, or what the user can do about a failure.',
})
export class DraftLaunchJobPayload extends JobPayload<DraftLaunchJobRef> {}
