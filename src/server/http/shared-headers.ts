import type { AllowedOrigins } from '../../config/exposure.js';

/**
 * Responses depend on the caller's credential and must not be cached or sniffed; one that a browser shows as a page can load
 * nothing and cannot be framed. The explorers have other headers. The proxy that terminates TLS sets `Strict-Transport-Security`.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** The headers of a response that pages of other origins may read. */
export const EXPOSED_HEADERS = ['retry-after'];

/** Whether pages of an origin may call. Browsers enforce this for HTTP (CORS); for WebSockets the server must. */
export function allowsOrigin(allowed: AllowedOrigins, origin: string | undefined): boolean {
  return origin === undefined || allowed === '*' || allowed.includes(origin);
}

/**
 * The shared headers of a response that Fastify does not handle: to a request that Node.js cannot parse, to an upgrade, to one on a
 * connection too many, and to a path that cannot be decoded. `@fastify/cors` answers preflights and sets the headers of all other
 * responses, but it is a hook of Fastify, which has no function that returns them.
 */
export function sharedResponseHeaders(
  allowed: AllowedOrigins,
  origin: string | undefined,
): Readonly<Record<string, string>> {
  return { ...SECURITY_HEADERS, ...corsHeaders(allowed, origin) };
}

/** As `@fastify/cors`, for the same options. */
function corsHeaders(allowed: AllowedOrigins, origin: string | undefined): Record<string, string> {
  const exposed = { 'access-control-expose-headers': EXPOSED_HEADERS.join(', ') };
  if (allowed === '*') return { 'access-control-allow-origin': '*', ...exposed };
  if (origin === undefined || !allowed.includes(origin)) return { vary: 'Origin', ...exposed };
  return { 'access-control-allow-origin': origin, vary: 'Origin', ...exposed };
}
