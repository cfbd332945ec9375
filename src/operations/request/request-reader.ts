import { HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import type { Peer } from '../../context.js';
import type { TraceContext } from '../../telemetry/trace-context.js';
import type { Cancellation } from '../../cancellation.js';
import type { Negotiated, NegotiationHeaders } from './negotiation.js';
import {
  isBatch,
  operationInBatch,
  operationInBody,
  operationInMessage,
  operationInQueryString,
  operationsInBatch,
  type OperationRequest,
} from './operation-request.js';
import { RequestError } from './request-error.js';
import { requireFewValues, type RequestLimits } from './request-limits.js';

/** A request, as a transport passes it to the pipeline. */
export interface TransportRequest extends Peer {
  readonly method: 'GET' | 'POST';
  readonly headers: NegotiationHeaders & Readonly<Record<string, string | string[] | undefined>>;
  /** The part of the request target after `?`; may be empty. */
  readonly queryString: string;
  readonly trace: TraceContext;
  /** Cancelled if the client disconnects before it has been answered. */
  readonly gone: Cancellation;
  /** @throws {RequestError} if the body is too large, or does not arrive in time */
  readBody(): Promise<string>;
}

/** The origin of an operation, on any transport. */
export type OperationOrigin = Pick<TransportRequest, 'headers' | 'address' | 'trace' | 'gone'>;

/** A message with an operation, on a connection that can have many at the same time. */
export interface OperationMessage {
  /** The operation as the client sent it. */
  readonly payload: object;
  /** The length of the message. */
  readonly bytes: number;
}

/** Reads and parses the operations of one request. */
export interface RequestReader {
  readonly request: OperationOrigin;
  /** The media type of a rejection. */
  readonly type: string | undefined;
  readonly canStream: boolean;
  /** Whether a response has a status and headers. */
  readonly hasHead: boolean;
  /**
   * Waits for the body, before the operation is admitted.
   *
   * @returns the length of the body or message in bytes; 0 for an operation of a batch, which has arrived with it
   */
  arrive(): Promise<number> | number;
  /** The operations of a batch; undefined if the request is none. Each is executed like a separate request. */
  batch?(maxSize: number): readonly RequestReader[] | undefined;
  read(): OperationRequest;
  http(operation: OperationRequest): HTTPGraphQLRequest;
}

/** The operation in the query string or the body, or the operations in a list. */
export function httpReader(
  request: TransportRequest,
  { single, stream }: Negotiated,
  limits: RequestLimits,
): RequestReader {
  const { method, queryString } = request;
  /** Dropped once it has been read: executing an operation can take long. */
  let body: string | undefined;
  const http = (operation: OperationRequest): HTTPGraphQLRequest => ({
    method,
    headers: headerMap(request.headers),
    search: queryString === '' ? '' : `?${queryString}`,
    body: method === 'POST' ? operation : undefined,
  });
  return {
    request,
    type: single,
    canStream: stream !== undefined,
    hasHead: true,
    async arrive() {
      if (method !== 'POST') return 0;
      body = await request.readBody();
      return body.length;
    },
    batch(maxSize) {
      if (body === undefined || !isBatch(body)) return undefined;
      const given = operationsInBatch(body, maxSize);
      body = undefined;
      if (single === undefined) {
        throw new RequestError(
          406,
          'The `Accept` header must allow JSON: a list of operations is answered with a list.',
        );
      }
      return given.map((each) => ({
        request,
        type: single,
        canStream: false,
        hasHead: true,
        arrive: () => 0,
        read: readNow(operationInBatch, each, limits),
        http,
      }));
    },
    read() {
      const text = body;
      body = undefined;
      return limited(
        text === undefined ? operationInQueryString(queryString) : operationInBody(text),
        limits,
      );
    },
    http,
  };
}

export function messageReader(
  request: OperationOrigin,
  { payload, bytes }: OperationMessage,
  limits: RequestLimits,
): RequestReader {
  return {
    request,
    type: undefined,
    canStream: true,
    hasHead: false,
    arrive: () => bytes,
    read: readNow(operationInMessage, payload, limits),
    http: (body) => ({ method: 'POST', headers: headerMap(request.headers), search: '', body }),
  };
}

function limited(operation: OperationRequest, limits: RequestLimits): OperationRequest {
  requireFewValues(operation, limits);
  return operation;
}

/** Reads now, so that the rest of what was given is not kept while the operation waits. An error is thrown later. */
function readNow<T>(
  read: (given: T) => OperationRequest,
  given: T,
  limits: RequestLimits,
): () => OperationRequest {
  try {
    const operation = limited(read(given), limits);
    return () => operation;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** The headers of a request as plugins of Apollo Server see them. */
function headerMap(headers: TransportRequest['headers']): HeaderMap {
  const map = new HeaderMap();
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) map.set(name, typeof value === 'string' ? value : value.join(', '));
  }
  return map;
}
