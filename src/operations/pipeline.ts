import {
  HeaderMap,
  type ApolloServer,
  type ApolloServerPlugin,
  type HTTPGraphQLRequest,
} from '@apollo/server';
import type { Principal } from '../auth/principal.js';
import { createContext, type ContextDeps, type Peer, type RequestContext } from '../context.js';
import { GATEWAY_FAILED } from '../graphql/errors/format-error.js';
import type { Logger } from '../telemetry/logger.js';
import type { TraceContext } from '../telemetry/trace-context.js';
import type { Cancellation } from '../upstream/http/cancellation.js';
import type { Authenticate } from './authenticate.js';
import {
  checkRequest,
  negotiateResponse,
  type Negotiated,
  type NegotiationHeaders,
  type StreamFormat,
} from './negotiation.js';
import {
  isBatch,
  operationInBatch,
  operationInBody,
  operationInMessage,
  operationInQueryString,
  operationsInBatch,
  type OperationRequest,
} from './operation-request.js';
import {
  batchResponse,
  failure,
  JSON_TYPE,
  operationResponse,
  rejection,
  type OperationResponse,
} from './operation-response.js';
import { SingleResultStream, type OperationStream } from './operation-stream.js';
import { outcomeOf, type ObservedOperation, type OperationObserver } from './operation-observer.js';
import { RequestError } from './request-error.js';
import { Subscription } from './subscriptions/subscription.js';
import type { Subscriptions } from './subscriptions/subscriptions.js';

/** A request for an operation, as a transport hands it over. */
export interface TransportRequest extends Peer {
  readonly method: 'GET' | 'POST';
  readonly headers: NegotiationHeaders & Readonly<Record<string, string | string[] | undefined>>;
  /** What follows `?` in the target of the request; empty if there is nothing. */
  readonly queryString: string;
  readonly trace: TraceContext;
  /** Happens when the client goes away before it has been answered. */
  readonly gone: Cancellation;
  /** @throws {RequestError} where the body is too large, or does not arrive in time */
  readBody(): Promise<string>;
}

/** An operation that has arrived as a message, on a connection that can have many at a time. */
export interface MessageRequest extends Pick<TransportRequest, 'headers' | 'address' | 'trace' | 'gone'> {
  /** The operation as the client sent it. */
  readonly payload: object;
}

/** A response over HTTP whose results come one by one. */
export interface StreamResponse {
  readonly format: StreamFormat;
  readonly stream: OperationStream;
}

/** Bounds the work of the process. */
export interface Admission {
  /** @throws {RequestError} 503 where a further request would only wait too long */
  check(): void;
  /**
   * Waits until the operation may be executed.
   *
   * @returns ends the admission
   * @throws {RequestError} 503 where it would wait too long
   */
  admit(gone: Cancellation): Promise<() => void> | (() => void);
}

export interface PipelineOptions {
  readonly subscriptions: Subscriptions;
  readonly apollo: ApolloServer<RequestContext>;
  /** The plugins of `apollo` whose hooks it calls for requests over HTTP only. */
  readonly plugins: readonly ApolloServerPlugin<RequestContext>[];
  readonly admission: Admission;
  readonly authenticate: Authenticate;
  /** How many operations a list may have; 0 for no lists. */
  readonly maxBatchSize: number;
  /**
   * The operation to execute where a client asks for one, with the text of its document.
   *
   * @throws {RequestError} where the caller may not ask for it
   */
  readonly resolveDocument: (operation: OperationRequest, principal: Principal) => OperationRequest;
  readonly context: ContextDeps;
  readonly observer: OperationObserver;
  readonly logger: Logger;
}

/** Reads and parses an operation. */
interface Reader {
  readonly request: Pick<TransportRequest, 'headers' | 'address' | 'trace' | 'gone'>;
  /** The media type of a rejection. */
  readonly type: string | undefined;
  readonly canStream: boolean;
  /** What has to arrive before the operation can wait for its turn. */
  arrive(): Promise<void> | void;
  /** The operations in what has arrived, where it is a list of operations: each of them is executed like a request of its own. */
  batch?(maxSize: number): readonly Reader[] | undefined;
  read(): OperationRequest;
  http(operation: OperationRequest): HTTPGraphQLRequest;
}

/**
 * The way of every operation, whatever the transport. A step that rejects a request does so before any later step has an
 * effect.
 */
export class OperationPipeline {
  readonly #options: PipelineOptions;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /** Answers a request over HTTP. Never rejects: every failure is a response. */
  async respond(request: TransportRequest): Promise<OperationResponse | StreamResponse> {
    let negotiated: Negotiated | undefined;
    let outcome: OperationResponse | OperationStream;
    try {
      negotiated = negotiateResponse(request.headers.accept);
      checkRequest(request.method, request.headers);
      outcome = await this.#execute(httpReader(request, negotiated));
    } catch (error) {
      await this.#notifyOfInvalid(error);
      this.#options.observer.rejected(request, codeOf(error));
      outcome = this.#rejected(error, request.trace, negotiated?.single);
    }
    const format = negotiated?.stream;
    if (!('status' in outcome)) return { format: format ?? 'event-stream', stream: outcome };
    if (format === undefined || negotiated?.single !== undefined || outcome.status >= 500) return outcome;
    // Clients of streams repeat a request with another status, whatever it says, and tell their callers nothing of its errors.
    return { format, stream: new SingleResultStream(outcome.body.trimEnd()) };
  }

  /** Answers an operation that has arrived as a message. Never rejects. */
  async run(request: MessageRequest): Promise<OperationResponse | OperationStream> {
    return await this.#execute(messageReader(request));
  }

  async #execute(reader: Reader): Promise<OperationResponse | OperationStream> {
    const { request, type, canStream } = reader;
    const { trace, gone } = request;
    let release: (() => void) | undefined;
    let observed: ObservedOperation | undefined;
    let outcome = 'ok';
    try {
      this.#options.admission.check();
      await reader.arrive();
      const batch = reader.batch?.(this.#options.maxBatchSize);
      if (batch !== undefined) return await this.#executeBatch(batch, type);
      const begun = performance.now();
      release = await this.#options.admission.admit(gone);
      const given = reader.read();
      observed = this.#options.observer.begin(request, given, begun);
      const principal = await this.#authenticate(request);
      const operation = await this.#resolveDocument(given, principal);
      const caller = { principal, trace: observed.trace, gone, peer: request, note: observed.note };
      // Apollo Server looks up the persisted query, parses and validates its document once, has its plugins check the operation,
      // executes it through `executorGateway`, and formats the errors.
      const graphqlRequest = { ...operation, http: reader.http(operation) };
      const result = canStream
        ? await this.#options.subscriptions.execute(graphqlRequest, caller)
        : await this.#options.apollo.executeOperation(graphqlRequest, {
            contextValue: createContext(this.#options.context, caller),
          });
      if (!(result instanceof Subscription)) {
        outcome = outcomeOf(result);
        return operationResponse(result, type ?? JSON_TYPE);
      }
      if (gone.cancelled) result.close();
      return result;
    } catch (error) {
      outcome = codeOf(error);
      if (observed === undefined) {
        this.#options.observer.rejected(request, outcome);
        await this.#notifyOfInvalid(error);
      }
      return this.#rejected(error, observed?.trace ?? trace, type);
    } finally {
      release?.();
      observed?.end(outcome);
    }
  }

  /** Executes the operations of a batch at the same time, as if they had come in requests of their own. */
  async #executeBatch(batch: readonly Reader[], type: string | undefined): Promise<OperationResponse> {
    const responses = await Promise.all(batch.map((reader) => this.#execute(reader)));
    return batchResponse(
      responses.filter((response) => 'status' in response),
      type,
    );
  }

  async #authenticate(request: Reader['request']): Promise<Principal> {
    try {
      return await this.#options.authenticate(request.headers.authorization, request);
    } catch (error) {
      await this.#notify('contextCreationDidFail', error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  async #resolveDocument(given: OperationRequest, principal: Principal): Promise<OperationRequest> {
    try {
      return this.#options.resolveDocument(given, principal);
    } catch (error) {
      await this.#notifyOfInvalid(error);
      throw error;
    }
  }

  async #notifyOfInvalid(error: unknown): Promise<void> {
    if (error instanceof RequestError && error.status < 500) {
      await this.#notify('invalidRequestWasReceived', error);
    }
  }

  /** Calls a hook that Apollo Server calls for requests over HTTP only. As there, a hook that fails changes no response. */
  async #notify(hook: 'invalidRequestWasReceived' | 'contextCreationDidFail', error: Error): Promise<void> {
    try {
      await Promise.all(this.#options.plugins.map(async (plugin) => plugin[hook]?.({ error })));
    } catch (failed) {
      this.#options.logger.error({ err: failed }, `The hook ${hook} of a plugin failed.`);
    }
  }

  #rejected(error: unknown, { traceId }: TraceContext, contentType: string | undefined): OperationResponse {
    if (error instanceof RequestError) return rejection(error, traceId, contentType);
    this.#options.logger.error({ err: error, traceId }, 'An operation failed unexpectedly.');
    return failure(traceId, contentType);
  }
}

function codeOf(error: unknown): string {
  return error instanceof RequestError ? error.code : GATEWAY_FAILED.extensions.code;
}

function httpReader(request: TransportRequest, { single, stream }: Negotiated): Reader {
  const { method, queryString } = request;
  let body: string | undefined;
  const http = (operation: OperationRequest): HTTPGraphQLRequest => ({
    method,
    headers: headerMap(request.headers),
    search: queryString === '' ? '' : `?${queryString}`,
    body: body === undefined ? undefined : operation,
  });
  return {
    request,
    type: single,
    canStream: stream !== undefined,
    async arrive() {
      if (method === 'POST') body = await request.readBody();
    },
    batch(maxSize) {
      if (body === undefined || !isBatch(body)) return undefined;
      const given = operationsInBatch(body, maxSize);
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
        arrive: () => undefined,
        read: () => operationInBatch(each),
        http,
      }));
    },
    read: () => (body === undefined ? operationInQueryString(queryString) : operationInBody(body)),
    http,
  };
}

function messageReader(request: MessageRequest): Reader {
  return {
    request,
    type: undefined,
    canStream: true,
    arrive: () => undefined,
    read: () => operationInMessage(request.payload),
    http: (body) => ({ method: 'POST', headers: headerMap(request.headers), search: '', body }),
  };
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
