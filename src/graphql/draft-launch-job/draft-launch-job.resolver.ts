import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Authorized, Ctx, FieldResolver, ID, Info, Int, Query, Resolver, Root } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
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
  @Authorized<Scope>('fielding:read')
  @Query(() => DraftLaunchJob, {
    nullable: true,
    description: 'Job that launches or schedules a draft, by its id. Null if it does not exist.',
  })
  async draftLaunchJob(
    @Arg('id', () => ID, { description: 'Id of the job, as returned by the mutation that started it.' })
    id: string,
    @Ctx() context: RequestContext,
  ): Promise<DraftLaunchJob | null> {
    return await findDraftLaunchJob(context, requireRef(context.principal, 'DraftLaunchJob', id, 'id'));
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description:
      'Recommended delay before the next poll: 1 to 10 seconds, growing with the age of the job. Null once ' +
      'the job has finished.',
  })
  pollAfterSeconds(@Root() job: DraftLaunchJob, @Ctx() { now }: RequestContext): number | null {
    return pollingAdvice(job, now());
  }

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => User, {
    nullable: true,
    description: 'Person who started the job. Null if unknown.',
  })
  async createdByUser(
    @Root() { ref, createdBy }: DraftLaunchJob,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<User | null> {
    return await relatedUser(context, ref, createdBy, info);
  }

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => FieldingRun, {
    nullable: true,
    description:
      'Fielding run that the job has created, live or scheduled. Null while the job is in progress, if it ' +
      'failed, or if the run no longer exists.',
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

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => TargetGroup, {
    nullable: true,
    description:
      'Target group that the job launches or schedules, in its current state. Null if it does not exist.',
  })
  async targetGroup(
    @Root() { ref }: DraftLaunchJob,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TargetGroup | null> {
    return await relatedTargetGroup(context, ref, info);
  }
}
