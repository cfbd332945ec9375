import { Field, ID, InputType } from 'type-graphql';
import { DateTime } from '../scalars/date-time.js';
import { Version } from '../scalars/version.js';

@InputType()
export abstract class FieldingRunInput {
  @Field(() => ID, { description: 'Id of the fielding run.' })
  readonly id!: string;

  @Field(() => Version, {
    description:
      '`version` of the fielding run when you read it. The change is made only if the run still has this ' +
      'version.',
  })
  readonly version!: string;
}

@InputType({ description: 'Scheduled fielding run to launch now.' })
export class LaunchNowInput extends FieldingRunInput {}

@InputType({ description: 'Live fielding run to pause.' })
export class PauseFieldingRunInput extends FieldingRunInput {}

@InputType({ description: 'Paused fielding run to resume.' })
export class ResumeFieldingRunInput extends FieldingRunInput {}

@InputType({ description: 'Live or scheduled fielding run to complete.' })
export class CompleteFieldingRunInput extends FieldingRunInput {}

@InputType({ description: 'Completed fielding run to relaunch.' })
export class RelaunchFieldingRunInput extends FieldingRunInput {}

@InputType({ description: 'Fielding run to reschedule.' })
export class UpdateFieldingPeriodInput extends FieldingRunInput {
  @Field(() => DateTime, { description: 'New start of fielding. Must not be in the past.' })
  readonly startAt!: Date;

  @Field(() => DateTime, { description: 'New end of fielding. Must be after `startAt`.' })
  readonly endAt!: Date;
}
