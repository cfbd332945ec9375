import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
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
  @Query(() => ProjectConnection, {
    nullable: true,
    description: "An account's projects, page by page. Null where there is no such account.",
  })
  async projects(
    @Args(() => AccountProjectsArgs) args: AccountProjectsArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Project> | null> {
    return await projectConnection(context, requireRef('Account', args.accountId, 'accountId'), args);
  }

  @Query(() => Project, { nullable: true, description: 'One project. Null where there is no such project.' })
  async project(
    @Arg('id', () => ID, { description: 'The id of the project: `<account>/<project>`.' }) id: string,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Project | null> {
    return await findProject(context, requireRef('Project', id, 'id'), info);
  }

  @FieldResolver(() => ID, {
    nullable: true,
    description: 'The raw id of the person who manages the project. `projectManager` tells the name.',
  })
  async projectManagerId(@Root() project: Project, @Ctx() context: RequestContext): Promise<string | null> {
    return await managerIdOf(project, context);
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: 'The project manager. Null where the API does not tell.',
  })
  async projectManager(
    @Root() project: Project,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<User | null> {
    return await relatedUser(context, project.ref, await managerIdOf(project, context), info);
  }

  @FieldResolver(() => TargetGroupConnection, { nullable: true, description: "The project's target groups." })
  async targetGroups(
    @Root() { ref }: Project,
    @Args(() => TargetGroupsArgs) args: TargetGroupsArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<TargetGroup> | null> {
    return await targetGroupConnection(context, ref, args);
  }

  @FieldResolver(() => Account, { nullable: true, description: 'The account that the project belongs to.' })
  account(@Root() { ref }: Project): Account {
    return new Account({ accountId: ref.accountId });
  }
}

/** Lists do not tell the manager. */
async function managerIdOf({ ref, source }: Project, { loaders }: RequestContext): Promise<string | null> {
  const { project_manager_id: known = null } = source;
  return known ?? (await loaders.project.load(ref))?.project_manager_id ?? null;
}
