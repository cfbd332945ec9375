import { KeySet } from '../../auth/key-set.js';
import { forwardedPrincipal } from '../../auth/principal.js';
import { TokenVerifier } from '../../auth/token-verifier.js';
import { authenticateByToken, type Authenticate } from '../../operations/authenticate.js';
import { readIssuerKeys } from '../issuer-keys.js';
import type { Basics } from './basics.js';

/** Determines the principals of requests. Close it. */
interface Authentication {
  readonly authenticate: Authenticate;
  close(): void;
}

/**
 * Authenticates callers according to `AUTH_MODE`. Reads the issuer's keys at once, so that a failure is logged at the start.
 */
export function createAuthentication({
  config: { authMode, jwt, proxies },
  logger,
  now,
}: Pick<Basics, 'config' | 'logger' | 'now'>): Authentication {
  if (authMode === 'forward') return { authenticate: forwardedPrincipal, close: () => undefined };
  if (jwt === undefined) throw new Error('The gateway needs the issuer of its callers.');
  const keys = new KeySet({
    read: (signal) => readIssuerKeys(jwt, proxies, signal),
    onFailure: (err) => {
      logger.warn({ err }, 'The keys that tokens are verified with cannot be read.');
    },
  });
  void keys.refresh();
  return {
    authenticate: authenticateByToken(new TokenVerifier({ config: jwt, keys, now }), logger),
    close: () => {
      keys.close();
    },
  };
}
