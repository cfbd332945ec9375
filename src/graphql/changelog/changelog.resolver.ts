import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../context.js';
import type { Connection } from '../connection/connection.js';
import { TargetGroup } from '../target-group/target-group.type.js';
import { ChangelogArgs } from './changelog.args.js';
import { TargetGroupChangelogConnection } from './changelog.connection.js';
import { changelogConnection } from './changelog.pages.js';
import type { ChangelogEntry } from './changelog.type.js';

@Resolver(() => TargetGroup)
export class ChangelogResolver {
  @FieldResolver(() => TargetGroupChangelogConnection, {
    nullable: true,
    description:
      'The history of the target group: who changed what, and when, the newest entries first, page by page. It can be read ' +
      'forward alone. Costs one REST call for each target group.',
  })
  async changelog(
    @Root() { place }: TargetGroup,
    @Args(() => ChangelogArgs) args: ChangelogArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<ChangelogEntry> | null> {
    return await changelogConnection(context, place, args);
  }
}
