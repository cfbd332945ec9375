import type { GraphQLResolveInfo } from 'graphql';
import { Args, Authorized, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import type { Connection } from '../connection/connection.js';
import { TargetGroup } from '../target-group/target-group.type.js';
import { relatedUser } from '../user/user.reading.js';
import { User } from '../user/user.type.js';
import { ChangelogArgs } from './changelog.args.js';
import { TargetGroupChangelogConnection } from './changelog.connection.js';
import { changelogConnection } from './changelog.pages.js';
import { ChangelogActor, type ChangelogEntry } from './changelog.type.js';

@Resolver(() => TargetGroup)
export class ChangelogResolver {
  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => TargetGroupChangelogConnection, {
    nullable: true,
    description:
      'Change history of the target group, newest first. Supports forward pagination only. Null if the target ' +
      'group does not exist. Costs one REST call per target group and page.',
  })
  async changelog(
    @Root() { ref }: TargetGroup,
    @Args(() => ChangelogArgs) args: ChangelogArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<ChangelogEntry> | null> {
    return await changelogConnection(context, ref, args);
  }
}

@Resolver(() => ChangelogActor)
export class ChangelogActorResolver {
  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => User, {
    nullable: true,
    description: 'Person who made the change. Null if it was not a person, or if unknown.',
  })
  async user(
    @Root() { account, userId }: ChangelogActor,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<User | null> {
    return await relatedUser(context, account, userId, info);
  }
}
