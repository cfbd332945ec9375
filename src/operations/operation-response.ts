import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { GraphQLResponse } from '@apollo/server';
import type { FormattedExecutionResult } from 'graphql';
import { GATEWAY_FAILED, type ErrorExtensions } from '../graphql/errors/format-error.js';
import type { RequestError } from './request-error.js';

/** A response over HTTP. Its body is JSON. */
export interface OperationResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the operation was executed; otherwise the body has only errors. */
  readonly hasData: boolean;
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** The headers that say where a response ends (RFC 9112, 6). */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

/**
 * The response to an operation that Apollo Server has executed or rejected.
 *
 * @throws Error if a plugin has set an invalid status or header
 */
export function operationResponse({ http, body }: GraphQLResponse, contentType: string): OperationResponse {
  if (body.kind !== 'single') throw new Error('No schema of the gateway has incremental delivery.');
  const headers: Record<string, string> = { 'content-type': contentType };
  for (const [name, value] of http.headers) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    if (FRAMING.has(name)) throw new Error(`The header ${name} is not for plugins to set.`);
    headers[name] = value;
  }
  const { status = 200 } = http;
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new Error(`A response cannot have the status ${status}.`);
  }
  const { singleResult } = body;
  return { status, headers, body: serialize(singleResult), hasData: singleResult.data !== undefined };
}

/** The statuses that a whole batch may have: they tell the client to authenticate, or to retry later. */
const WHOLE: ReadonlySet<number> = new Set([401, 429, 503]);

/**
 * The response to a batch of operations: a list with their results in the same order. Clients read results only with status 200,
 * so the response has another one only if all operations were rejected for the same reason.
 */
export function batchResponse(
  responses: readonly OperationResponse[],
  contentType: string = JSON_TYPE,
): OperationResponse {
  const [first] = responses;
  const isRejected =
    first !== undefined &&
    WHOLE.has(first.status) &&
    responses.every(({ status }) => status === first.status);
  const headers: Record<string, string> = {};
  for (const response of responses) Object.assign(headers, response.headers);
  return {
    status: isRejected ? first.status : 200,
    headers: { ...headers, 'content-type': contentType },
    body: `[${responses.map(({ body }) => body.trimEnd()).join(',')}]\n`,
    hasData: responses.some(({ hasData }) => hasData),
  };
}

/** The response to a rejected request, in the common error format. */
export function rejection(
  error: RequestError,
  traceId: string,
  contentType: string = JSON_TYPE,
): OperationResponse {
  const { status, message, code, retryAfterSeconds, headers } = error;
  const isRetryable = retryAfterSeconds !== undefined;
  const extensions: ErrorExtensions = {
    code,
    retryable: isRetryable,
    ...(isRetryable && { retryAfterSeconds }),
  };
  return {
    status,
    headers: { 'content-type': contentType, ...headers },
    body: serialize({ errors: [{ message, extensions: { ...extensions, traceId } }] }),
    hasData: false,
  };
}

/** The response after an internal error. It reveals only its trace id. */
export function failure(traceId: string, contentType: string = JSON_TYPE): OperationResponse {
  const { message, extensions } = GATEWAY_FAILED;
  return {
    status: 500,
    headers: { 'content-type': contentType },
    body: serialize({ errors: [{ message, extensions: { ...extensions, traceId } }] }),
    hasData: false,
  };
}

/** The result as JSON. `errors` comes first, so that it is noticed (GraphQL, 7.2.2). */
export function resultText({ errors, data, extensions }: FormattedExecutionResult): string {
  return JSON.stringify({ errors, data, extensions });
}

function serialize(result: FormattedExecutionResult): string {
  return `${resultText(result)}\n`;
}
