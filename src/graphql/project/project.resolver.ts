import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import { Account } from '../account/account.type.js';
import type { Connection } from '../connection/connection.js';
import { requireRef } from '../node/node-id.js';
import { TargetGroupsArgs } from '../target-group/target-group.args.js';
import { TargetGroupConnection } from '../target-group/target-group.connection.js';
import { targetGroupConnection } from '../target-group/target-group.pages.js';
import type { TargetGroup } from '../target-group/target-group.type.js';
import { relatedUser } from '../user/user.reading.js';
import { User } from '../user/user.type.js';
import { AccountProjectsArgs } from './project.args.js';
import { ProjectConnection } from './project.connection.js';
import { projectConnection } from './project.pages.js';
import { findProject } from './project.reading.js';
import { Project } from './project.type.js';

@Resolver(() => Project)
export class ProjectResolver {
  @Authorized<Scope>('fielding:read')
  @Query(() => ProjectConnection, {
    nullable: true,
    description: 'Projects of an account. Null if the account does not exist.',
  })
  async projects(
    @Args(() => AccountProjectsArgs) args: AccountProjectsArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Project> | null> {
    return await projectConnection(
      context,
      requireRef(context.principal, 'Account', args.accountId, 'accountId'),
      args,
    );
  }

  @Authorized<Scope>('fielding:read')
  @Query(() => Project, { nullable: true, description: 'Project by its id. Null if it does not exist.' })
  async project(
    @Arg('id', () => ID, { description: 'Id of the project: `<account>/<project>`.' }) id: string,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Project | null> {
    return await findProject(context, requireRef(context.principal, 'Project', id, 'id'), info);
  }

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => ID, {
    nullable: true,
    description: 'Raw id of the project manager; see `projectManager` for the name. Null if unknown.',
  })
  async projectManagerId(@Root() project: Project, @Ctx() context: RequestContext): Promise<string | null> {
    return await managerIdOf(project, context);
  }

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => User, {
    nullable: true,
    description: 'Project manager. Null if unknown.',
  })
  async projectManager(
    @Root() project: Project,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<User | null> {
    return await relatedUser(context, project.ref, await managerIdOf(project, context), info);
  }

  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => TargetGroupConnection, {
    nullable: true,
    description: 'Target groups of the project. Null if the project does not exist.',
  })
  async targetGroups(
    @Root() { ref }: Project,
    @Args(() => TargetGroupsArgs) args: TargetGroupsArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<TargetGroup> | null> {
    return await targetGroupConnection(context, ref, args);
  }

  @FieldResolver(() => Account, { nullable: true, description: 'Account that the project belongs to.' })
  account(@Root() { ref }: Project): Account {
    return new Account({ accountId: ref.accountId });
  }
}

/** Lists do not include the manager. */
async function managerIdOf({ ref, source }: Project, { loaders }: RequestContext): Promise<string | null> {
  const { project_manager_id: known = null } = source;
  return known ?? (await loaders.project.load(ref))?.project_manager_id ?? null;
}
