import { Arg, Authorized, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import type * as rest from '../../contract/demand-api.js';
import type { LiveEvent } from '../../events/topic.js';
import { batchJobTopic } from '../../events/topics/job.js';
import { requireRef } from '../node/node-id.js';
import { subscribeTo } from '../subscribe-to.js';
import { findBatchJob } from './batch-job.reading.js';
import { BatchJob } from './batch-job.type.js';

@Resolver()
export class BatchJobSubscriptions {
  @Authorized<Scope>('fielding:read')
  @Subscription(() => BatchJob, {
    description:
      'A batch job, live: its current state first, then newer ones. Completes when the job has finished; ' +
      'the last event shows its result. An id that does not exist is an error (`BAD_USER_INPUT`).',
    subscribe: subscribeTo('BatchJob', 'id', batchJobTopic),
  })
  async batchJobUpdated(
    @Arg('id', () => ID, { description: 'Id of the job, as returned by the mutation that started it.' })
    id: string,
    @Root() { state }: LiveEvent<rest.BatchJob>,
    @Ctx() context: RequestContext,
  ): Promise<BatchJob | null> {
    const ref = requireRef(context.principal, 'BatchJob', id, 'id');
    context.loaders.batchJob.prime(ref, state);
    return await findBatchJob(context, ref);
  }
}
