import { Field, ID, ObjectType } from 'type-graphql';
import { BatchJobKind } from '../../contract/demand-api.js';
import type * as rest from '../../contract/demand-api.js';
import { segment, type BatchJobRef, type TargetGroupRef } from '../../upstream/resources/resource-ref.js';
import { batchJobNodeId } from '../node/node-id.js';
import { Node, NODE_ID } from '../node/node.interface.js';
import { itemsFrom } from '../items.js';
import { Job, JobFailureReason } from '../job/job.base.js';
import { BatchJobAction } from './batch-job.enum.js';

const ACTION_OF_KIND: Readonly<Record<BatchJobKind, BatchJobAction>> = {
  [BatchJobKind.Pause]: BatchJobAction.PAUSE,
  [BatchJobKind.Resume]: BatchJobAction.RESUME,
  [BatchJobKind.Launch]: BatchJobAction.LAUNCH,
  [BatchJobKind.Complete]: BatchJobAction.COMPLETE,
  [BatchJobKind.Relaunch]: BatchJobAction.RELAUNCH,
};

@ObjectType({ description: 'Reason why a batch job could not act on a target group.' })
class FailureReason extends JobFailureReason<rest.FailureReason> {}

@ObjectType()
abstract class JobTargetGroup<I extends rest.UpdatedTargetGroup> {
  constructor(
    readonly ref: TargetGroupRef,
    protected readonly item: I,
  ) {}

  @Field(() => ID, { description: 'Raw id of the target group in the REST API.' })
  get targetGroupId(): string {
    return this.ref.targetGroupId;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Name of the target group. Always null since version 2025-12-18 of the REST API.',
    deprecationReason: 'Use `targetGroup { name }`: the REST API no longer includes names in jobs.',
  })
  get name(): string | null {
    return this.item.target_group_name ?? null;
  }
}

@ObjectType({
  description:
    'Target group that a batch job has brought into the requested state, or that was already in it.',
})
export class UpdatedTargetGroup extends JobTargetGroup<rest.UpdatedTargetGroup> {}

@ObjectType({ description: 'Target group that a batch job could not act on.' })
export class FailedTargetGroup extends JobTargetGroup<rest.FailedTargetGroup> {
  @Field(() => FailureReason, {
    nullable: true,
    description: 'Reason for the failure. Null, with an error, if it cannot be read.',
  })
  get failureReason(): FailureReason | null {
    return new FailureReason(this.item.failure_reason);
  }
}

@ObjectType({
  implements: Node,
  description:
    'Background job that applies an action to many target groups. It continues if single target groups ' +
    'fail.',
})
export class BatchJob extends Job<BatchJobRef, rest.BatchJob> implements Node {
  @Field(() => ID, { description: NODE_ID })
  get id(): string {
    return batchJobNodeId(this.ref);
  }

  @Field(() => BatchJobAction, { description: 'Action that the job applies to each of its target groups.' })
  get action(): BatchJobAction {
    return ACTION_OF_KIND[this.ref.action];
  }

  @Field(() => [UpdatedTargetGroup], {
    nullable: 'itemsAndList',
    description:
      'Target groups that are now in the requested state, including those that already were. An item that ' +
      'cannot be read is null, with an error; so is the list if it cannot be read.',
  })
  get updatedTargetGroups(): readonly (UpdatedTargetGroup | Error)[] {
    const items = this.job.updated_target_groups?.data ?? [];
    return itemsFrom(items, (item) => new UpdatedTargetGroup(this.#targetGroup(item.target_group_id), item));
  }

  @Field(() => [FailedTargetGroup], {
    nullable: 'itemsAndList',
    description:
      'Target groups that the job could not act on, with reasons. An item that cannot be read is null, with ' +
      'an error; so is the list if it cannot be read.',
  })
  get failedTargetGroups(): readonly (FailedTargetGroup | Error)[] {
    const items = this.job.failed_target_groups?.data ?? [];
    return itemsFrom(items, (item) => new FailedTargetGroup(this.#targetGroup(item.target_group_id), item));
  }

  #targetGroup(targetGroupId: string): TargetGroupRef {
    const { accountId, projectId } = this.ref;
    return { accountId, projectId, targetGroupId: segment(targetGroupId) };
  }
}
