import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { PageArgs } from '../connection/page.args.js';
import { TargetGroupStatus } from './target-group.enum.js';

/** The filters that both lists and selections of target groups have. */
@InputType()
export abstract class TargetGroupFilters {
  @Field(() => String, {
    nullable: true,
    description: 'Text to find in names, ids and other properties: 1 to 500 characters.',
  })
  readonly search?: string | null;

  @Field(() => [TargetGroupStatus], {
    nullable: true,
    description: 'Statuses to match. Must not include `UNKNOWN`.',
  })
  readonly status?: TargetGroupStatus[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Countries to match, as two-letter codes (ISO 3166-1) in either case, e.g. `us`.',
  })
  readonly country?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Languages to match, as three-letter codes (ISO 639) in either case, e.g. `eng`.',
  })
  readonly language?: string[] | null;
}

@InputType({
  description:
    'Filter for target groups. All given conditions must hold; a list matches any of its values. Lists can ' +
    'have up to 100 values. Empty conditions are ignored.',
})
export class TargetGroupFilter extends TargetGroupFilters {
  @Field(() => String, {
    nullable: true,
    description:
      'Text to find in names: 1 to 500 characters. Prefer `search`, which finds more: the REST API has ' +
      'deprecated this filter.',
  })
  readonly name?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Values of `humanReadableId` to match, each of 7 characters, e.g. `9NRV3B9`.',
  })
  readonly humanReadableIds?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Values of `customerReferenceNumber` to match, each of 3 to 128 letters, digits, spaces, `-` and `_`, ' +
      'e.g. `TRACKER-0042`.',
  })
  readonly customerReferenceNumbers?: string[] | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Raw id of the project manager: a UUID, e.g. `3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01`.',
  })
  readonly projectManagerId?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether to match only target groups that exclude the respondents of other target groups (`true`), or ' +
      'only those that do not (`false`).',
  })
  readonly exclusionStatus?: boolean | null;
}

@ArgsType()
export class TargetGroupsArgs extends PageArgs {
  @Field(() => TargetGroupFilter, {
    nullable: true,
    description: 'Filter for target groups. Default: all target groups.',
  })
  readonly filter?: TargetGroupFilter | null;
}

@ArgsType()
export class ProjectTargetGroupsArgs extends TargetGroupsArgs {
  @Field(() => ID, { description: 'Id of the project: `<account>/<project>`.' })
  readonly projectId!: string;
}
