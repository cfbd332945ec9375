import type { ApolloServer, GraphQLRequest, GraphQLResponse, HTTPGraphQLRequest } from '@apollo/server';
import {
  getOperationAST,
  locatedError,
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { StreamsConfig } from '../../config/streams.js';
import { createContext, type Caller, type ContextDeps, type RequestContext } from '../../context.js';
import { GATEWAY_FAILED } from '../../graphql/errors/format-error.js';
import type { Logger } from '../../telemetry/logger.js';
import type { Recorder, SubscriptionEnd } from '../../telemetry/recorder.js';
import { shownName } from '../../telemetry/shown-name.js';
import type { TraceContext } from '../../telemetry/trace-context.js';
import type { Tracer } from '../../telemetry/tracer.js';
import { Cancellation } from '../../cancellation.js';
import { resultText } from '../response/operation-response.js';
import type { Delivery } from '../response/operation-stream.js';
import { Opening, type Opened } from './opening.js';
import { OpenSubscriptions, type Endable } from './open-subscriptions.js';
import { hasEventHooks } from './recorded-plugin.js';
import { withRole, type Listeners, type Run, type SubscriptionEvent } from './role.js';
import { rootResponseKey } from './root-response-key.js';
import { SharedOperations, sourceOf, type SharedOperation } from './shared-operations.js';
import { Subscription, type SubscriptionHost } from './subscription.js';

export interface SubscriptionsOptions {
  readonly apollo: ApolloServer<RequestContext>;
  readonly schema: GraphQLSchema;
  readonly hideSuggestions: boolean;
  readonly context: ContextDeps;
  readonly limits: StreamsConfig;
  readonly recorder: Recorder;
  /** Undefined without tracing. */
  readonly tracer: Tracer | undefined;
  readonly logger: Logger;
}

/** The properties that differ between clients of a shared operation. */
interface Details {
  readonly shared: SharedOperation;
  /** See {@link OpenSubscriptions.reserve}. */
  readonly length: number;
  readonly traceId: string;
  /** Milliseconds since the epoch; undefined for never. */
  readonly expiresAt: number | undefined;
  /** Undefined if no plugin has hooks for events. */
  readonly observed: Observed | undefined;
}

/** What the hooks of plugins are called with. */
interface Observed {
  readonly http: HTTPGraphQLRequest | undefined;
  readonly listeners: Listeners;
}

const NO_LISTENERS: Listeners = new Map();

/** Executes operations whose transport can deliver a stream, and the events of those that are subscriptions. */
export class Subscriptions implements SubscriptionHost<Details> {
  readonly #options: SubscriptionsOptions;
  readonly #open: OpenSubscriptions;
  readonly #shared = new SharedOperations();

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#open = new OpenSubscriptions(options.limits, options.context.now);
  }

  /**
   * Executes an operation by way of Apollo Server.
   *
   * @returns a subscription where the operation is one and its source could be opened. Pull it until it ends, or close it.
   */
  execute(request: GraphQLRequest, caller: Caller): Promise<GraphQLResponse | Subscription<Details>> {
    const { apollo, schema, hideSuggestions, context } = this.#options;
    const contextValue = createContext(context, caller);
    return new Promise((resolve, reject) => {
      const role = new Opening({
        schema,
        hideSuggestions,
        subscriptions: this.#open,
        onOpened: (opened) => {
          resolve(this.#subscription(opened, caller));
        },
      });
      apollo.executeOperation(withRole(request, role), { contextValue }).then(resolve, reject);
    });
  }

  /** Ends all subscriptions, and those that are opened later at once. */
  close(): void {
    this.#open.close();
  }

  async render(event: unknown, details: Details): Promise<string> {
    const { shared, observed } = details;
    const execute = (run: Run) => shared.execution(event, () => Promise.resolve(run(event)));
    const format = () => this.#traced(details, execute, event);
    const text = await (observed === undefined ? shared.text(event, format) : format());
    this.#options.recorder.eventSent();
    return text;
  }

  async failed(error: unknown, details: Details): Promise<Delivery> {
    const { document, operationName, trace } = details.shared.operation;
    try {
      const thrown = locatedError(error, undefined, [rootResponseKey(document, operationName)]);
      const text = await this.#format(details, () => ({ errors: [thrown] }), undefined, trace);
      const { errors } = JSON.parse(text) as { errors?: readonly GraphQLFormattedError[] };
      return { kind: 'failed', errors: JSON.stringify(errors) };
    } catch (failure) {
      const { traceId } = details;
      this.#options.logger.error({ err: failure, traceId }, 'A subscription failed unexpectedly.');
      const { message, extensions } = GATEWAY_FAILED;
      return {
        kind: 'failed',
        errors: JSON.stringify([{ message, extensions: { ...extensions, traceId } }]),
      };
    }
  }

  expired({ traceId }: Details): Delivery {
    const extensions = { code: 'UNAUTHENTICATED', retryable: false, traceId };
    return { kind: 'expired', errors: JSON.stringify([{ message: 'The token has expired.', extensions }]) };
  }

  ended(subscription: Endable, { shared, length, expiresAt }: Details, reason: SubscriptionEnd): void {
    this.#options.recorder.subscriptionEnded(reason);
    this.#open.remove(subscription, expiresAt);
    this.#open.release(shared.operation.principal.key, length);
    this.#shared.release(shared);
  }

  #subscription(
    { events, document, variables, length, context: { request }, listeners }: Opened,
    { principal, trace }: Caller,
  ): Subscription<Details> {
    const { operationName } = request;
    const isObserved = [...listeners.values()].some(hasEventHooks);
    const details: Details = {
      shared: this.#shared.acquire({ document, operationName, variables, principal, trace }),
      length,
      traceId: trace.traceId,
      expiresAt: principal.expiresAt,
      observed: isObserved
        ? { http: request.http && { ...request.http, body: undefined }, listeners }
        : undefined,
    };
    this.#options.recorder.subscriptionStarted();
    const subscription = new Subscription(this, events[Symbol.asyncIterator](), details);
    this.#open.add(subscription, principal.expiresAt);
    return subscription;
  }

  /** Each event has a span of its own, beside the one of the operation that subscribed first. */
  async #traced(details: Details, execute: (run: Run) => ReturnType<Run>, event: unknown): Promise<string> {
    const { document, operationName, trace } = details.shared.operation;
    const name = operationName ?? onlyNameIn(document);
    const span = this.#options.tracer?.start('internal', 'subscription event', trace, {
      'graphql.operation.type': 'subscription',
      ...(name !== undefined && { 'graphql.operation.name': shownName(name) }),
    });
    try {
      return await this.#format(details, execute, event, span?.trace ?? trace);
    } catch (error) {
      span?.fail(GATEWAY_FAILED.extensions.code);
      throw error;
    } finally {
      span?.end();
    }
  }

  /** Has Apollo Server execute and format one event, with loaders and a deadline of its own. */
  async #format(
    { shared, observed }: Details,
    execute: (run: Run) => ReturnType<Run>,
    event: unknown,
    trace: TraceContext,
  ): Promise<string> {
    const { document, operationName, variables, principal } = shared.operation;
    const contextValue = createContext(this.#options.context, { principal, trace, gone: new Cancellation() });
    const role: SubscriptionEvent = {
      kind: 'event',
      document,
      listeners: observed?.listeners ?? NO_LISTENERS,
      execute: (run, isObserved) => (isObserved && event !== undefined ? run(event) : execute(run)),
    };
    const request: GraphQLRequest = {
      query: sourceOf(document),
      ...(operationName !== undefined && { operationName }),
      ...(variables !== undefined && { variables }),
      ...(observed?.http !== undefined && { http: { ...observed.http } }),
    };
    const { body } = await this.#options.apollo.executeOperation(withRole(request, role), { contextValue });
    if (body.kind !== 'single') throw new Error('No schema of the gateway has incremental delivery.');
    return resultText(body.singleResult);
  }
}

function onlyNameIn(document: DocumentNode): string | undefined {
  return getOperationAST(document)?.name?.value;
}
