import type { GraphQLRequestContext, GraphQLRequestListener } from '@apollo/server';
import type { DocumentNode, ExecutionResult, GraphQLError } from 'graphql';
import type { RequestContext } from '../../context.js';
import type { Plugin } from '../apollo/plugin.js';

export type Listener = GraphQLRequestListener<RequestContext>;

/** The listeners that plugins returned when a client subscribed, by plugin. */
export type Listeners = ReadonlyMap<Plugin, Listener>;

/** Executes the operation of a request. */
export type Run = (rootValue?: unknown) => ExecutionResult | Promise<ExecutionResult>;

/** A request to Apollo Server whose transport can deliver a stream. */
export interface Subscribing {
  readonly kind: 'subscribing';
  /** Records what a plugin's `requestDidStart` returned. */
  started(plugin: Plugin, listener: Listener): void;
  /**
   * Opens the source of the events.
   *
   * @returns whether it is open; otherwise `failure` is the result of the operation
   */
  open(context: GraphQLRequestContext<RequestContext>): Promise<boolean>;
  /** Makes an error the result of the operation. */
  reject(error: GraphQLError): void;
  readonly failure: ExecutionResult | undefined;
}

/** A request to Apollo Server that is one event of a subscription, which was checked when the client subscribed. */
export interface SubscriptionEvent {
  readonly kind: 'event';
  readonly document: DocumentNode;
  readonly listeners: Listeners;
  /** @param isObserved whether a plugin observes the resolvers, so that the execution cannot be shared */
  execute(run: Run, isObserved: boolean): ExecutionResult | Promise<ExecutionResult>;
}

export type Role = Subscribing | SubscriptionEvent;

/** Apollo Server copies a request with all of its own properties, including symbols. */
const ROLE = Symbol('role');

type WithRole = object & { readonly [ROLE]?: Role };

/** The request with a role, which Apollo Server keeps. */
export function withRole<Request extends object>(request: Request, role: Role): Request {
  return { ...request, [ROLE]: role };
}

export function roleOf(request: WithRole): Role | undefined {
  return request[ROLE];
}
