import { Field, ID, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import { BatchJobStatus } from '../batch-job/batch-job.enum.js';
import { fromRestEnum } from '../rest-enum.js';
import { DateTime, dateTimeOf } from '../scalars/date-time.js';

/**
 * The fields that all kinds of jobs have in common.
 *
 * @typeParam R the reference to such a job
 * @typeParam J the REST body
 */
@ObjectType()
export abstract class Job<
  R extends { readonly jobId: string },
  J extends rest.BatchJob | rest.FieldingRunJob,
> {
  constructor(
    readonly ref: R,
    protected readonly job: J,
  ) {}

  @Field(() => ID, { description: 'Raw id in the REST API: the last part of `id`.' })
  get jobId(): string {
    return this.ref.jobId;
  }

  @Field(() => BatchJobStatus, { description: 'State of the job.' })
  get status(): BatchJobStatus {
    return fromRestEnum(BatchJobStatus, this.job.status);
  }

  @Field(() => DateTime, { nullable: true, description: 'Time when the job was created. Null if unknown.' })
  get createdAt(): DateTime | null {
    return dateTimeOf(this.job.created_at, 'created_at');
  }

  @Field(() => ID, {
    nullable: true,
    description:
      'Raw id of the person who started the job; see `createdByUser` for the name. Null if unknown.',
  })
  get createdBy(): string | null {
    return this.job.created_by ?? null;
  }
}

/** @typeParam F the REST body */
@ObjectType()
export abstract class JobFailureReason<F extends rest.FailureReason | rest.DraftJobFailureReason> {
  constructor(protected readonly failure: F) {}

  @Field(() => String, {
    nullable: true,
    description:
      'Machine-readable code from the REST API, e.g. `TargetGroupNotFound` or `TargetGroupInvalidState`. ' +
      'Null if unknown.',
  })
  get code(): string | null {
    return this.failure.code ?? null;
  }

  @Field(() => String, { nullable: true, description: 'Human-readable explanation. Null if unknown.' })
  get description(): string | null {
    return this.failure.description ?? null;
  }
}
