import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import { segment } from '../../upstream/resources/resource-ref.js';
import type { Connection } from '../connection/connection.js';
import { FieldingRun } from '../fielding-run/fielding-run.type.js';
import { requireRef } from '../node/node-id.js';
import { relatedProject } from '../project/project.reading.js';
import { Project } from '../project/project.type.js';
import { relatedUser } from '../user/user.reading.js';
import { User } from '../user/user.type.js';
import { ProjectTargetGroupsArgs } from './target-group.args.js';
import { TargetGroupConnection } from './target-group.connection.js';
import { targetGroupConnection } from './target-group.pages.js';
import { findTargetGroup } from './target-group.reading.js';
import { TargetGroup } from './target-group.type.js';

@Resolver(() => TargetGroup)
export class TargetGroupResolver {
  @Authorized<Scope>('fielding:read')
  @Query(() => TargetGroupConnection, {
    nullable: true,
    description: 'Target groups of a project. Null if the project does not exist.',
  })
  async targetGroups(
    @Args(() => ProjectTargetGroupsArgs) args: ProjectTargetGroupsArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<TargetGroup> | null> {
    return await targetGroupConnection(
      context,
      requireRef(context.principal, 'Project', args.projectId, 'projectId'),
      args,
    );
  }

  @Authorized<Scope>('fielding:read')
  @Query(() => TargetGroup, {
    nullable: true,
    description: 'Target group by its id. Null if it does not exist.',
  })
  async targetGroup(
    @Arg('id', () => ID, { description: 'Id of the target group: `<account>/<project>/<target group>`.' })
    id: string,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TargetGroup | null> {
    return await findTargetGroup(context, requireRef(context.principal, 'TargetGroup', id, 'id'), info);
  }

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => FieldingRun, {
    nullable: true,
    description: 'Fielding run of the target group. Null for a draft. Costs one REST call per target group.',
  })
  async fieldingRun(
    @Root() { ref }: TargetGroup,
    @Ctx() { loaders }: RequestContext,
  ): Promise<FieldingRun | null> {
    const run = (await loaders.fieldingRunsOf.load(ref))?.data[0];
    if (run === undefined) return null;
    // Not spread and extended: V8 has no room for a new property in a copy, which took 14% of a fan-out.
    const { accountId, projectId, targetGroupId } = ref;
    return new FieldingRun({ accountId, projectId, targetGroupId, fieldingRunId: segment(run.id) }, run);
  }

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => Project, {
    nullable: true,
    description: 'Project that the target group belongs to.',
  })
  async project(
    @Root() { ref }: TargetGroup,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Project | null> {
    return await relatedProject(context, ref, info);
  }

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => User, {
    nullable: true,
    description: 'Project manager of the target group. Null if unknown.',
  })
  async projectManager(
    @Root() { ref, projectManagerId }: TargetGroup,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<User | null> {
    return await relatedUser(context, ref, projectManagerId, info);
  }
}
