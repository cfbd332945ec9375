import { hash } from 'node:crypto';

/**
 * Who makes a request.
 *
 * - `authorization`: what to send upstream; undefined where the caller gave nothing
 * - `credentialKey`: tells credentials apart in whatever outlives a request, without keeping the credential itself
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
