import { Arg, Authorized, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import { namingArguments } from '../errors/argument-names.js';
import { requireRef } from '../node/node-id.js';
import { TargetGroupSelection } from './transitions.input.js';
import { SELECTION_FIELDS, selectionRequest } from './transitions.selection.js';
import { TargetGroupTransitions } from './transitions.type.js';

@Resolver()
export class TransitionsResolver {
  @Authorized<Scope>('fielding:read')
  @Query(() => TargetGroupTransitions, {
    nullable: true,
    description:
      'Actions that are allowed for a selection of target groups as a whole, drafts included. Changes ' +
      'nothing. Null if the project or an included target group does not exist.',
  })
  async targetGroupTransitions(
    @Arg('projectId', () => ID, { description: 'Id of the project: `<account>/<project>`.' })
    projectId: string,
    @Arg('selection', () => TargetGroupSelection, {
      nullable: true,
      description: 'Target groups to check. Default: all target groups of the project.',
    })
    selection: TargetGroupSelection | null | undefined,
    @Ctx() { loaders, principal }: RequestContext,
  ): Promise<TargetGroupTransitions | null> {
    const { accountId, projectId: rawProjectId } = requireRef(principal, 'Project', projectId, 'projectId');
    const project = { accountId, projectId: rawProjectId };
    const request = selectionRequest(principal, project, selection ?? {});
    const response = await namingArguments(
      loaders.transitions.load({ ...project, selection: request }),
      SELECTION_FIELDS,
      // Duplicate ids are sent only once, so indexes can differ.
      () => undefined,
    );
    return response === null ? null : new TargetGroupTransitions(project, response);
  }
}
