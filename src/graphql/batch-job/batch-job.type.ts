import { Field, ID, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import { kindOfSegment } from '../../upstream/batch-job-kind.js';
import { badResponse } from '../../upstream/errors.js';
import type { BatchJobPlace, TargetGroupPlace } from '../../upstream/place.js';
import { batchJobNodeId } from '../node/node-id.js';
import { Node, NODE_ID } from '../node/node.interface.js';
import { fromRestEnum } from '../rest-enum.js';
import { DateTime, momentOf, type Moment } from '../scalars/date-time.js';
import { BatchJobAction, BatchJobStatus } from './batch-job.enum.js';

@ObjectType({ description: 'Why a batch job could not act on a target group.' })
export class FailureReason {
  constructor(private readonly reason: rest.FailureReason) {}

  @Field(() => String, {
    description: "The reason, in the API's own word for programs, e.g. `TargetGroupNotFound`.",
  })
  get code(): string {
    return told(this.reason.code, 'code');
  }

  @Field(() => String, { description: 'The reason, as a sentence for people.' })
  get description(): string {
    return told(this.reason.description, 'description');
  }
}

@ObjectType({
  description: 'A target group that a batch job has brought into the wanted state, or found in it.',
})
export class UpdatedTargetGroup {
  constructor(
    readonly place: TargetGroupPlace,
    private readonly item: rest.UpdatedTargetGroup,
  ) {}

  @Field(() => ID, { description: 'The raw id of the target group in the REST API.' })
  get targetGroupId(): string {
    return this.place.targetGroupId;
  }

  @Field(() => String, { nullable: true, description: 'What the target group is called.' })
  get name(): string | null {
    return this.item.target_group_name ?? null;
  }
}

@ObjectType({ description: 'A target group that a batch job could not act on.' })
export class FailedTargetGroup {
  constructor(
    readonly place: TargetGroupPlace,
    private readonly item: rest.FailedTargetGroup,
  ) {}

  @Field(() => ID, { description: 'The raw id of the target group in the REST API.' })
  get targetGroupId(): string {
    return this.place.targetGroupId;
  }

  @Field(() => String, {
    nullable: true,
    description: 'What the target group is called, where there is one.',
  })
  get name(): string | null {
    return this.item.target_group_name ?? null;
  }

  @Field(() => FailureReason, { description: 'Why it failed.' })
  get failureReason(): FailureReason {
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
    readonly place: BatchJobPlace,
    private readonly job: rest.BatchJob,
  ) {}

  @Field(() => ID, { description: NODE_ID })
  get id(): string {
    return batchJobNodeId(this.place);
  }

  @Field(() => ID, { description: 'The raw id in the REST API.' })
  get jobId(): string {
    return this.place.jobId;
  }

  @Field(() => BatchJobAction, { description: 'What the job does with each of its target groups.' })
  get action(): BatchJobAction {
    const kind = kindOfSegment(this.place.segment);
    if (kind === undefined) throw badResponse('The Demand API has a kind of job that is not known.');
    return BatchJobAction[kind.toUpperCase() as keyof typeof BatchJobAction];
  }

  @Field(() => BatchJobStatus, { description: 'How far the job has come.' })
  get status(): BatchJobStatus {
    return fromRestEnum(BatchJobStatus, this.job.status);
  }

  @Field(() => DateTime, { nullable: true, description: 'When the job was created.' })
  get createdAt(): Moment | null {
    return momentOf(this.job.created_at, 'created_at');
  }

  @Field(() => [UpdatedTargetGroup], {
    description: 'The target groups that are in the wanted state now, those included that already were.',
  })
  get updatedTargetGroups(): readonly UpdatedTargetGroup[] {
    const items = this.job.updated_target_groups?.data ?? [];
    return items.map((item) => new UpdatedTargetGroup(this.#targetGroup(item.target_group_id), item));
  }

  @Field(() => [FailedTargetGroup], { description: 'The target groups that could not be acted on, and why.' })
  get failedTargetGroups(): readonly FailedTargetGroup[] {
    const items = this.job.failed_target_groups?.data ?? [];
    return items.map((item) => new FailedTargetGroup(this.#targetGroup(item.target_group_id), item));
  }

  #targetGroup(targetGroupId: string): TargetGroupPlace {
    const { accountId, projectId } = this.place;
    return { accountId, projectId, targetGroupId };
  }
}

/** The contract does not require it, and the graph does. */
function told(value: string | null | undefined, name: string): string {
  if (value === undefined || value === null)
    throw badResponse(`The Demand API did not tell the \`${name}\` of a failure.`);
  return value;
}
