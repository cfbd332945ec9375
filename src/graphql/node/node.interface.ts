import { Field, ID, InterfaceType } from 'type-graphql';

export const NODE_ID =
  'Globally unique id: the raw ids of the parents and of the object itself, joined by slashes, e.g. ' +
  '`101/01BTGNYV6HRNK8K8VKZASZCFP0`.';

@InterfaceType({
  description: 'Object with a globally unique id, which the query `node` can read.',
})
export abstract class Node {
  @Field(() => ID, { description: NODE_ID })
  abstract readonly id: string;
}
