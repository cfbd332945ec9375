import type { AllowedOrigins } from '../../config/exposure.js';

/**
 * Responses depend on the caller's credential, browsers are not to guess what they are, and a response that is shown as a page can
 * load nothing and be framed by nobody. Pages of ours have headers of their own instead. `Strict-Transport-Security` is for
 * whoever terminates TLS.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** What pages of other origins may read of a response, beside its body. */
export const EXPOSED_HEADERS = ['retry-after'];

/** Whether pages of an origin may call. Browsers apply it to HTTP by CORS; WebSockets have none, so that the server has to. */
export function allowsOrigin(allowed: AllowedOrigins, origin: string | undefined): boolean {
  return origin === undefined || allowed === '*' || allowed.includes(origin);
}

/** The headers that every response has, for a response that Fastify's hooks do not see. */
export function sharedHeaders(
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
