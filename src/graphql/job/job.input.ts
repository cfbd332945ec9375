import { Field, InputType } from 'type-graphql';

@InputType()
export abstract class JobInput {
  @Field(() => String, {
    nullable: true,
    description:
      'Key that makes retries safe, such as a UUID generated when the user clicks: 1 to 255 visible ' +
      'ASCII characters. Send the same key with every attempt at one action: repeating it starts no ' +
      'second job. Default: a new key, returned in the payload.',
  })
  readonly idempotencyKey?: string | null;
}
