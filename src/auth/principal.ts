import { hash } from 'node:crypto';

/** What a principal may do: read, read and change, or send documents that are not in the safelist. */
export type Scope = 'fielding:read' | 'fielding:operate' | 'graphql:explore';

/** What a principal may do, and on which accounts. Undefined in `AUTH_MODE=forward`, where the Demand API decides. */
export interface Grants {
  /** Raw ids of accounts, e.g. `101`. */
  readonly accounts: ReadonlySet<string>;
  readonly scopes: ReadonlySet<Scope>;
}

/** The caller of a request. */
export interface Principal {
  /**
   * Identifies the principal in state that outlives a request, without holding a credential. A hash: in
   * `AUTH_MODE=forward` of the token, in `AUTH_MODE=service` of issuer and subject.
   */
  readonly key: string;
  readonly grants: Grants | undefined;
  /**
   * The caller's own `Authorization`, to send upstream; undefined if the caller sent none, and in `AUTH_MODE=service`,
   * where the gateway has a credential of its own.
   */
  readonly authorization: string | undefined;
  /**
   * When the principal's token is no longer accepted, in milliseconds since the epoch. Undefined in `AUTH_MODE=forward`, where
   * tokens are opaque.
   */
  readonly expiresAt?: number;
}

/** The principal in `AUTH_MODE=forward`: the caller's own `Authorization`, unchanged. */
export function forwardedPrincipal(authorization: string | undefined): Principal {
  const value = authorization?.trim() === '' ? undefined : authorization;
  return { key: hash('sha256', value ?? '', 'base64url'), grants: undefined, authorization: value };
}
