import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../context.js';
import { startDraftLaunch } from './draft-launch-job.creating.js';
import { LaunchDraftTargetGroupInput, ScheduleDraftTargetGroupInput } from './draft-launch-job.input.js';
import { DraftLaunchJobPayload } from './draft-launch-job.payload.js';
import { createdDraftLaunchJob } from './draft-launch-job.reading.js';
import { DraftLaunchJob } from './draft-launch-job.type.js';

const INPUT = 'Which draft, when it is fielded, and under which idempotency key.';

@Resolver(() => DraftLaunchJobPayload)
export class DraftLaunchJobMutations {
  @Mutation(() => DraftLaunchJobPayload, {
    nullable: true,
    description:
      'Launches a draft, in the background: once the job is over, the target group is live. Where the draft is not ready, ' +
      'the job fails and says why.',
  })
  async launchDraftTargetGroup(
    @Arg('input', () => LaunchDraftTargetGroupInput, { description: INPUT })
    input: LaunchDraftTargetGroupInput,
    @Ctx() context: RequestContext,
  ): Promise<DraftLaunchJobPayload> {
    return await startDraftLaunch(context, input);
  }

  @Mutation(() => DraftLaunchJobPayload, {
    nullable: true,
    description:
      'Schedules a draft, in the background: once the job is over, the target group goes live at `startAt`. Where the draft ' +
      'is not ready, the job fails and says why.',
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
    description: 'The job. Null where none was started.',
  })
  async draftLaunchJob(
    @Root() { created }: DraftLaunchJobPayload,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<DraftLaunchJob | null> {
    return created === undefined ? null : await createdDraftLaunchJob(context, created, info);
  }
}
