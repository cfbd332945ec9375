import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../../context.js';
import { requireRef } from '../node/node-id.js';
import { TargetGroupSelection } from './transitions.input.js';
import { selectionRequest } from './transitions.selection.js';
import { TargetGroupTransitions } from './transitions.type.js';

@Resolver()
export class TransitionsResolver {
  @Query(() => TargetGroupTransitions, {
    nullable: true,
    description:
      'Which actions are allowed for a selection of target groups as a whole, drafts too. Nothing is changed. Null where there ' +
      'is no such project, or where a target group that is included does not exist.',
  })
  async targetGroupTransitions(
    @Arg('projectId', () => ID, { description: 'The id of the project: `<account>/<project>`.' })
    projectId: string,
    @Arg('selection', () => TargetGroupSelection, {
      nullable: true,
      description: 'Which target groups; all of the project if none is given.',
    })
    selection: TargetGroupSelection | null | undefined,
    @Ctx() { loaders }: RequestContext,
  ): Promise<TargetGroupTransitions | null> {
    const { accountId, projectId: rawProjectId } = requireRef('Project', projectId, 'projectId');
    const project = { accountId, projectId: rawProjectId };
    const answer = await loaders.transitions.load({
      ...project,
      selection: selectionRequest(project, selection ?? {}),
    });
    return answer === null ? null : new TargetGroupTransitions(project, answer);
  }
}
