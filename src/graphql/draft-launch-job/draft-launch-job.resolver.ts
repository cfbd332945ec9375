import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Int, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../context.js';
import { segment } from '../../upstream/resources/resource-ref.js';
import { relatedFieldingRun } from '../fielding-run/fielding-run.reading.js';
import { FieldingRun } from '../fielding-run/fielding-run.type.js';
import { pollingAdvice } from '../job/job.polling.js';
import { requireRef } from '../node/node-id.js';
import { relatedTargetGroup } from '../target-group/target-group.reading.js';
import { TargetGroup } from '../target-group/target-group.type.js';
import { relatedUser } from '../user/user.reading.js';
import { User } from '../user/user.type.js';
import { findDraftLaunchJob } from './draft-launch-job.reading.js';
import { DraftLaunchJob } from './draft-launch-job.type.js';

@Resolver(() => DraftLaunchJob)
export class DraftLaunchJobResolver {
  @Query(() => DraftLaunchJob, {
    nullable: true,
    description: 'One job that launches or schedules a draft. Null where there is no such job.',
  })
  async draftLaunchJob(
    @Arg('id', () => ID, { description: 'The id of the job, as the mutation that started it told.' })
    id: string,
    @Ctx() context: RequestContext,
  ): Promise<DraftLaunchJob | null> {
    return await findDraftLaunchJob(context, requireRef('DraftLaunchJob', id, 'id'));
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description:
      'In how many seconds to ask again: 1 to 10, rising with the age of the job. Null once the job is over.',
  })
  pollAfterSeconds(@Root() job: DraftLaunchJob, @Ctx() { now }: RequestContext): number | null {
    return pollingAdvice(job, now());
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: 'Who started the job. Null where the API does not tell.',
  })
  async createdByUser(
    @Root() { ref, createdBy }: DraftLaunchJob,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<User | null> {
    return await relatedUser(context, ref, createdBy, info);
  }

  @FieldResolver(() => FieldingRun, {
    nullable: true,
    description:
      'The fielding run that the job has created: live, or scheduled. Null while the job is at work, where it has failed, and where ' +
      'there is no such run any more.',
  })
  async fieldingRun(
    @Root() { ref, createdRunId }: DraftLaunchJob,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<FieldingRun | null> {
    if (createdRunId === null) return null;
    const { accountId, projectId, targetGroupId } = ref;
    const run = { accountId, projectId, targetGroupId, fieldingRunId: segment(createdRunId) };
    return await relatedFieldingRun(context, run, info);
  }

  @FieldResolver(() => TargetGroup, {
    nullable: true,
    description: 'The target group that was a draft, as it is now. Null where there is none with that id.',
  })
  async targetGroup(
    @Root() { ref }: DraftLaunchJob,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TargetGroup | null> {
    return await relatedTargetGroup(context, ref, info);
  }
}
