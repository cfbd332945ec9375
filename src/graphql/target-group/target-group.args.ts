import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { PageArgs } from '../connection/page.args.js';
import { TargetGroupStatus } from './target-group.enum.js';

@InputType({
  description:
    'Which target groups to list. All that is given must hold; of a list, one value must. At most 100 values a list; what ' +
    'is empty counts as not given.',
})
export class TargetGroupFilter {
  @Field(() => String, { nullable: true, description: 'Text to look for, e.g. in names and ids.' })
  readonly search?: string | null;

  @Field(() => [TargetGroupStatus], { nullable: true, description: 'Any of these statuses. Not `UNKNOWN`.' })
  readonly status?: TargetGroupStatus[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Any of these countries, in two letters, e.g. `US`.',
  })
  readonly country?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Any of these languages, in three letters, e.g. `ENG`.',
  })
  readonly language?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Any of these short ids that people use.' })
  readonly humanReadableIds?: string[] | null;
}

@ArgsType()
export class TargetGroupsArgs extends PageArgs {
  @Field(() => TargetGroupFilter, {
    nullable: true,
    description: 'Which target groups to list; all if none is given, or an empty one.',
  })
  readonly filter?: TargetGroupFilter | null;
}

@ArgsType()
export class ProjectTargetGroupsArgs extends TargetGroupsArgs {
  @Field(() => ID, { description: 'The id of the project: `<account>/<project>`.' })
  readonly projectId!: string;
}
