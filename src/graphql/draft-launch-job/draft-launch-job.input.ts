import { Field, ID, InputType } from 'type-graphql';
import { JobInput } from '../job/job.input.js';
import { DateTime } from '../scalars/date-time.js';

@InputType({ description: 'Which draft to launch or schedule, and when its fielding ends.' })
export abstract class DraftLaunchInput extends JobInput {
  @Field(() => ID, {
    description: 'The id of a target group that is a draft: `<account>/<project>/<target group>`.',
  })
  readonly id!: string;

  @Field(() => DateTime, { description: 'When fielding ends at the latest, not in the past.' })
  readonly endAt!: Date;
}

@InputType({ description: 'Which draft to launch now, and when its fielding ends.' })
export class LaunchDraftTargetGroupInput extends DraftLaunchInput {}

@InputType({ description: 'Which draft to schedule, and when its fielding starts and ends.' })
export class ScheduleDraftTargetGroupInput extends DraftLaunchInput {
  @Field(() => DateTime, { description: 'When fielding starts, not in the past, and before `endAt`.' })
  readonly startAt!: Date;
}
