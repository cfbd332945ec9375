import { ObjectType } from 'type-graphql';
import type { DraftLaunchJobPlace } from '../../upstream/place.js';
import { JobPayload } from '../job/job.payload.js';

@ObjectType({
  description:
    'What became of the wish to bring a draft into field: the job, or what the user can do about a failure.',
})
export class DraftLaunchJobPayload extends JobPayload<DraftLaunchJobPlace> {}
