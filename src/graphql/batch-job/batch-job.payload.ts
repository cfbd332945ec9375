import { Field, ObjectType } from 'type-graphql';
import type { BatchJobPlace } from '../../upstream/place.js';
import { UserError } from '../errors/user-error.type.js';

@ObjectType({
  description:
    'What became of the wish to act on many target groups: the job, or what the user can do about a failure.',
})
export class BatchJobPayload {
  @Field(() => String, {
    description:
      'The key that the job goes by: yours, or a new one. Trying again with it starts no second job.',
  })
  readonly idempotencyKey: string;

  @Field(() => [UserError], { description: 'Why no job was started; empty where one was.' })
  readonly userErrors: readonly UserError[];

  private constructor(
    idempotencyKey: string,
    readonly created: BatchJobPlace | undefined,
    userErrors: readonly UserError[],
  ) {
    this.idempotencyKey = idempotencyKey;
    this.userErrors = userErrors;
  }

  static created(idempotencyKey: string, place: BatchJobPlace): BatchJobPayload {
    return new BatchJobPayload(idempotencyKey, place, []);
  }

  static refused(idempotencyKey: string, ...userErrors: readonly UserError[]): BatchJobPayload {
    return new BatchJobPayload(idempotencyKey, undefined, userErrors);
  }
}
