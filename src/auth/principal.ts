import { hash } from 'node:crypto';

/**
 * The caller of a request.
 *
 * - `authorization`: the header to send upstream; undefined if the caller sent none
 * - `credentialKey`: identifies the credential in state that outlives the request, without keeping the credential
 */
export interface Principal {
  readonly authorization: string | undefined;
  readonly credentialKey: string;
}

/** The principal in `AUTH_MODE=forward`: the caller's own `Authorization`, unchanged. */
export function forwardedPrincipal(authorization: string | undefined): Principal {
  const value = authorization?.trim() === '' ? undefined : authorization;
  return {
    authorization: value,
    credentialKey: hash('sha256', value ?? '', 'base64url'),
  };
}
