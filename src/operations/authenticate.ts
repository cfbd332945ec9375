import { KeysUnavailableError } from '../auth/key-set.js';
import type { Principal } from '../auth/principal.js';
import { TokenError, type TokenProblem, type TokenVerifier } from '../auth/token-verifier.js';
import type { Peer } from '../context.js';
import type { Logger } from '../telemetry/logger.js';
import { RequestError } from './request/request-error.js';

/** Determines the principal of a request. May throw a {@link RequestError}. */
export type Authenticate = (authorization: string | undefined, peer: Peer) => Principal | Promise<Principal>;

const MESSAGES: Readonly<Record<TokenProblem, string>> = {
  missing: 'Authenticate with `Authorization: Bearer <token>`.',
  expired: 'The token has expired.',
  invalid: 'The token is not valid.',
};

/** RFC 6750, 3: a request without a token gets no error code. */
const CHALLENGES: Readonly<Record<TokenProblem, string>> = {
  missing: 'Bearer',
  expired: 'Bearer error="invalid_token", error_description="The token has expired."',
  invalid: 'Bearer error="invalid_token"',
};

/**
 * Authenticates every operation by its token. Clients only learn that the token is missing, expired or invalid; the debug log has the
 * reason.
 */
export function authenticateByToken(verifier: TokenVerifier, logger: Logger): Authenticate {
  return async (authorization, { address }) => {
    try {
      return await verifier.verify(authorization);
    } catch (error) {
      if (error instanceof TokenError) {
        const { problem, cause } = error;
        if (problem !== 'missing') {
          logger.debug({ reason: reasonOf(cause), address }, 'A token was rejected.');
        }
        throw new RequestError(401, MESSAGES[problem], {
          code: 'UNAUTHENTICATED',
          headers: { 'www-authenticate': CHALLENGES[problem] },
        });
      }
      if (error instanceof KeysUnavailableError) {
        const { retryAfterSeconds } = error;
        throw new RequestError(503, 'Tokens cannot be verified: the identity provider does not respond.', {
          code: 'UPSTREAM_UNAVAILABLE',
          retryAfterSeconds,
        });
      }
      throw error;
    }
  };
}

/** The message of jose's errors names the claim or the header, without its value. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'unknown';
}
