import { Field, ID, InterfaceType } from 'type-graphql';

export const NODE_ID =
  'Globally unique: the place in the hierarchy, raw ids joined by slashes, e.g. `101/01BTGNYV6HRNK8K8VKZASZCFP0`.';

@InterfaceType({
  description: 'Anything that has a globally unique id and can be read again with the query `node`.',
})
export abstract class Node {
  @Field(() => ID, { description: NODE_ID })
  abstract readonly id: string;
}
