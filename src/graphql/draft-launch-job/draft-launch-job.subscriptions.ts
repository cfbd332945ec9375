import { Arg, Authorized, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import type * as rest from '../../contract/demand-api.js';
import type { LiveEvent } from '../../events/topic.js';
import { draftLaunchJobTopic } from '../../events/topics/job.js';
import { requireRef } from '../node/node-id.js';
import { subscribeTo } from '../subscribe-to.js';
import { findDraftLaunchJob } from './draft-launch-job.reading.js';
import { DraftLaunchJob } from './draft-launch-job.type.js';

@Resolver()
export class DraftLaunchJobSubscriptions {
  @Authorized<Scope>('fielding:read')
  @Subscription(() => DraftLaunchJob, {
    description:
      'A job that launches or schedules a draft, live: its current state first, then newer ones. ' +
      'Completes when the job has finished; the last event shows its result. An id that does not exist ' +
      'is an error (`BAD_USER_INPUT`).',
    subscribe: subscribeTo('DraftLaunchJob', 'id', draftLaunchJobTopic),
  })
  async draftLaunchJobUpdated(
    @Arg('id', () => ID, { description: 'Id of the job, as returned by the mutation that started it.' })
    id: string,
    @Root() { state }: LiveEvent<rest.FieldingRunJob>,
    @Ctx() context: RequestContext,
  ): Promise<DraftLaunchJob | null> {
    const ref = requireRef(context.principal, 'DraftLaunchJob', id, 'id');
    context.loaders.draftLaunchJob.prime(ref, state);
    return await findDraftLaunchJob(context, ref);
  }
}
