import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../context.js';
import { orError } from '../items.js';
import { requireRef } from '../node/node-id.js';
import { dateOf } from '../scalars/date-time.js';
import { relatedTargetGroup } from '../target-group/target-group.reading.js';
import { TargetGroup } from '../target-group/target-group.type.js';
import { relatedUser } from '../user/user.reading.js';
import { User } from '../user/user.type.js';
import { availableActions } from './fielding-run.actions.js';
import { FieldingRunAction } from './fielding-run.enum.js';
import { findFieldingRun } from './fielding-run.reading.js';
import { FieldingRun } from './fielding-run.type.js';

@Resolver(() => FieldingRun)
export class FieldingRunResolver {
  @Query(() => FieldingRun, {
    nullable: true,
    description: 'One fielding run. Null where there is no such run.',
  })
  async fieldingRun(
    @Arg('id', () => ID, {
      description: 'The id of the fielding run: `<account>/<project>/<target group>/<fielding run>`.',
    })
    id: string,
    @Ctx() context: RequestContext,
  ): Promise<FieldingRun | null> {
    return await findFieldingRun(context, requireRef('FieldingRun', id, 'id'));
  }

  @FieldResolver(() => [FieldingRunAction], {
    description:
      'What the API takes as a rule from a run with this status and end, e.g. `COMPLETE` from a live or a scheduled one alone. ' +
      'The API has the last word: a goal may have been reached.',
  })
  availableActions(@Root() run: FieldingRun, @Ctx() { now }: RequestContext): readonly FieldingRunAction[] {
    // An end that came broken fails its own field; this one may not be null, and would take the run away.
    const endAt = orError(() => run.endAt);
    return availableActions(run.status, endAt instanceof Error ? null : dateOf(endAt), now());
  }

  @FieldResolver(() => TargetGroup, { nullable: true, description: 'The target group that the run fields.' })
  async targetGroup(
    @Root() { ref }: FieldingRun,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TargetGroup | null> {
    return await relatedTargetGroup(context, ref, info);
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: 'Who last changed the run. Null where the API does not tell.',
  })
  async lastChangedByUser(
    @Root() { ref, lastChangedBy }: FieldingRun,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<User | null> {
    return await relatedUser(context, ref, lastChangedBy, info);
  }
}
