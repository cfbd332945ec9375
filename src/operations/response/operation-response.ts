import type { GraphQLResponse } from '@apollo/server';
import type { FormattedExecutionResult } from 'graphql';
import { GATEWAY_FAILED, type ErrorExtensions } from '../../graphql/errors/format-error.js';
import { checkHeader, checkStatus, validResponse } from './plugin-output.js';
import type { RequestError } from '../request/request-error.js';

/** A response over HTTP. Its body is JSON. */
export interface OperationResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the operation was executed; otherwise the body has only errors. */
  readonly hasData: boolean;
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Called once for a response, with what plugins have set and it cannot have, such as `the status 204`. */
export type OnInvalid = (parts: readonly string[], traceId: string) => void;

/**
 * The response to an operation that Apollo Server has executed or rejected. What plugins have set and HTTP or JSON does not allow is
 * left out: the operation may have made a change, so its result must arrive.
 *
 * @param contentType undefined for a transport that sends neither status nor headers
 */
export function operationResponse(
  response: GraphQLResponse,
  contentType: string | undefined,
  onInvalid: OnInvalid,
  traceId: string,
): OperationResponse {
  try {
    return responseOf(response, contentType);
  } catch {
    const { valid, leftOut } = validResponse(response, contentType !== undefined);
    if (leftOut.length > 0) onInvalid(leftOut, traceId);
    return responseOf(valid, contentType);
  }
}

/** @throws Error if a plugin has set something that the response cannot have */
function responseOf({ http, body }: GraphQLResponse, contentType: string | undefined): OperationResponse {
  if (body.kind !== 'single') throw new Error('No schema of the gateway has incremental delivery.');
  const { singleResult } = body;
  const hasData = singleResult.data !== undefined;
  if (contentType === undefined) {
    return { status: 200, headers: {}, body: serialize(singleResult), hasData };
  }
  const headers: Record<string, string> = { 'content-type': contentType };
  for (const [name, value] of http.headers) {
    checkHeader(name, value);
    headers[name] = value;
  }
  // The defaults of Apollo Server.
  const { status = hasData ? 200 : 500 } = http;
  checkStatus(status);
  return { status, headers, body: serialize(singleResult), hasData };
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
