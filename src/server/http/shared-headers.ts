/** Responses depend on the caller's credential, and browsers are not to guess what they are. */
export const SECURITY_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** No cookie and no other ambient credential counts, so any origin may call. */
export const CORS = { origin: '*', exposedHeaders: ['retry-after'] };

/** Whether pages of an origin may call; undefined is no page. */
export function allowsOrigin(origin: string | undefined): boolean {
  const allowed: string | readonly string[] = CORS.origin;
  return origin === undefined || allowed === '*' || allowed.includes(origin);
}

/** The headers that every response has, for a response that Fastify's hooks do not see. */
export const SHARED_HEADERS: Readonly<Record<string, string>> = {
  ...SECURITY_HEADERS,
  'access-control-allow-origin': CORS.origin,
  'access-control-expose-headers': CORS.exposedHeaders.join(', '),
};
