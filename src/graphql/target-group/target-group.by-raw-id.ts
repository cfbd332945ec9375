import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, ID, Info, Query, Resolver } from 'type-graphql';
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
  @Query(() => TargetGroup, {
    nullable: true,
    description:
      'A launched target group of which you know the raw id alone, e.g. from an e-mail or an export; its `id` is then the ' +
      'full one. Null where there is no such target group, or where it is a draft. Where you know the full id, use ' +
      '`targetGroup`.',
  })
  async targetGroupByRawId(
    @Arg('targetGroupId', () => ID, {
      description: 'The raw id of the target group in the REST API, e.g. `01BTGNYV6HRNK8K8VKZASZCFP1`.',
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
    const { loaders } = context;
    const overview = await loaders.targetGroupOverviewById.load(targetGroupId);
    if (overview === null) return null;
    const ref = refIn(overview, targetGroupId);
    // The same figures, so that the fields need not ask for them again.
    loaders.targetGroupOverview.prime(ref, overview);
    return await findTargetGroup(context, ref, info);
  }
}

/** @throws {UpstreamError} where the API does not tell the account and the project */
function refIn(
  { account_id, project_id }: rest.TargetGroupOverviewById,
  targetGroupId: string,
): TargetGroupRef {
  return { accountId: accountIdOf(account_id), projectId: segment(project_id), targetGroupId };
}
