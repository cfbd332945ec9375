import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Authorized, Ctx, ID, Info, Query, Resolver } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import { BadUserInputError } from '../../errors.js';
import { permittedRef } from './node-id.js';
import { Node } from './node.interface.js';
import { findNode } from './node.reading.js';

@Resolver()
export class NodeResolver {
  @Authorized<Scope>('fielding:read')
  @Query(() => Node, {
    nullable: true,
    description: 'Any object by its id. Null if it does not exist.',
  })
  async node(
    @Arg('id', () => ID, { description: '`id` of any object in the graph.' }) id: string,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Node | null> {
    const ref = permittedRef(context.principal, id);
    if (ref === undefined) {
      throw new BadUserInputError('Argument `id` must be the id of an object in the graph.');
    }
    return await findNode(context, ref, info);
  }
}
