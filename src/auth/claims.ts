import { isAccountId } from '../account-id.js';
import type { Grants, Scope } from './principal.js';

/** The claims of a verified token (RFC 7519, 4). */
type Claims = Readonly<Record<string, unknown>>;

const SCOPES: readonly Scope[] = ['fielding:read', 'fielding:operate', 'graphql:explore'];

interface GrantClaims {
  readonly accountsClaim: string;
  readonly scopesClaim: string;
}

/**
 * What a token grants. A claim that is absent or malformed grants nothing; so does each malformed account and each unknown
 * scope in it.
 *
 * Both claims may be lists, or text separated by spaces or commas; accounts may be numbers, too.
 */
export function grantsOf(claims: Claims, { accountsClaim, scopesClaim }: GrantClaims): Grants {
  const scopes = new Set(valuesOf(claimOf(claims, scopesClaim)));
  return {
    accounts: new Set(valuesOf(claimOf(claims, accountsClaim)).filter(isAccountId)),
    scopes: new Set(SCOPES.filter((scope) => scopes.has(scope))),
  };
}

/**
 * A claim by its name. The name as it stands takes precedence, so that `https://example.com/accounts` is found; otherwise
 * its dots separate the names of nested objects, as in `realm_access.roles`.
 */
export function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Claims)[part];
  }
  return value;
}

function valuesOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(/[\s,]+/).filter((value) => value !== '');
  if (typeof claim === 'number') return [String(claim)];
  if (!Array.isArray(claim)) return [];
  return claim.filter((item) => typeof item === 'string' || typeof item === 'number').map(String);
}
