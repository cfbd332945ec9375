import { Field, ID, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';

@ObjectType({
  description:
    'A person who works with the account: a project manager, or somebody who launched, paused or changed fieldwork. The ' +
    'people of an account are read with one REST call for an operation; where only `id` is selected, there is none. Of ' +
    'somebody whom the account does not list, such as a person who has left it, only the id is known: name and e-mail ' +
    'address are null.',
})
export class User {
  /** @param source what REST tells of the person; undefined where it tells nothing but the id */
  constructor(
    private readonly userId: string,
    private readonly source: rest.User | undefined,
  ) {}

  @Field(() => ID, { description: 'The raw id in the REST API. It is no id for the query `node`.' })
  get id(): string {
    return this.userId;
  }

  @Field(() => String, {
    nullable: true,
    description: 'What the person is called. Null where the API does not tell.',
  })
  get name(): string | null {
    return this.source?.name ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The e-mail address. Null where the API does not tell.',
  })
  get email(): string | null {
    return this.source?.email ?? null;
  }
}
