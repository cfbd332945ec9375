import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Authorized, Ctx, FieldResolver, ID, Info, Int, Query, Resolver, Root } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import { pollingAdvice } from '../job/job.polling.js';
import { requireRef } from '../node/node-id.js';
import { relatedProject } from '../project/project.reading.js';
import { Project } from '../project/project.type.js';
import { relatedTargetGroup } from '../target-group/target-group.reading.js';
import { TargetGroup } from '../target-group/target-group.type.js';
import { relatedUser } from '../user/user.reading.js';
import { User } from '../user/user.type.js';
import { findBatchJob } from './batch-job.reading.js';
import { BatchJob, FailedTargetGroup, UpdatedTargetGroup } from './batch-job.type.js';

@Resolver(() => BatchJob)
export class BatchJobResolver {
  @Authorized<Scope>('fielding:read')
  @Query(() => BatchJob, { nullable: true, description: 'Batch job by its id. Null if it does not exist.' })
  async batchJob(
    @Arg('id', () => ID, { description: 'Id of the job, as returned by the mutation that started it.' })
    id: string,
    @Ctx() context: RequestContext,
  ): Promise<BatchJob | null> {
    return await findBatchJob(context, requireRef(context.principal, 'BatchJob', id, 'id'));
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description:
      'Recommended delay before the next poll: 1 to 10 seconds, growing with the age of the job. Null once ' +
      'the job has finished.',
  })
  pollAfterSeconds(@Root() job: BatchJob, @Ctx() { now }: RequestContext): number | null {
    return pollingAdvice(job, now());
  }

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => User, {
    nullable: true,
    description: 'Person who started the job. Null if unknown.',
  })
  async createdByUser(
    @Root() { ref, createdBy }: BatchJob,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<User | null> {
    return await relatedUser(context, ref, createdBy, info);
  }

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => Project, {
    nullable: true,
    description: "Project of the job's target groups.",
  })
  async project(
    @Root() { ref }: BatchJob,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Project | null> {
    return await relatedProject(context, ref, info);
  }
}

@Resolver(() => UpdatedTargetGroup)
export class UpdatedTargetGroupResolver {
  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => TargetGroup, { nullable: true, description: 'Current state of the target group.' })
  async targetGroup(
    @Root() { ref }: UpdatedTargetGroup,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TargetGroup | null> {
    return await relatedTargetGroup(context, ref, info);
  }
}

@Resolver(() => FailedTargetGroup)
export class FailedTargetGroupResolver {
  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => TargetGroup, {
    nullable: true,
    description: 'Current state of the target group. Null if it does not exist.',
  })
  async targetGroup(
    @Root() { ref }: FailedTargetGroup,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TargetGroup | null> {
    return await relatedTargetGroup(context, ref, info);
  }
}
