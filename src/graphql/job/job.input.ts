import { Field, InputType } from 'type-graphql';

@InputType()
export abstract class JobInput {
  @Field(() => String, {
    nullable: true,
    description:
      'Key that makes retries safe: 1 to 255 visible ASCII characters, the same for every attempt at one ' +
      'action, such as a UUID generated when the user clicks. Repeating a key starts no second job. Default: ' +
      'a new key, returned in the payload.',
  })
  readonly idempotencyKey?: string | null;
}
