import { hash } from 'node:crypto';
import type { Principal } from '../../src/auth/principal.js';

/** Accounts by the name of their user; the others may use {@link DEFAULT_ACCOUNT} alone. */
export type TestAccounts = Readonly<Record<string, readonly string[]>>;

const DEFAULT_ACCOUNT = '101';

/** Required settings of `AUTH_MODE=service`, which a gateway with {@link principalByName} does not use. */
export const unusedIssuer = {
  JWT_JWKS_URL: 'http://127.0.0.1:1/jwks',
  JWT_AUDIENCE: 'fieldgate-test',
};

/**
 * Authenticates whoever sends `Bearer <name>` as the user of that name, as `AUTH_MODE=service` does with a verified JWT,
 * for tests of what comes after authentication.
 */
export function principalByName(
  accounts: TestAccounts = {},
): (authorization: string | undefined) => Principal {
  return (authorization) => {
    const name = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? 'nobody';
    return {
      key: hash('sha256', JSON.stringify(['https://issuer.test', name]), 'base64url'),
      grants: {
        accounts: new Set(accounts[name] ?? [DEFAULT_ACCOUNT]),
        scopes: new Set(['fielding:read', 'fielding:operate']),
      },
      authorization: undefined,
    };
  };
}
