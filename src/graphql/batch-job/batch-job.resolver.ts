import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Int, Query, Resolver, Root } from 'type-graphql';
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
  @Query(() => BatchJob, { nullable: true, description: 'One batch job. Null where there is no such job.' })
  async batchJob(
    @Arg('id', () => ID, { description: 'The id of the job, as the mutation that started it told.' })
    id: string,
    @Ctx() context: RequestContext,
  ): Promise<BatchJob | null> {
    return await findBatchJob(context, requireRef('BatchJob', id, 'id'));
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description:
      'In how many seconds to ask again: 1 to 10, rising with the age of the job. Null once the job is over.',
  })
  pollAfterSeconds(@Root() job: BatchJob, @Ctx() { now }: RequestContext): number | null {
    return pollingAdvice(job, now());
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: 'Who started the job. Null where the API does not tell.',
  })
  async createdByUser(
    @Root() { ref, createdBy }: BatchJob,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<User | null> {
    return await relatedUser(context, ref, createdBy, info);
  }

  @FieldResolver(() => Project, {
    nullable: true,
    description: 'The project whose target groups the job acts on.',
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
  @FieldResolver(() => TargetGroup, { nullable: true, description: 'The target group as it is now.' })
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
  @FieldResolver(() => TargetGroup, {
    nullable: true,
    description: 'The target group as it is now. Null where there is none with that id.',
  })
  async targetGroup(
    @Root() { ref }: FailedTargetGroup,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TargetGroup | null> {
    return await relatedTargetGroup(context, ref, info);
  }
}
