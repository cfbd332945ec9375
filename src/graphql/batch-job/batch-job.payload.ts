import { ObjectType } from 'type-graphql';
import type { BatchJobRef } from '../../upstream/resources/resource-ref.js';
import { JobPayload } from '../job/job.payload.js';

@ObjectType({
  description: 'Result of starting a batch job: the job, or errors that the user can act on.',
})
export class BatchJobPayload extends JobPayload<BatchJobRef> {}
