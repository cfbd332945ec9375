import { HttpFailure } from './http.js';

/** The code of an error for which there is no way through a proxy. */
export const NO_TUNNEL = 'ERR_NO_TUNNEL';

/**
 * System, TLS and undici errors that come before a request can have gone out (errno(3), Node's `ERR_TLS_*`, OpenSSL's
 * verification codes).
 */
const NOT_CONNECTED =
  /^(?:ERR_NO_TUNNEL|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/;

/** Why an exchange failed, from the error of an HTTP client: where it is not certain, the request may have gone out. */
export function toHttpFailure(error: unknown): HttpFailure {
  const { code } = error as { code?: unknown };
  const notConnected = typeof code === 'string' && NOT_CONNECTED.test(code);
  return new HttpFailure(notConnected ? 'not-connected' : 'broken', error);
}
