import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Authorized, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import { startDraftLaunch } from './draft-launch-job.creating.js';
import { LaunchDraftTargetGroupInput, ScheduleDraftTargetGroupInput } from './draft-launch-job.input.js';
import { DraftLaunchJobPayload } from './draft-launch-job.payload.js';
import { createdDraftLaunchJob } from './draft-launch-job.reading.js';
import { DraftLaunchJob } from './draft-launch-job.type.js';

const INPUT = 'Draft, fielding period and idempotency key.';

@Resolver(() => DraftLaunchJobPayload)
export class DraftLaunchJobMutations {
  @Authorized<Scope>('fielding:operate')
  @Mutation(() => DraftLaunchJobPayload, {
    nullable: true,
    description:
      'Launches a draft in a background job. The target group is live once the job has completed. If the ' +
      'draft is incomplete, the job fails, and its `failureReason` says why.',
  })
  async launchDraftTargetGroup(
    @Arg('input', () => LaunchDraftTargetGroupInput, { description: INPUT })
    input: LaunchDraftTargetGroupInput,
    @Ctx() context: RequestContext,
  ): Promise<DraftLaunchJobPayload> {
    return await startDraftLaunch(context, input);
  }

  @Authorized<Scope>('fielding:operate')
  @Mutation(() => DraftLaunchJobPayload, {
    nullable: true,
    description:
      'Schedules a draft in a background job. The target group is scheduled once the job has completed, ' +
      'and goes live at `startAt`. If the draft is incomplete, the job fails, and its `failureReason` ' +
      'says why.',
  })
  async scheduleDraftTargetGroup(
    @Arg('input', () => ScheduleDraftTargetGroupInput, { description: INPUT })
    input: ScheduleDraftTargetGroupInput,
    @Ctx() context: RequestContext,
  ): Promise<DraftLaunchJobPayload> {
    return await startDraftLaunch(context, input);
  }

  @FieldResolver(() => DraftLaunchJob, {
    nullable: true,
    description:
      'Job that was started. Null if none was started: `userErrors` says why. Null with an error at this ' +
      'path if it was started but cannot be read.',
  })
  async draftLaunchJob(
    @Root() { created }: DraftLaunchJobPayload,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<DraftLaunchJob | null> {
    return created === undefined ? null : await createdDraftLaunchJob(context, created, info);
  }
}
