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

/** The shared headers for a response that Fastify does not handle. */
export function sharedResponseHeaders(
  allowed: AllowedOrigins,
  origin: string | undefined,
): Readonly<Record<string, string>> {
  return { ...SECURITY_HEADERS, ...corsHeaders(allowed, origin) };
}

function corsHeaders(allowed: AllowedOrigins, origin: string | undefined): Record<string, string> {
  const exposed = { 'access-control-expose-headers': EXPOSED_HEADERS.join(', ') };
  if (allowed === '*') return { 'access-control-allow-origin': '*', ...exposed };
  if (origin === undefined || !allowed.includes(origin)) return { vary: 'Origin' };
  return { 'access-control-allow-origin': origin, ...exposed, vary: 'Origin' };
}
