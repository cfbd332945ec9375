import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Authorized, Ctx, ID, Info, Query, Resolver } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import { BadUserInputError } from '../../errors.js';
import { findAccount } from '../account/account.resolver.js';
import { findBatchJob } from '../batch-job/batch-job.reading.js';
import { findDraftLaunchJob } from '../draft-launch-job/draft-launch-job.reading.js';
import { findFieldingRun } from '../fielding-run/fielding-run.reading.js';
import { findProject } from '../project/project.reading.js';
import { findTargetGroup } from '../target-group/target-group.reading.js';
import { permittedRef } from './node-id.js';
import { Node } from './node.interface.js';

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
    switch (ref?.kind) {
      case 'Account':
        return await findAccount(context, ref.accountId);
      case 'Project':
        return await findProject(context, ref, info);
      case 'TargetGroup':
        return await findTargetGroup(context, ref, info);
      case 'FieldingRun':
        return await findFieldingRun(context, ref);
      case 'BatchJob':
        return await findBatchJob(context, ref);
      case 'DraftLaunchJob':
        return await findDraftLaunchJob(context, ref);
      case undefined:
        throw new BadUserInputError('Argument `id` must be the id of an object in the graph.');
    }
  }
}
