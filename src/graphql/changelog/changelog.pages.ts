import type { RequestContext } from '../../context.js';
import type * as rest from '../../contract/demand-api.js';
import { BadUserInputError } from '../../errors.js';
import type { TargetGroupRef } from '../../upstream/resources/resource-ref.js';
import { toConnection, type Connection, type RestList } from '../connection/connection.js';
import { listArguments, pageQuery, type PageQuery } from '../connection/page.js';
import { namingArguments } from '../errors/argument-names.js';
import type { ChangelogArgs } from './changelog.args.js';
import { ChangelogEntry } from './changelog.type.js';

/** The most entries of a page. */
export const MAX_ENTRIES = 50;

const argumentPaths = listArguments();

/** One page of a target group's changelog, newest first; null if the target group does not exist. */
export async function changelogConnection(
  { loaders }: RequestContext,
  ref: TargetGroupRef,
  args: ChangelogArgs,
): Promise<Connection<ChangelogEntry> | null> {
  const query = changelogQuery(args);
  const page = await namingArguments(loaders.changelogPage.load({ ...ref, query }), argumentPaths(query));
  if (page === null) return null;
  const { accountId } = ref;
  return toConnection(
    new ChangelogPage(page),
    page.changelog ?? [],
    query,
    (entry) => new ChangelogEntry({ accountId }, entry),
  );
}

/** @throws {BadUserInputError} if the size is not 1 to 50, or the cursor is invalid */
function changelogQuery(args: ChangelogArgs): PageQuery {
  const { first = null } = args;
  if (first !== null && (first < 1 || first > MAX_ENTRIES)) {
    throw new BadUserInputError(`Argument \`first\` must be between 1 and ${MAX_ENTRIES}.`);
  }
  return pageQuery(args);
}

/** The API does not say whether a changelog has more entries, so a cursor counts as a next page. */
class ChangelogPage implements RestList {
  constructor(private readonly page: rest.TargetGroupChangelog) {}

  get next_cursor(): string | null {
    return this.page.next_cursor ?? null;
  }

  get has_more(): boolean {
    return this.next_cursor !== null && this.next_cursor !== '';
  }
}
