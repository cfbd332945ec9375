import { ArgsType, Field, Int } from 'type-graphql';

@ArgsType()
export class ChangelogArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'How many entries, from the newest or from `after`. 1 to 50; 10 if none is given.',
  })
  readonly first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the entry before the page. Empty text counts as none.',
  })
  readonly after?: string | null;
}
