import { Field, ObjectType } from 'type-graphql';
import { UserError } from '../errors/user-error.type.js';
import type { JobOutcome } from './job.starting.js';

/**
 * The result of starting a job.
 *
 * @typeParam R the reference to such a job
 */
@ObjectType()
export abstract class JobPayload<P> {
  @Field(() => String, {
    description:
      'Idempotency key of the job: the one in the input, or a generated one. Retrying with it starts no ' +
      'second job.',
  })
  readonly idempotencyKey: string;

  @Field(() => [UserError], { description: 'Reasons why no job was started; empty if one was.' })
  readonly userErrors: readonly UserError[];

  readonly created: P | undefined;

  constructor({ idempotencyKey, created, userErrors }: JobOutcome<P>) {
    this.idempotencyKey = idempotencyKey;
    this.created = created;
    this.userErrors = userErrors;
  }
}
