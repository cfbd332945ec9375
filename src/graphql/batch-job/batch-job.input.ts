import { Field, ID, InputType } from 'type-graphql';
import { JobInput } from '../job/job.input.js';

@InputType({ description: 'Which target groups to act on.' })
export abstract class TargetGroupsInput extends JobInput {
  @Field(() => [ID], {
    description:
      'The ids of 1 to 1,000 target groups, all of one project. One that is named twice is acted on once.',
  })
  readonly targetGroupIds!: string[];
}

@InputType({ description: 'Which live target groups to halt.' })
export class PauseTargetGroupsInput extends TargetGroupsInput {}

@InputType({ description: 'Which paused target groups to go on with.' })
export class ResumeTargetGroupsInput extends TargetGroupsInput {}

@InputType({ description: 'Which scheduled target groups to start now.' })
export class LaunchTargetGroupsInput extends TargetGroupsInput {}

@InputType({ description: 'Which live or scheduled target groups to complete, so that fielding ends.' })
export class CompleteTargetGroupsInput extends TargetGroupsInput {}

@InputType({ description: 'Which completed target groups to start again.' })
export class RelaunchTargetGroupsInput extends TargetGroupsInput {}
