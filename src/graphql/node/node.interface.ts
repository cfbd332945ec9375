import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType({
  description: 'Anything that has a globally unique id and can be read again with the query `node`.',
})
export abstract class Node {
  @Field(() => ID, {
    description:
      'Globally unique: the place in the hierarchy, raw ids joined by slashes, e.g. `101/01BTGNYV6HRNK8K8VKZASZCFP0`.',
  })
  abstract readonly id: string;
}
