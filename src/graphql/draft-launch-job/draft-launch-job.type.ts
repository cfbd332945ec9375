import { Field, ID, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import type { DraftLaunchKind } from '../../upstream/resources/draft-launch-kind.js';
import type { DraftLaunchJobRef } from '../../upstream/resources/resource-ref.js';
import { BatchJobStatus } from '../batch-job/batch-job.enum.js';
import { itemsFrom } from '../items.js';
import { draftLaunchJobNodeId } from '../node/node-id.js';
import { Node, NODE_ID } from '../node/node.interface.js';
import { fromRestEnum } from '../rest-enum.js';
import { DateTime, momentOf, type Moment } from '../scalars/date-time.js';
import { DraftLaunchJobAction } from './draft-launch-job.enum.js';

const ACTION_OF_KIND: Readonly<Record<DraftLaunchKind, DraftLaunchJobAction>> = {
  'launch-from-draft': DraftLaunchJobAction.LAUNCH,
  'schedule-from-draft': DraftLaunchJobAction.SCHEDULE,
};

@ObjectType({ description: 'One thing that kept a draft from being launched or scheduled.' })
export class DraftLaunchFailureDetail {
  constructor(private readonly item: rest.DraftJobFailureDetail) {}

  @Field(() => String, {
    nullable: true,
    description:
      "What is to blame, by the REST API's own name: `end_fielding_at` is what the input calls `endAt`, " +
      '`start_fielding_at` is `startAt`; others are settings of the target group. Null where the API does not tell it.',
  })
  get name(): string | null {
    return this.item.name ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description:
      "What is wrong with it, in the API's own word for programs, e.g. `in_the_past`. Null where the API does not tell it.",
  })
  get reason(): string | null {
    return this.item.reason ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'What is wrong with it, as a sentence for people. Null where the API does not tell it.',
  })
  get detail(): string | null {
    return this.item.detail ?? null;
  }
}

@ObjectType({ description: 'Why a draft could not be launched or scheduled.' })
export class DraftLaunchFailureReason {
  constructor(private readonly failure: rest.DraftJobFailureReason) {}

  @Field(() => String, {
    nullable: true,
    description:
      "The reason, in the API's own word for programs, e.g. `TargetGroupInvalidState`. Null where the API does not tell it.",
  })
  get code(): string | null {
    return this.failure.code ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The reason, as a sentence for people. Null where the API does not tell it.',
  })
  get description(): string | null {
    return this.failure.description ?? null;
  }

  @Field(() => [DraftLaunchFailureDetail], {
    nullable: 'itemsAndList',
    description:
      'Each thing that has to be put right first; empty where the API names none. Null, with an error, stands for one ' +
      'that could not be read, or for the list where none could.',
  })
  get reasons(): readonly (DraftLaunchFailureDetail | Error)[] {
    return itemsFrom(this.failure.reasons ?? [], (item) => new DraftLaunchFailureDetail(item));
  }
}

@ObjectType({
  implements: Node,
  description: 'Work in the background that launches a draft target group now, or schedules it.',
})
export class DraftLaunchJob implements Node {
  constructor(
    readonly ref: DraftLaunchJobRef,
    private readonly job: rest.FieldingRunJob,
  ) {}

  @Field(() => ID, { description: NODE_ID })
  get id(): string {
    return draftLaunchJobNodeId(this.ref);
  }

  @Field(() => ID, { description: 'The raw id in the REST API.' })
  get jobId(): string {
    return this.ref.jobId;
  }

  @Field(() => DraftLaunchJobAction, { description: 'What the job does with the draft.' })
  get action(): DraftLaunchJobAction {
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

  @Field(() => DraftLaunchFailureReason, {
    nullable: true,
    description: 'Why the draft is still a draft. Null unless the job has failed.',
  })
  get failureReason(): DraftLaunchFailureReason | null {
    const reason = this.job.failure_reason ?? null;
    return reason === null ? null : new DraftLaunchFailureReason(reason);
  }

  /** The raw id of the run that the job has created; null where it has created none. */
  get createdRunId(): string | null {
    return this.job.created_fielding_run_id ?? null;
  }
}
