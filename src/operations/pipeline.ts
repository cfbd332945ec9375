import { HeaderMap, type ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import type { Principal } from '../auth/principal.js';
import { createContext, type ContextDeps, type RequestContext } from '../context.js';
import type { Logger } from '../telemetry/logger.js';
import type { TraceContext } from '../telemetry/trace-context.js';
import type { Cancellation } from '../upstream/http/cancellation.js';
import type { Authenticate } from './authenticate.js';
import { checkRequest, negotiateResponse, type NegotiationHeaders } from './negotiation.js';
import { operationInBody, operationInQueryString, type OperationRequest } from './operation-request.js';
import { failure, operationResponse, rejection, type OperationResponse } from './operation-response.js';
import { RequestError } from './request-error.js';

/** A request for an operation, as a transport hands it over. */
export interface TransportRequest {
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
  readonly apollo: ApolloServer<RequestContext>;
  /** The plugins of `apollo` whose hooks it calls for requests over HTTP only. */
  readonly plugins: readonly ApolloServerPlugin<RequestContext>[];
  readonly admission: Admission;
  readonly authenticate: Authenticate;
  readonly context: ContextDeps;
  readonly logger: Logger;
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

  /** Never rejects: every failure is a response. */
  async respond(request: TransportRequest): Promise<OperationResponse> {
    const { admission, apollo } = this.#options;
    let contentType: string | undefined;
    let release: (() => void) | undefined;
    let isUnderstood = false;
    try {
      contentType = negotiateResponse(request.headers.accept);
      checkRequest(request.method, request.headers);
      admission.check();
      const body = request.method === 'POST' ? await request.readBody() : undefined;
      release = await admission.admit(request.gone);
      const operation =
        body === undefined ? operationInQueryString(request.queryString) : operationInBody(body);
      isUnderstood = true;
      const contextValue = createContext(this.#options.context, {
        principal: await this.#authenticate(request),
        trace: request.trace,
        gone: request.gone,
      });
      // Apollo Server looks up the persisted query, parses and validates its document once, has its plugins check the operation,
      // executes it through `executorGateway`, and formats the errors.
      const result = await apollo.executeOperation(
        { ...operation, http: httpRequest(request, body === undefined ? undefined : operation) },
        { contextValue },
      );
      return operationResponse(result, contentType);
    } catch (error) {
      if (!isUnderstood && error instanceof RequestError && error.status < 500) {
        await this.#notify('invalidRequestWasReceived', error);
      }
      return this.#rejected(error, request, contentType);
    } finally {
      release?.();
    }
  }

  async #authenticate({ headers }: TransportRequest): Promise<Principal> {
    try {
      return await this.#options.authenticate(headers.authorization);
    } catch (error) {
      await this.#notify('contextCreationDidFail', error instanceof Error ? error : new Error(String(error)));
      throw error;
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

  #rejected(
    error: unknown,
    { trace: { traceId } }: TransportRequest,
    contentType: string | undefined,
  ): OperationResponse {
    if (error instanceof RequestError) return rejection(error, traceId, contentType);
    this.#options.logger.error({ err: error, traceId }, 'An operation failed unexpectedly.');
    return failure(traceId, contentType);
  }
}

/** The request as plugins of Apollo Server see it. */
function httpRequest({ method, headers, queryString }: TransportRequest, body: OperationRequest | undefined) {
  const map = new HeaderMap();
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) map.set(name, typeof value === 'string' ? value : value.join(', '));
  }
  return { method, headers: map, search: queryString === '' ? '' : `?${queryString}`, body };
}
