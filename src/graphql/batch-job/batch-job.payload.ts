import { ObjectType } from 'type-graphql';
import type { BatchJobRef } from '../../upstream/resources/resource-ref.js';
import { JobPayload } from '../job/job.payload.js';

@ObjectType({
  description:
    'What became of the wish to act on many target groups: the job, or what the user can do about a failure.',
})
export class BatchJobPayload extends JobPayload<BatchJobRef> {}
