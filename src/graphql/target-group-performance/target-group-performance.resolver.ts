import { Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import { TargetGroup } from '../target-group/target-group.type.js';
import { TargetGroupPerformance } from './target-group-performance.type.js';

@Resolver(() => TargetGroup)
export class TargetGroupPerformanceResolver {
  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => TargetGroupPerformance, {
    nullable: true,
    description:
      'Fielding performance of the target group: entrants, prescreens, completes, spend, rates and the ' +
      'respondent analysis. Null for a draft. Costs one REST call per target group.',
  })
  async performance(
    @Root() { ref }: TargetGroup,
    @Ctx() { loaders }: RequestContext,
  ): Promise<TargetGroupPerformance | null> {
    const performance = await loaders.targetGroupPerformance.load(ref);
    return performance === null ? null : new TargetGroupPerformance(performance);
  }
}
