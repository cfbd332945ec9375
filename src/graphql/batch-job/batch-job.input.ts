import { Field, ID, InputType } from 'type-graphql';
import { JobInput } from '../job/job.input.js';

@InputType()
export abstract class TargetGroupsInput extends JobInput {
  @Field(() => [ID], {
    description: 'Ids of 1 to 1,000 target groups, all of the same project. Duplicates are ignored.',
  })
  readonly targetGroupIds!: string[];
}

@InputType({ description: 'Live target groups to pause.' })
export class PauseTargetGroupsInput extends TargetGroupsInput {}

@InputType({ description: 'Paused target groups to resume.' })
export class ResumeTargetGroupsInput extends TargetGroupsInput {}

@InputType({ description: 'Scheduled target groups to launch now.' })
export class LaunchTargetGroupsInput extends TargetGroupsInput {}

@InputType({ description: 'Live or scheduled target groups to complete: their fielding ends.' })
export class CompleteTargetGroupsInput extends TargetGroupsInput {}

@InputType({ description: 'Completed target groups to relaunch.' })
export class RelaunchTargetGroupsInput extends TargetGroupsInput {}
