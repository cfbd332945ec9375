import { ArgsType, Field, Int } from 'type-graphql';

@ArgsType()
export class ChangelogArgs {
  @Field(() => Int, {
    nullable: true,
    description:
      'Number of entries to return, starting with the newest, or with the entry after `after`: 1 to 50, ' +
      'by default 10.',
  })
  readonly first?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Cursor after which the page starts, from `endCursor` or `cursor`. An empty string is ignored.',
  })
  readonly after?: string | null;
}
