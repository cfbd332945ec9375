import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Authorized, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import { BatchJobKind } from '../../contract/demand-api.js';
import { startBatchJob } from './batch-job.creating.js';
import {
  CompleteTargetGroupsInput,
  LaunchTargetGroupsInput,
  PauseTargetGroupsInput,
  RelaunchTargetGroupsInput,
  ResumeTargetGroupsInput,
} from './batch-job.input.js';
import { BatchJobPayload } from './batch-job.payload.js';
import { createdBatchJob } from './batch-job.reading.js';
import { BatchJob } from './batch-job.type.js';

const INPUT = 'Target groups to act on, and an idempotency key.';

@Resolver(() => BatchJobPayload)
export class BatchJobMutations {
  @Authorized<Scope>('fielding:operate')
  @Mutation(() => BatchJobPayload, {
    nullable: true,
    description:
      'Pauses up to 1,000 live target groups of one project in a background job. Target groups that are ' +
      'already paused count as updated.',
  })
  async pauseTargetGroups(
    @Arg('input', () => PauseTargetGroupsInput, { description: INPUT }) input: PauseTargetGroupsInput,
    @Ctx() context: RequestContext,
  ): Promise<BatchJobPayload> {
    return await startBatchJob(context, input, BatchJobKind.Pause);
  }

  @Authorized<Scope>('fielding:operate')
  @Mutation(() => BatchJobPayload, {
    nullable: true,
    description:
      'Resumes up to 1,000 paused target groups of one project in a background job. Target groups that are ' +
      'already live count as updated.',
  })
  async resumeTargetGroups(
    @Arg('input', () => ResumeTargetGroupsInput, { description: INPUT }) input: ResumeTargetGroupsInput,
    @Ctx() context: RequestContext,
  ): Promise<BatchJobPayload> {
    return await startBatchJob(context, input, BatchJobKind.Resume);
  }

  @Authorized<Scope>('fielding:operate')
  @Mutation(() => BatchJobPayload, {
    nullable: true,
    description: 'Launches up to 1,000 scheduled target groups of one project now, in a background job.',
  })
  async launchTargetGroups(
    @Arg('input', () => LaunchTargetGroupsInput, { description: INPUT }) input: LaunchTargetGroupsInput,
    @Ctx() context: RequestContext,
  ): Promise<BatchJobPayload> {
    return await startBatchJob(context, input, BatchJobKind.Launch);
  }

  @Authorized<Scope>('fielding:operate')
  @Mutation(() => BatchJobPayload, {
    nullable: true,
    description:
      'Completes up to 1,000 live or scheduled target groups of one project in a background job: their ' +
      'fielding ends.',
  })
  async completeTargetGroups(
    @Arg('input', () => CompleteTargetGroupsInput, { description: INPUT }) input: CompleteTargetGroupsInput,
    @Ctx() context: RequestContext,
  ): Promise<BatchJobPayload> {
    return await startBatchJob(context, input, BatchJobKind.Complete);
  }

  @Authorized<Scope>('fielding:operate')
  @Mutation(() => BatchJobPayload, {
    nullable: true,
    description: 'Relaunches up to 1,000 completed target groups of one project in a background job.',
  })
  async relaunchTargetGroups(
    @Arg('input', () => RelaunchTargetGroupsInput, { description: INPUT }) input: RelaunchTargetGroupsInput,
    @Ctx() context: RequestContext,
  ): Promise<BatchJobPayload> {
    return await startBatchJob(context, input, BatchJobKind.Relaunch);
  }

  @FieldResolver(() => BatchJob, {
    nullable: true,
    description:
      'Job that was started. Null if none was started: `userErrors` says why. Null with an error at this path ' +
      'if it was started but cannot be read.',
  })
  async batchJob(
    @Root() { created }: BatchJobPayload,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<BatchJob | null> {
    return created === undefined ? null : await createdBatchJob(context, created, info);
  }
}
