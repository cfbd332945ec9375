import { Field, InputType } from 'type-graphql';

@InputType({ description: 'Under which idempotency key to start a job.' })
export abstract class JobInput {
  @Field(() => String, {
    nullable: true,
    description:
      'What makes trying again safe: 1 to 255 visible ASCII characters, the same for every try of one intent, such as a ' +
      'UUID made when the user clicks. The same key starts no second job. If none is given, the payload tells one.',
  })
  readonly idempotencyKey?: string | null;
}
