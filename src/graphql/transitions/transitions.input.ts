import { Field, ID, InputType } from 'type-graphql';
import { TargetGroupStatus } from '../target-group/target-group.enum.js';

@InputType({
  description:
    'Which target groups of the project are selected: those that the filters find, and those that are included, without ' +
    'those that are excluded. Filters must all hold; of a list, one value must. At most 100 values a filter; a filter that is ' +
    'empty counts as not given. If neither a filter nor an included one is given, all of the project is found.',
})
export class TargetGroupSelection {
  @Field(() => String, {
    nullable: true,
    description: 'Text to look for, e.g. in names and ids: 1 to 500 characters.',
  })
  readonly search?: string | null;

  @Field(() => [TargetGroupStatus], { nullable: true, description: 'Any of these statuses. Not `UNKNOWN`.' })
  readonly status?: TargetGroupStatus[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Any of these countries, in two letters (ISO 3166-1) of either case, e.g. `us`.',
  })
  readonly country?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Any of these languages, in three letters of either case, e.g. `eng`.',
  })
  readonly language?: string[] | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'Ids of target groups of the project that are selected in any case, drafts too. 1 to 1000.',
  })
  readonly includedTargetGroupIds?: string[] | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'Ids of target groups of the project that are not selected in any case. At most 1000.',
  })
  readonly excludedTargetGroupIds?: string[] | null;
}
