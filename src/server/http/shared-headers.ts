/** Responses depend on the caller's credential, and browsers are not to guess what they are. */
export const SECURITY_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** No cookie and no other ambient credential counts, so any origin may call. */
export const CORS = { origin: '*' as const, exposedHeaders: ['retry-after'] };

/** `*`, or a list such as `https://app.example`. */
export type AllowedOrigins = '*' | readonly string[];

/** Whether pages of an origin may call. Browsers apply it to HTTP by CORS; WebSockets have none, so that the server has to. */
export function allowsOrigin(allowed: AllowedOrigins, origin: string | undefined): boolean {
  return origin === undefined || allowed === '*' || allowed.includes(origin);
}

/** The headers that every response has, for a response that Fastify's hooks do not see. */
export const SHARED_HEADERS: Readonly<Record<string, string>> = {
  ...SECURITY_HEADERS,
  'access-control-allow-origin': CORS.origin,
  'access-control-expose-headers': CORS.exposedHeaders.join(', '),
};
