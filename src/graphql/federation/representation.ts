import type { Principal } from '../../auth/principal.js';
import { BadUserInputError } from '../../errors.js';
import { isJsonObject } from '../../json-value.js';
import { isNodeKind, refOf, type NodeRef } from '../node/node-id.js';

/**
 * The entity that a router asks for: an object with `__typename` and the key `id`.
 *
 * @param index its place in `representations`
 * @throws {BadUserInputError} if it is malformed, or the id is that of another type
 * @throws {ForbiddenError} if it is in an account that the principal has no access to, whether or not it exists
 */
export function entityRef(principal: Principal, representation: unknown, index: number): NodeRef {
  const argument = `representations[${index}]`;
  if (!isJsonObject(representation)) throw new BadUserInputError(`\`${argument}\` must be an object.`);
  const { __typename: kind, id } = representation;
  if (!isNodeKind(kind)) {
    throw new BadUserInputError(`\`${argument}.__typename\` must be the name of an entity of this graph.`);
  }
  if (typeof id !== 'string') throw new BadUserInputError(`\`${argument}.id\` must be a string.`);
  const ref = refOf(principal, kind, id);
  if (typeof ref === 'string') throw new BadUserInputError(`\`${argument}.id\` ${ref}`);
  return ref;
}
