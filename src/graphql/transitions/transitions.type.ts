import { Field, ID, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import { segment, type ProjectRef } from '../../upstream/resources/resource-ref.js';
import { BatchJobAction } from '../batch-job/batch-job.enum.js';
import { itemsFrom, orError } from '../items.js';
import { targetGroupNodeId } from '../node/node-id.js';

/** Which action each property of REST is about. */
const FLAGS = [
  ['is_launch_allowed', BatchJobAction.LAUNCH],
  ['is_pause_allowed', BatchJobAction.PAUSE],
  ['is_resume_allowed', BatchJobAction.RESUME],
  ['is_finish_allowed', BatchJobAction.COMPLETE],
  ['is_relaunch_allowed', BatchJobAction.RELAUNCH],
] as const;

@ObjectType({
  description: 'What can be done with a selection of target groups: for enabling the buttons above a table.',
})
export class TargetGroupTransitions {
  constructor(
    private readonly project: ProjectRef,
    private readonly transitions: rest.TargetGroupTransitions,
  ) {}

  @Field(() => [ID], {
    nullable: 'itemsAndList',
    description:
      'The ids of the selected target groups, which the mutations over many target groups take. Empty where none is ' +
      'selected; null in the list stands for one that could not be read.',
  })
  get targetGroupIds(): (string | Error)[] {
    const { accountId, projectId } = this.project;
    return itemsFrom(this.transitions.target_groups ?? [], (id) =>
      targetGroupNodeId({ accountId, projectId, targetGroupId: segment(id) }),
    );
  }

  @Field(() => [BatchJobAction], {
    nullable: 'itemsAndList',
    description:
      'The actions that are allowed for all of the selection together. `LAUNCH` can be allowed for drafts, too, which ' +
      '`launchDraftTargetGroup` launches one by one. Null in the list, with an error, stands for an action of which it ' +
      'could not be read whether it is allowed.',
  })
  get allowedActions(): (BatchJobAction | Error)[] {
    return FLAGS.flatMap<BatchJobAction | Error>(([flag, action]) => {
      const allowed = orError(() => this.transitions[flag]);
      if (allowed instanceof Error) return [allowed];
      return allowed === true ? [action] : [];
    });
  }
}
