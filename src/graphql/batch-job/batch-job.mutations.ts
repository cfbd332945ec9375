import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
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

const INPUT = 'Which target groups, and under which idempotency key.';

@Resolver(() => BatchJobPayload)
export class BatchJobMutations {
  @Mutation(() => BatchJobPayload, {
    nullable: true,
    description:
      'Halts many live target groups of one project, in the background. Those that are paused already count as updated.',
  })
  async pauseTargetGroups(
    @Arg('input', () => PauseTargetGroupsInput, { description: INPUT }) input: PauseTargetGroupsInput,
    @Ctx() context: RequestContext,
  ): Promise<BatchJobPayload> {
    return await startBatchJob(context, input, BatchJobKind.Pause);
  }

  @Mutation(() => BatchJobPayload, {
    nullable: true,
    description:
      'Goes on with many paused target groups of one project, in the background. Those that are live already count as updated.',
  })
  async resumeTargetGroups(
    @Arg('input', () => ResumeTargetGroupsInput, { description: INPUT }) input: ResumeTargetGroupsInput,
    @Ctx() context: RequestContext,
  ): Promise<BatchJobPayload> {
    return await startBatchJob(context, input, BatchJobKind.Resume);
  }

  @Mutation(() => BatchJobPayload, {
    nullable: true,
    description: 'Starts many scheduled target groups of one project now, in the background.',
  })
  async launchTargetGroups(
    @Arg('input', () => LaunchTargetGroupsInput, { description: INPUT }) input: LaunchTargetGroupsInput,
    @Ctx() context: RequestContext,
  ): Promise<BatchJobPayload> {
    return await startBatchJob(context, input, BatchJobKind.Launch);
  }

  @Mutation(() => BatchJobPayload, {
    nullable: true,
    description: 'Ends the fielding of many target groups of one project, in the background.',
  })
  async completeTargetGroups(
    @Arg('input', () => CompleteTargetGroupsInput, { description: INPUT }) input: CompleteTargetGroupsInput,
    @Ctx() context: RequestContext,
  ): Promise<BatchJobPayload> {
    return await startBatchJob(context, input, BatchJobKind.Complete);
  }

  @Mutation(() => BatchJobPayload, {
    nullable: true,
    description: 'Starts many completed target groups of one project again, in the background.',
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
      'The job. Null where none was started: `userErrors` says why. Null with an error at this path where it was started, but ' +
      'cannot be shown.',
  })
  async batchJob(
    @Root() { created }: BatchJobPayload,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<BatchJob | null> {
    return created === undefined ? null : await createdBatchJob(context, created, info);
  }
}
