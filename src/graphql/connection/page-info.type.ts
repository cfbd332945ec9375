import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Where a page stands in its list (Relay Cursor Connections).' })
export class PageInfo {
  @Field(() => Boolean, {
    description: 'Going forward: whether there are more items. Going backward: whether `before` was given.',
  })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, {
    description: 'Going backward: whether there are more items. Going forward: whether `after` was given.',
  })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The first cursor of the page; pass it as `before` to go back.',
  })
  readonly startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The last cursor of the page; pass it as `after` to go on.',
  })
  readonly endCursor!: string | null;
}
