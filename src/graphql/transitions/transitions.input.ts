import { Field, ID, InputType } from 'type-graphql';
import { TargetGroupFilters } from '../target-group/target-group.args.js';

@InputType({
  description:
    'Selection of target groups in a project: those that match the filters, plus the included ones, minus the ' +
    'excluded ones. All given filters must match; a list matches any of its values. Lists can have up to 100 ' +
    'values. Empty filters are ignored. Without filters and included ids, all target groups are selected.',
})
export class TargetGroupSelection extends TargetGroupFilters {
  @Field(() => [ID], {
    nullable: true,
    description: 'Ids of target groups of the project to select in any case, drafts included: 1 to 1,000.',
  })
  readonly includedTargetGroupIds?: string[] | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'Ids of target groups of the project to leave out in any case: at most 1,000.',
  })
  readonly excludedTargetGroupIds?: string[] | null;
}
