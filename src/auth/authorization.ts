import { ForbiddenError } from '../errors.js';
import type { Grants, Scope } from './principal.js';

/** Whether the grants include an account. Without grants, the Demand API decides. */
export function hasAccount(grants: Grants | undefined, accountId: string): boolean {
  return grants === undefined || grants.accounts.has(accountId);
}

/** @throws {ForbiddenError} if the grants do not include the account, whether or not it exists */
export function requireAccount(grants: Grants | undefined, accountId: string): void {
  if (!hasAccount(grants, accountId)) {
    throw new ForbiddenError(`Your token gives no access to the account \`${accountId}\`.`);
  }
}

/** @throws {ForbiddenError} if the grants do not include every scope */
export function requireScopes(grants: Grants | undefined, scopes: readonly Scope[]): void {
  const missing = grants === undefined ? undefined : scopes.find((scope) => !grants.scopes.has(scope));
  if (missing !== undefined) throw new ForbiddenError(`This needs the scope \`${missing}\`.`);
}
