import { Field, ObjectType } from 'type-graphql';
import { UserError } from '../errors/user-error.type.js';
import type { JobOutcome } from './job.starting.js';

/**
 * What became of the wish to start a job.
 *
 * @typeParam P where such a job is
 */
@ObjectType({ description: 'The job, or what the user can do about a failure.' })
export abstract class JobPayload<P> {
  @Field(() => String, {
    description:
      'The key that the job goes by: yours, or a new one. Trying again with it starts no second job.',
  })
  readonly idempotencyKey: string;

  @Field(() => [UserError], { description: 'Why no job was started; empty where one was.' })
  readonly userErrors: readonly UserError[];

  readonly created: P | undefined;

  constructor({ idempotencyKey, created, userErrors }: JobOutcome<P>) {
    this.idempotencyKey = idempotencyKey;
    this.created = created;
    this.userErrors = userErrors;
  }
}
