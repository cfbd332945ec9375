import { Field, ID, InputType } from 'type-graphql';
import { DateTime } from '../scalars/date-time.js';
import { Version } from '../scalars/version.js';

@InputType({ description: 'Which fielding run to change, and from which state.' })
export abstract class FieldingRunInput {
  @Field(() => ID, { description: 'The id of the fielding run.' })
  readonly id!: string;

  @Field(() => Version, {
    description: 'The `version` that you read. The change happens only if the fielding run still has it.',
  })
  readonly version!: string;
}

@InputType({ description: 'Which scheduled fielding run to start now.' })
export class LaunchNowInput extends FieldingRunInput {}

@InputType({ description: 'Which live fielding run to halt.' })
export class PauseFieldingRunInput extends FieldingRunInput {}

@InputType({ description: 'Which paused fielding run to go on with.' })
export class ResumeFieldingRunInput extends FieldingRunInput {}

@InputType({ description: 'Which live or scheduled fielding run to end for good.' })
export class CompleteFieldingRunInput extends FieldingRunInput {}

@InputType({ description: 'Which completed fielding run to start again.' })
export class RelaunchFieldingRunInput extends FieldingRunInput {}

@InputType({ description: 'Which fielding run to move in time.' })
export class UpdateFieldingPeriodInput extends FieldingRunInput {
  @Field(() => DateTime, { description: 'The new start, not in the past.' })
  readonly startAt!: Date;

  @Field(() => DateTime, { description: 'The new end, after the start.' })
  readonly endAt!: Date;
}
