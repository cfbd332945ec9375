import type { AuthCheckerFn } from 'type-graphql';
import { requireScopes } from '../auth/authorization.js';
import type { Scope } from '../auth/principal.js';
import type { RequestContext } from '../context.js';

/**
 * Checks the scopes of `@Authorized`. It never returns false, because the error of type-graphql does not say which scope is
 * missing.
 *
 * @throws {ForbiddenError} if a scope is missing
 */
export const authChecker: AuthCheckerFn<RequestContext, Scope> = ({ context }, scopes) => {
  requireScopes(context.principal.grants, scopes);
  return true;
};
