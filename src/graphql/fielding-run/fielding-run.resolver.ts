import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Authorized, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
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
  @Authorized<Scope>('fielding:read')
  @Query(() => FieldingRun, {
    nullable: true,
    description: 'Fielding run by its id. Null if it does not exist.',
  })
  async fieldingRun(
    @Arg('id', () => ID, {
      description: 'Id of the fielding run: `<account>/<project>/<target group>/<fielding run>`.',
    })
    id: string,
    @Ctx() context: RequestContext,
  ): Promise<FieldingRun | null> {
    return await findFieldingRun(context, requireRef(context.principal, 'FieldingRun', id, 'id'));
  }

  @FieldResolver(() => [FieldingRunAction], {
    description:
      'Actions that the status and end of the run usually allow, e.g. `COMPLETE` only for a live or scheduled ' +
      'run. The REST API can still reject an action, e.g. because the goal has been reached.',
  })
  availableActions(@Root() run: FieldingRun, @Ctx() { now }: RequestContext): readonly FieldingRunAction[] {
    // A malformed end fails its own field. This field is non-null, so an error here would null the run.
    const endAt = orError(() => run.endAt);
    return availableActions(run.status, endAt instanceof Error ? null : dateOf(endAt), now());
  }

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => TargetGroup, { nullable: true, description: 'Target group of the run.' })
  async targetGroup(
    @Root() { ref }: FieldingRun,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TargetGroup | null> {
    return await relatedTargetGroup(context, ref, info);
  }

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => User, {
    nullable: true,
    description: 'Person who last changed the run. Null if unknown.',
  })
  async lastChangedByUser(
    @Root() { ref, lastChangedBy }: FieldingRun,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<User | null> {
    return await relatedUser(context, ref, lastChangedBy, info);
  }
}
