import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { PageArgs } from '../connection/page.args.js';
import { TargetGroupStatus } from './target-group.enum.js';

@InputType({
  description:
    'Which target groups to list. All that is given must hold; of a list, one value must. At most 100 values a list; what ' +
    'is empty counts as not given.',
})
export class TargetGroupFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Text to look for, e.g. in names and ids: 1 to 500 characters.',
  })
  readonly search?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Part of the name, of 1 to 500 characters. Prefer `search`, which finds more: the API has deprecated this filter.',
  })
  readonly name?: string | null;

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

  @Field(() => [String], {
    nullable: true,
    description: 'Any of these short ids that people use, of 7 characters, e.g. `9NRV3B9`.',
  })
  readonly humanReadableIds?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Any of these `customerReferenceNumber`s: letters, digits, spaces, `-` and `_`, 3 to 128 of them, e.g. `TRACKER-0042`.',
  })
  readonly customerReferenceNumbers?: string[] | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Only target groups of this manager, by the raw id of the person: a UUID, e.g. `3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01`.',
  })
  readonly projectManagerId?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Only target groups that keep out the respondents of other target groups (`true`), or only those that do not (`false`).',
  })
  readonly exclusionStatus?: boolean | null;
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
