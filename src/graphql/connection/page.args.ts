import { ArgsType, Field, Int } from 'type-graphql';

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'How many items from the start, or from `after`. 1 to 100; 10 if none is given.',
  })
  readonly first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the item before the page. Empty text counts as none.',
  })
  readonly after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many items up to `before`, which must be given too. 1 to 100; 10 if none is given.',
  })
  readonly last?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the item after the page. Empty text counts as none.',
  })
  readonly before?: string | null;
}
