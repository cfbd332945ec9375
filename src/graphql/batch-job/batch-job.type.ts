import { Field, ID, ObjectType } from 'type-graphql';
import { BatchJobKind } from '../../contract/demand-api.js';
import type * as rest from '../../contract/demand-api.js';
import { segment, type BatchJobRef, type TargetGroupRef } from '../../upstream/resources/resource-ref.js';
import { batchJobNodeId } from '../node/node-id.js';
import { Node, NODE_ID } from '../node/node.interface.js';
import { itemsFrom } from '../items.js';
import { fromRestEnum } from '../rest-enum.js';
import { DateTime, momentOf, type Moment } from '../scalars/date-time.js';
import { BatchJobAction, BatchJobStatus } from './batch-job.enum.js';

const ACTION_OF_KIND: Readonly<Record<BatchJobKind, BatchJobAction>> = {
  [BatchJobKind.Pause]: BatchJobAction.PAUSE,
  [BatchJobKind.Resume]: BatchJobAction.RESUME,
  [BatchJobKind.Launch]: BatchJobAction.LAUNCH,
  [BatchJobKind.Complete]: BatchJobAction.COMPLETE,
  [BatchJobKind.Relaunch]: BatchJobAction.RELAUNCH,
};

const NAME_ELSEWHERE = 'Use `targetGroup { name }`: the API does not tell names in jobs any more.';

@ObjectType({ description: 'Why a batch job could not act on a target group.' })
export class FailureReason {
  constructor(private readonly reason: rest.FailureReason) {}

  @Field(() => String, {
    nullable: true,
    description:
      "The reason, in the API's own word for programs, e.g. `TargetGroupNotFound`. Null where the API does not tell it.",
  })
  get code(): string | null {
    return this.reason.code ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The reason, as a sentence for people. Null where the API does not tell it.',
  })
  get description(): string | null {
    return this.reason.description ?? null;
  }
}

@ObjectType({
  description: 'A target group that a batch job has brought into the wanted state, or found in it.',
})
export class UpdatedTargetGroup {
  constructor(
    readonly ref: TargetGroupRef,
    private readonly item: rest.UpdatedTargetGroup,
  ) {}

  @Field(() => ID, { description: 'The raw id of the target group in the REST API.' })
  get targetGroupId(): string {
    return this.ref.targetGroupId;
  }

  @Field(() => String, {
    nullable: true,
    description: 'What the target group is called. Null where the API does not tell, as since 2025-12-18.',
    deprecationReason: NAME_ELSEWHERE,
  })
  get name(): string | null {
    return this.item.target_group_name ?? null;
  }
}

@ObjectType({ description: 'A target group that a batch job could not act on.' })
export class FailedTargetGroup {
  constructor(
    readonly ref: TargetGroupRef,
    private readonly item: rest.FailedTargetGroup,
  ) {}

  @Field(() => ID, { description: 'The raw id of the target group in the REST API.' })
  get targetGroupId(): string {
    return this.ref.targetGroupId;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'What the target group is called, where there is one. Null where the API does not tell, as since 2025-12-18.',
    deprecationReason: NAME_ELSEWHERE,
  })
  get name(): string | null {
    return this.item.target_group_name ?? null;
  }

  @Field(() => FailureReason, {
    nullable: true,
    description: 'Why it failed. Null, with an error, where what the API tells cannot be read.',
  })
  get failureReason(): FailureReason | null {
    return new FailureReason(this.item.failure_reason);
  }
}

@ObjectType({
  implements: Node,
  description:
    'Work on many target groups that goes on in the background, and past the failures of single ones.',
})
export class BatchJob implements Node {
  constructor(
    readonly ref: BatchJobRef,
    private readonly job: rest.BatchJob,
  ) {}

  @Field(() => ID, { description: NODE_ID })
  get id(): string {
    return batchJobNodeId(this.ref);
  }

  @Field(() => ID, { description: 'The raw id in the REST API.' })
  get jobId(): string {
    return this.ref.jobId;
  }

  @Field(() => BatchJobAction, { description: 'What the job does with each of its target groups.' })
  get action(): BatchJobAction {
    return ACTION_OF_KIND[this.ref.action];
  }

  @Field(() => BatchJobStatus, { description: 'How far the job has come.' })
  get status(): BatchJobStatus {
    return fromRestEnum(BatchJobStatus, this.job.status);
  }

  @Field(() => DateTime, { nullable: true, description: 'When the job was created.' })
  get createdAt(): Moment | null {
    return momentOf(this.job.created_at, 'created_at');
  }

  @Field(() => ID, {
    nullable: true,
    description:
      'The raw id of who started the job. `createdByUser` tells the name. Null where the API does not tell.',
  })
  get createdBy(): string | null {
    return this.job.created_by ?? null;
  }

  @Field(() => [UpdatedTargetGroup], {
    nullable: 'itemsAndList',
    description:
      'The target groups that are in the wanted state now, those included that already were. Null, with an error, stands ' +
      'for one that could not be read, or for the list where none could.',
  })
  get updatedTargetGroups(): readonly (UpdatedTargetGroup | Error)[] {
    const items = this.job.updated_target_groups?.data ?? [];
    return itemsFrom(items, (item) => new UpdatedTargetGroup(this.#targetGroup(item.target_group_id), item));
  }

  @Field(() => [FailedTargetGroup], {
    nullable: 'itemsAndList',
    description:
      'The target groups that could not be acted on, and why. Null, with an error, stands for one that could not be ' +
      'read, or for the list where none could.',
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
