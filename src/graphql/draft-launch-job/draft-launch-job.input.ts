import { Field, ID, InputType } from 'type-graphql';
import { JobInput } from '../job/job.input.js';
import { DateTime } from '../scalars/date-time.js';

@InputType()
export abstract class DraftLaunchInput extends JobInput {
  @Field(() => ID, {
    description: 'Id of a draft target group: `<account>/<project>/<target group>`.',
  })
  readonly id!: string;

  @Field(() => DateTime, {
    description:
      'Latest end of fielding; fielding ends earlier if the goal is reached. Must not be in the past.',
  })
  readonly endAt!: Date;
}

@InputType({ description: 'Draft to launch now, and the end of its fielding.' })
export class LaunchDraftTargetGroupInput extends DraftLaunchInput {}

@InputType({ description: 'Draft to schedule, and the start and end of its fielding.' })
export class ScheduleDraftTargetGroupInput extends DraftLaunchInput {
  @Field(() => DateTime, {
    description: 'Start of fielding. Must not be in the past, and must be before `endAt`.',
  })
  readonly startAt!: Date;
}
