import { HttpFailure } from './http.js';

/** The code of an error raised when the proxy could not be reached or refused a tunnel. */
export const NO_TUNNEL = 'ERR_NO_TUNNEL';

/**
 * System, TLS and undici errors that happen before a request is sent (errno(3), Node's `ERR_TLS_*`, OpenSSL's verification
 * codes).
 */
const NOT_CONNECTED =
  /^(?:ERR_NO_TUNNEL|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/;

/** Classifies an error of an HTTP client. When in doubt, the request counts as possibly sent. */
export function toHttpFailure(error: unknown): HttpFailure {
  const { code } = error as { code?: unknown };
  const notConnected = typeof code === 'string' && NOT_CONNECTED.test(code);
  return new HttpFailure(notConnected ? 'not-connected' : 'broken', error);
}
