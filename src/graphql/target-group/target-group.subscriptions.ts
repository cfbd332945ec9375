import { Arg, Authorized, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import type * as rest from '../../contract/demand-api.js';
import type { LiveEvent } from '../../events/topic.js';
import { targetGroupsTopic } from '../../events/topics/target-groups.js';
import { requireRef } from '../node/node-id.js';
import { subscribeTo } from '../subscribe-to.js';
import { listedTargetGroup } from './target-group.pages.js';
import { TargetGroup } from './target-group.type.js';

@Resolver()
export class TargetGroupSubscriptions {
  @Authorized<Scope>('fielding:read')
  @Subscription(() => TargetGroup, {
    description:
      'Each target group of a project that changes or is new, live. There is no initial state, because a ' +
      'project can have thousands of target groups: subscribe, then query the list. A project that does ' +
      'not exist is an error (`BAD_USER_INPUT`).',
    subscribe: subscribeTo('Project', 'projectId', targetGroupsTopic),
  })
  targetGroupUpdated(
    @Arg('projectId', () => ID, { description: 'Id of the project: `<account>/<project>`.' })
    projectId: string,
    @Root() { state }: LiveEvent<rest.TargetGroupListItem>,
    @Ctx() context: RequestContext,
  ): TargetGroup {
    return listedTargetGroup(requireRef(context.principal, 'Project', projectId, 'projectId'), state);
  }
}
