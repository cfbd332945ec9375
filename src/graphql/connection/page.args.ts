import { ArgsType, Field, Int } from 'type-graphql';

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description:
      'Number of items to return, from the start of the list or after `after`: 1 to 100, by default 10. ' +
      'Cannot be combined with `last` and `before`.',
  })
  readonly first?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Cursor after which the page starts, from `endCursor` or `cursor`. An empty string is ignored.',
  })
  readonly after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Number of items to return before `before`, which is then required: 1 to 100, by default 10.',
  })
  readonly last?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Cursor before which the page ends, from `startCursor` or `cursor`. An empty string is ignored.',
  })
  readonly before?: string | null;
}
