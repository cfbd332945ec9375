import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import type { AccountRef } from '../../upstream/resources/resource-ref.js';
import { selectedFields } from '../selection.js';
import { User } from './user.type.js';

/** What the id alone answers. */
const NEEDS_NOTHING = new Set(['__typename', 'id']);

/**
 * Who an id in an answer stands for: REST is asked where the selection needs more than the id. Somebody whom the account
 * does not list is known by the id alone.
 *
 * @param id null where the answer names nobody
 * @throws {UpstreamError} where the list cannot be read
 */
export async function relatedUser(
  { loaders }: RequestContext,
  { accountId }: AccountRef,
  id: string | null,
  info: GraphQLResolveInfo,
): Promise<User | null> {
  if (id === null) return null;
  if ([...selectedFields(info, 'User')].every((field) => NEEDS_NOTHING.has(field))) {
    return new User(id, undefined);
  }
  const users = await loaders.users.load({ accountId });
  return new User(id, users.find(id));
}
