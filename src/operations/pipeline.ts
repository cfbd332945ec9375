import type {
  ApolloServer,
  ApolloServerPlugin,
  GraphQLRequest,
  GraphQLResponse,
  HTTPGraphQLRequest,
} from '@apollo/server';
import type { Principal } from '../auth/principal.js';
import { createContext, type Caller, type ContextDeps, type RequestContext } from '../context.js';
import { GATEWAY_FAILED } from '../graphql/errors/format-error.js';
import type { Logger } from '../telemetry/logger.js';
import type { TraceContext } from '../telemetry/trace-context.js';
import type { Admission } from './admission.js';
import type { Authenticate } from './authenticate.js';
import { inBatch } from './apollo/batch.hooks.js';
import { HttpHooks } from './apollo/http-hooks.js';
import type { ByteBudget } from './byte-budget.js';
import {
  checkRequest,
  negotiateResponse,
  type Negotiated,
  type StreamFormat,
} from './request/negotiation.js';
import { outcomeOf, type ObservedOperation, type OperationObserver } from './operation-observer.js';
import type { OperationRequest } from './request/operation-request.js';
import {
  batchResponse,
  failure,
  JSON_TYPE,
  operationResponse,
  rejection,
  type OperationResponse,
} from './response/operation-response.js';
import { SingleResultStream, type OperationStream } from './response/operation-stream.js';
import { ClientGoneError, overloaded, RequestError } from './request/request-error.js';
import type { RequestLimits } from './request/request-limits.js';
import {
  httpReader,
  messageReader,
  type OperationMessage,
  type OperationOrigin,
  type RequestReader,
  type TransportRequest,
} from './request/request-reader.js';
import { Subscription } from './subscriptions/subscription.js';
import type { Subscriptions } from './subscriptions/subscriptions.js';

/** A response over HTTP that streams results. */
export interface StreamResponse {
  readonly format: StreamFormat;
  readonly stream: OperationStream;
}

export interface PipelineOptions {
  readonly subscriptions: Subscriptions;
  readonly apollo: ApolloServer<RequestContext>;
  /** The plugins of `apollo`. The pipeline calls the hooks that Apollo Server itself calls only over HTTP. */
  readonly plugins: readonly ApolloServerPlugin<RequestContext>[];
  readonly admission: Admission;
  /** For the bodies and messages of operations that wait or are executed. */
  readonly requestBytes: ByteBudget;
  readonly limits: RequestLimits;
  readonly authenticate: Authenticate;
  /** The most operations in a batch; 0 rejects batches. */
  readonly maxBatchSize: number;
  /**
   * Returns the operation to execute, with the text of its document.
   *
   * @throws {RequestError} if the caller may not execute it
   */
  readonly resolveDocument: (operation: OperationRequest, principal: Principal) => OperationRequest;
  readonly context: ContextDeps;
  readonly observer: OperationObserver;
  readonly logger: Logger;
}

/**
 * The path of every operation, on every transport. A step that rejects a request does so before any later step has an effect:
 *
 * 1. negotiate: `request/negotiation.ts`
 * 2. read and parse: `request/request-reader.ts`, within the bounds of {@link Admission} and {@link ByteBudget}
 * 3. authenticate: `authenticate.ts`
 * 4. persisted query: `safelist`, then Apollo Server
 * 5. document, checks, execute, format: the plugins and the executor in `apollo`; for subscriptions, `subscriptions`
 * 6. serialise: `response/operation-response.ts`
 */
export class OperationPipeline {
  readonly #options: PipelineOptions;
  readonly #hooks: HttpHooks;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#hooks = new HttpHooks(options.plugins, options.logger);
  }

  /** Handles a request over HTTP. Never rejects: every failure is a response. */
  async respond(request: TransportRequest): Promise<OperationResponse | StreamResponse> {
    let negotiated: Negotiated | undefined;
    let outcome: OperationResponse | OperationStream;
    try {
      negotiated = negotiateResponse(request.headers.accept);
      checkRequest(request.method, request.headers);
      outcome = await this.#execute(httpReader(request, negotiated, this.#options.limits));
    } catch (error) {
      await this.#hooks.invalidRequest(error);
      this.#options.observer.rejected(request, codeOf(error));
      outcome = this.#rejected(error, request.trace, negotiated?.single);
    }
    const format = negotiated?.stream;
    if (!('status' in outcome)) return { format: format ?? 'event-stream', stream: outcome };
    if (format === undefined || negotiated?.single !== undefined || outcome.status >= 500) return outcome;
    // Clients of streams retry a request that has another status, and do not show its errors to their callers.
    return { format, stream: new SingleResultStream(outcome.body.trimEnd()) };
  }

  /** Handles an operation that has arrived as a message. Never rejects. */
  run(origin: OperationOrigin, message: OperationMessage): Promise<OperationResponse | OperationStream> {
    return this.#execute(messageReader(origin, message, this.#options.limits));
  }

  async #execute(reader: RequestReader, isInBatch = false): Promise<OperationResponse | OperationStream> {
    const { request, type } = reader;
    const { trace, gone } = request;
    let release: (() => void) | undefined;
    let bytes = 0;
    let observed: ObservedOperation | undefined;
    let outcome = 'ok';
    try {
      this.#options.admission.check();
      bytes = this.#take(await reader.arrive());
      const batch = reader.batch?.(this.#options.maxBatchSize);
      if (batch !== undefined) return await this.#executeBatch(batch, type);
      const startedAt = performance.now();
      release = await this.#options.admission.admit(gone);
      const given = reader.read();
      observed = this.#options.observer.start(request, given, startedAt);
      const principal = await this.#authenticate(request);
      const operation = await this.#resolveDocument(given, principal);
      const caller = { principal, trace: observed.trace, gone, peer: request, operationInfo: observed.info };
      const result = await this.#runByApollo(reader, isInBatch, operation, caller);
      if (!(result instanceof Subscription)) {
        outcome = outcomeOf(result);
        const contentType = reader.hasHead ? (type ?? JSON_TYPE) : undefined;
        return operationResponse(result, contentType, this.#onInvalid, observed.trace.traceId);
      }
      if (gone.cancelled) result.close();
      return result;
    } catch (error) {
      outcome = codeOf(error);
      if (observed === undefined) {
        this.#options.observer.rejected(request, outcome);
        await this.#hooks.invalidRequest(error);
      }
      return this.#rejected(error, observed?.trace ?? trace, type);
    } finally {
      release?.();
      this.#options.requestBytes.giveBack(bytes);
      observed?.end(outcome);
    }
  }

  /** Executes the operations of a batch at the same time, as if each had come in a separate request. */
  async #executeBatch(batch: readonly RequestReader[], type: string | undefined): Promise<OperationResponse> {
    const responses = await Promise.all(batch.map((reader) => this.#execute(reader, true)));
    return batchResponse(
      responses.filter((response) => 'status' in response),
      type,
    );
  }

  #take(bytes: number): number {
    if (this.#options.requestBytes.take(bytes)) return bytes;
    throw overloaded('The gateway is executing too many large requests; nothing was done.');
  }

  async #authenticate(request: OperationOrigin): Promise<Principal> {
    try {
      return await this.#options.authenticate(request.headers.authorization, request);
    } catch (error) {
      await this.#hooks.authenticationFailed(error, request);
      throw error;
    }
  }

  async #resolveDocument(given: OperationRequest, principal: Principal): Promise<OperationRequest> {
    try {
      return this.#options.resolveDocument(given, principal);
    } catch (error) {
      await this.#hooks.invalidRequest(error);
      throw error;
    }
  }

  /**
   * Apollo Server looks up the persisted query, parses and validates its document once, has its plugins check the operation,
   * executes it through `executorGateway`, and formats the errors.
   */
  #runByApollo(
    reader: RequestReader,
    isInBatch: boolean,
    operation: OperationRequest,
    caller: Caller,
  ): Promise<GraphQLResponse | Subscription> {
    const { subscriptions, apollo, context } = this.#options;
    const request = requestOf(operation, reader.http(operation));
    if (reader.canStream) return subscriptions.execute(request, caller);
    const contextValue = createContext(context, caller);
    return apollo.executeOperation(isInBatch ? inBatch(request) : request, { contextValue });
  }

  readonly #onInvalid = (parts: readonly string[], traceId: string): void => {
    this.#options.logger.error(
      { traceId },
      `A plugin has set ${parts.join(', ')}, which the response cannot have. The result was sent without.`,
    );
  };

  #rejected(error: unknown, { traceId }: TraceContext, contentType: string | undefined): OperationResponse {
    if (error instanceof RequestError) return rejection(error, traceId, contentType);
    this.#options.logger.error({ err: error, traceId }, 'An operation failed unexpectedly.');
    return failure(traceId, contentType);
  }
}

/** Each member is written out, because V8 has no room for `http` in a copy of the operation. It took 1% of one run. */
function requestOf(operation: OperationRequest, http: HTTPGraphQLRequest): GraphQLRequest {
  const { query, operationName, variables, extensions } = operation;
  return { query, operationName, variables, extensions, http } as GraphQLRequest;
}

/** In metrics. */
const CLIENT_GONE = 'CLIENT_GONE';

function codeOf(error: unknown): string {
  if (error instanceof ClientGoneError) return CLIENT_GONE;
  return error instanceof RequestError ? error.code : GATEWAY_FAILED.extensions.code;
}
