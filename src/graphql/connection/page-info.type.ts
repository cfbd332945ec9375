import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Position of a page in its list (Relay Cursor Connections).' })
export class PageInfo {
  @Field(() => Boolean, {
    description: 'Paging forward: whether there are more items. Paging backward: whether `before` was given.',
  })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, {
    description: 'Paging backward: whether there are more items. Paging forward: whether `after` was given.',
  })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      'Cursor of the first item: pass it as `before` to get the previous page. Null if the page is empty.',
  })
  readonly startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Cursor of the last item: pass it as `after` to get the next page. Null if the page is empty.',
  })
  readonly endCursor!: string | null;
}
