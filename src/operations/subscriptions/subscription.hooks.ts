import { HeaderMap, type GraphQLRequestContext } from '@apollo/server';
import {
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  type DocumentNode,
  type OperationDefinitionNode,
} from 'graphql';
import type { RequestContext } from '../../context.js';
import type { HooksFor, OperationHooks } from '../apollo/hooks.js';
import type { Charge } from '../rate-limits/charge.js';
import { roleOf, type Role } from './role.js';

type Context = GraphQLRequestContext<RequestContext>;

/** The roles of requests that are being executed. Apollo Server hands only the context to an executor. */
const roles = new WeakMap<object, Role>();

/** The role of the request that has this context. */
export function roleOfContext(context: object): Role | undefined {
  return roles.get(context);
}

/**
 * Rejects subscriptions of clients that cannot receive a stream, and reuses the document for events. Must come before
 * `documentsHooks`.
 */
export const subscriptionRulesHooks: HooksFor = (context) => {
  const role = roleOf(context.request);
  if (role === undefined) return SINGLE;
  roles.set(context.contextValue, role);
  const isByGet = context.request.http?.method === 'GET';
  if (role.kind === 'subscribing') return isByGet ? SUBSCRIBING_BY_GET : undefined;
  return {
    didResolveSource(event) {
      (event as Context & { document: DocumentNode }).document = role.document;
      if (isByGet) hideGet(event, role.document);
    },
    ...(isByGet && { didResolveOperation: showGet }),
  };
};

/**
 * Opens the source of a subscription's events. Must come last, so that plugins can respond instead.
 *
 * @param charge decides whether a subscription may be opened. Default: all may.
 */
export function openingHooks(charge?: Charge): HooksFor {
  return ({ request }) => {
    const role = roleOf(request);
    if (role?.kind !== 'subscribing') return undefined;
    return {
      didResolveSource(context) {
        const { document } = context as Context;
        if (request.http?.method === 'GET' && document !== undefined) hideGet(context, document);
      },
      async responseForOperation(context) {
        // Despite its type, it is undefined if `operationName` names no operation, which execution rejects.
        const operation = context.operation as OperationDefinitionNode | undefined;
        if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return null;
        const error = await charge?.(context);
        if (error !== undefined) {
          role.reject(error);
          return null;
        }
        // A response here would be sent. Nothing refers to the request any more if it never comes, so that it is collected.
        return (await role.open(context)) ? await new Promise<never>(() => undefined) : null;
      },
    };
  };
}

const SINGLE: OperationHooks = {
  didResolveOperation({ operation }) {
    if (isOfType(operation, OperationTypeNode.SUBSCRIPTION)) throw notOverJson();
  },
};

const SUBSCRIBING_BY_GET: OperationHooks = {
  validationDidStart: (context) => (errors) => {
    if (errors === undefined) hideGet(context, context.document);
  },
  didResolveOperation: showGet,
};

/**
 * Apollo Server allows only queries by `GET`. Server-Sent Events are designed for `GET`, and subscribing changes nothing. So a
 * subscription has another method from the last hook before Apollo Server checks it to the first one after that: plugins do not
 * see it.
 */
function hideGet(
  { request: { http, operationName } }: Pick<Context, 'request'>,
  document: DocumentNode,
): void {
  const operation = getOperationAST(document, operationName);
  if (http !== undefined && operation?.operation === OperationTypeNode.SUBSCRIPTION) http.method = 'POST';
}

/** Undoes {@link hideGet}. */
function showGet({ request: { http } }: Pick<Context, 'request'>): void {
  if (http !== undefined) http.method = 'GET';
}

/** @param operation undefined if `operationName` names none, which execution rejects */
function isOfType(operation: OperationDefinitionNode | undefined, type: OperationTypeNode): boolean {
  return operation?.operation === type;
}

function notOverJson(): GraphQLError {
  return new GraphQLError(
    'A subscription cannot be answered with JSON. Subscribe over WebSocket (`graphql-transport-ws`), or accept `text/event-stream` or `multipart/mixed;subscriptionSpec=1.0`.',
    { extensions: { code: 'BAD_USER_INPUT', http: { status: 400, headers: new HeaderMap() } } },
  );
}
