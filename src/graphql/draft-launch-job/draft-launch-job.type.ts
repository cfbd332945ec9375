import { Field, ID, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import type { DraftLaunchKind } from '../../upstream/resources/draft-launch-kind.js';
import type { DraftLaunchJobRef } from '../../upstream/resources/resource-ref.js';
import { itemsFrom } from '../items.js';
import { Job, JobFailureReason } from '../job/job.base.js';
import { draftLaunchJobNodeId } from '../node/node-id.js';
import { Node, NODE_ID } from '../node/node.interface.js';
import { DraftLaunchJobAction } from './draft-launch-job.enum.js';

const ACTION_OF_KIND: Readonly<Record<DraftLaunchKind, DraftLaunchJobAction>> = {
  'launch-from-draft': DraftLaunchJobAction.LAUNCH,
  'schedule-from-draft': DraftLaunchJobAction.SCHEDULE,
};

@ObjectType({ description: 'Single problem that kept a draft from being launched or scheduled.' })
class DraftLaunchFailureDetail {
  constructor(private readonly item: rest.DraftJobFailureDetail) {}

  @Field(() => String, {
    nullable: true,
    description:
      'Name of the invalid setting in the REST API: `end_fielding_at` is `endAt` in the input, ' +
      '`start_fielding_at` is `startAt`; others are settings of the target group. Null if unknown.',
  })
  get name(): string | null {
    return this.item.name ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Machine-readable code for the problem, e.g. `in_the_past`. Null if unknown.',
  })
  get reason(): string | null {
    return this.item.reason ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Human-readable description of the problem. Null if unknown.',
  })
  get detail(): string | null {
    return this.item.detail ?? null;
  }
}

@ObjectType({ description: 'Reason why a draft could not be launched or scheduled.' })
class DraftLaunchFailureReason extends JobFailureReason<rest.DraftJobFailureReason> {
  @Field(() => [DraftLaunchFailureDetail], {
    nullable: 'itemsAndList',
    description:
      'Problems that must be fixed first; empty if the REST API lists none. An item that cannot be read is ' +
      'null, with an error; so is the list if it cannot be read.',
  })
  get reasons(): readonly (DraftLaunchFailureDetail | Error)[] {
    return itemsFrom(this.failure.reasons ?? [], (item) => new DraftLaunchFailureDetail(item));
  }
}

@ObjectType({
  implements: Node,
  description: 'Background job that launches or schedules a draft target group.',
})
export class DraftLaunchJob extends Job<DraftLaunchJobRef, rest.FieldingRunJob> implements Node {
  @Field(() => ID, { description: NODE_ID })
  get id(): string {
    return draftLaunchJobNodeId(this.ref);
  }

  @Field(() => DraftLaunchJobAction, { description: 'Action that the job applies to the draft.' })
  get action(): DraftLaunchJobAction {
    return ACTION_OF_KIND[this.ref.action];
  }

  @Field(() => DraftLaunchFailureReason, {
    nullable: true,
    description: 'Reason why the job failed. Null unless it failed.',
  })
  get failureReason(): DraftLaunchFailureReason | null {
    const reason = this.job.failure_reason ?? null;
    return reason === null ? null : new DraftLaunchFailureReason(reason);
  }

  /** The raw id of the run that the job has created, if any. */
  get createdRunId(): string | null {
    return this.job.created_fielding_run_id ?? null;
  }
}
