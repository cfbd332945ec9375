/** The gateway's own codes in `extensions.code`. Apollo Server's checks of documents have others. */
export const ERROR_CODES = [
  'BAD_USER_INPUT',
  'COST_LIMIT_EXCEEDED',
  'DOCUMENT_NOT_ALLOWED',
  'PERSISTED_QUERY_NOT_FOUND',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_BAD_RESPONSE',
  'INTERNAL_SERVER_ERROR',
] as const;

/** One of {@link ERROR_CODES}, so that a `switch` over it can be exhaustive. */
export type ErrorCode = (typeof ERROR_CODES)[number];
