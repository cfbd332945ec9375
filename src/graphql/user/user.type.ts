import { Field, ID, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';

@ObjectType({
  description:
    'Person who works with the account: a project manager, or someone who launched, paused or changed ' +
    'fieldwork. All people of an account are read with one REST call per operation; selecting only `id` needs ' +
    "none. For a person who is not in the account's list, e.g. because they have left, `name` and `email` are " +
    'null.',
})
export class User {
  /** @param source properties of the person; undefined if only the id is known */
  constructor(
    private readonly userId: string,
    private readonly source: rest.User | undefined,
  ) {}

  @Field(() => ID, { description: 'Raw id in the REST API. The query `node` does not accept it.' })
  get id(): string {
    return this.userId;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Name of the person. Null if unknown.',
  })
  get name(): string | null {
    return this.source?.name ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'E-mail address. Null if unknown.',
  })
  get email(): string | null {
    return this.source?.email ?? null;
  }
}
