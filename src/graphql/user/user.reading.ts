import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import type { AccountRef } from '../../upstream/resources/resource-ref.js';
import { selectedFields } from '../selection.js';
import { User } from './user.type.js';

/** Fields that need no call. */
const NEEDS_NO_CALL = new Set(['__typename', 'id']);

/**
 * The person with an id, read only if the selection needs more than the id. A person who is not in the account's list
 * has only an id.
 *
 * @param id null if there is no person
 * @throws {UpstreamError} if the list cannot be read
 */
export async function relatedUser(
  { loaders }: RequestContext,
  { accountId }: AccountRef,
  id: string | null,
  info: GraphQLResolveInfo,
): Promise<User | null> {
  if (id === null) return null;
  if ([...selectedFields(info, 'User')].every((field) => NEEDS_NO_CALL.has(field))) {
    return new User(id, undefined);
  }
  const users = await loaders.users.load({ accountId });
  return new User(id, users.find(id));
}
