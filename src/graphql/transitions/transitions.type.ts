import { Field, ID, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import { segment, type ProjectRef } from '../../upstream/resources/resource-ref.js';
import { BatchJobAction } from '../batch-job/batch-job.enum.js';
import { itemsFrom, orError } from '../items.js';
import { targetGroupNodeId } from '../node/node-id.js';

/** The action of each REST property. */
const FLAGS = [
  ['is_launch_allowed', BatchJobAction.LAUNCH],
  ['is_pause_allowed', BatchJobAction.PAUSE],
  ['is_resume_allowed', BatchJobAction.RESUME],
  ['is_finish_allowed', BatchJobAction.COMPLETE],
  ['is_relaunch_allowed', BatchJobAction.RELAUNCH],
] as const;

@ObjectType({
  description:
    'Actions that are allowed for a selection of target groups, e.g. to enable the buttons above a table.',
})
export class TargetGroupTransitions {
  constructor(
    private readonly project: ProjectRef,
    private readonly transitions: rest.TargetGroupTransitions,
  ) {}

  @Field(() => [ID], {
    nullable: 'itemsAndList',
    description:
      'Ids of the selected target groups, which mutations such as `pauseTargetGroups` accept. Empty if none ' +
      'is selected. An id that cannot be read is null, with an error.',
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
      'Actions that are allowed for the whole selection. `LAUNCH` can also be allowed for drafts, which must ' +
      'be launched one by one with `launchDraftTargetGroup`. If the permission for an action cannot be read, ' +
      'an item is null, with an error.',
  })
  get allowedActions(): (BatchJobAction | Error)[] {
    return FLAGS.flatMap<BatchJobAction | Error>(([flag, action]) => {
      const allowed = orError(() => this.transitions[flag]);
      if (allowed instanceof Error) return [allowed];
      return allowed === true ? [action] : [];
    });
  }
}
