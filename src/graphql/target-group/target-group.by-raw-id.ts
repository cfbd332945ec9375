import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Authorized, Ctx, ID, Info, Query, Resolver } from 'type-graphql';
import { hasAccount } from '../../auth/authorization.js';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import type * as rest from '../../contract/demand-api.js';
import { BadUserInputError } from '../../errors.js';
import {
  accountIdOf,
  isSegment,
  segment,
  type TargetGroupRef,
} from '../../upstream/resources/resource-ref.js';
import { findTargetGroup } from './target-group.reading.js';
import { TargetGroup } from './target-group.type.js';

@Resolver()
export class TargetGroupByRawIdResolver {
  @Authorized<Scope>('fielding:read')
  @Query(() => TargetGroup, {
    nullable: true,
    description:
      'Launched target group by its raw id alone, e.g. from an e-mail or an export; its `id` is the full one. ' +
      'Null if it does not exist or is a draft. Use `targetGroup` if you have the full id.',
  })
  async targetGroupByRawId(
    @Arg('targetGroupId', () => ID, {
      description: 'Raw id of the target group in the REST API, e.g. `01BTGNYV6HRNK8K8VKZASZCFP1`.',
    })
    targetGroupId: string,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TargetGroup | null> {
    if (!isSegment(targetGroupId)) {
      throw new BadUserInputError(
        'Argument `targetGroupId` must be the raw id of a target group, without account and project, e.g. ' +
          '`01BTGNYV6HRNK8K8VKZASZCFP1`.',
      );
    }
    const { loaders, principal } = context;
    const overview = await loaders.targetGroupOverviewById.load(targetGroupId);
    if (overview === null) return null;
    const ref = refIn(overview, targetGroupId);
    // The response names the account. One of another account must look like none.
    if (!hasAccount(principal.grants, ref.accountId)) return null;
    // This overview has the same properties as the one by full id, so the fields need not read it again.
    loaders.targetGroupOverview.prime(ref, overview);
    return await findTargetGroup(context, ref, info);
  }
}

/** @throws {UpstreamError} if the account or the project is malformed */
function refIn(
  { account_id, project_id }: rest.TargetGroupOverviewById,
  targetGroupId: string,
): TargetGroupRef {
  return { accountId: accountIdOf(account_id), projectId: segment(project_id), targetGroupId };
}
