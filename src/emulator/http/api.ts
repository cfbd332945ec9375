import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';
import { fieldingRunResponse } from '../routes/fielding-runs.js';
import type { Call, Route } from '../routes/route.js';
import { routes } from '../routes/table.js';
import type { Services } from '../services.js';
import { applyDueChanges } from '../due-changes.js';
import type { Replica } from '../faults/replica.js';
import type { Caller } from '../store/accounts.js';
import type { Database } from '../store/database.js';
import { findRunOfTargetGroup, type RunRecord } from '../store/fielding-runs.js';
import { findTargetGroup } from '../store/target-groups.js';
import { authorize, replay, type RequestInfo } from './authorization.js';
import type { HttpResponse } from './response.js';
import { errorResponse, sendError } from './errors.js';
import { BASE_PATH, type ApiRequest, type ControlState } from './api-request.js';
import { isOlderVersion, olderBody } from './older-version.js';
import { notFound } from './problem.js';
import type { RateLimiter } from './rate-limit.js';
import { headerSchema, pathSchema } from './schemas.js';
import { trackRequests } from './track-requests.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly invalidIsNotFound?: boolean;
  }
}

/** Serves the REST API: every route of the table, and 404 for everything else. */
export function serveApi(
  app: FastifyInstance,
  services: Services,
  controlState: ControlState,
  limiter: RateLimiter | undefined,
): void {
  const tracked = trackRequests(app, controlState, services.clock);
  const requestOf = (request: FastifyRequest): ApiRequest => required(tracked(request));

  app.setErrorHandler(async (error, request, reply) => {
    const apiRequest = tracked(request);
    if (apiRequest === undefined) sendError(error, reply, request.log);
    else
      await apiRequest.respond(
        withDocumentedStatus(errorResponse(error, request.log), request.routeOptions.config),
      );
    return reply;
  });
  app.setNotFoundHandler(async (request) => requestOf(request).respond(notFound('The path').response));

  const deps = { services, replica: controlState.replica, limiter, requestOf };
  // The route's schemas guarantee the types that its `handle` expects.
  for (const [key, route] of Object.entries(routes) as [string, Route][]) {
    const [method = '', path = ''] = key.split(' ');
    app.route({
      config: { invalidIsNotFound: route.invalidIsNotFound === true },
      method,
      url: `${BASE_PATH}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      schema: {
        params: pathSchema(path),
        headers: headerSchema(route.needsKey === true),
        ...(route.query && { querystring: route.query }),
        ...(route.body && { body: route.body }),
      },
      ...handlersOf(route, method === 'GET', deps),
    });
  }
}

interface HandlerDeps {
  readonly services: Services;
  readonly replica: Replica;
  readonly limiter: RateLimiter | undefined;
  readonly requestOf: (request: FastifyRequest) => ApiRequest;
}

/** Authorizes a request before its body is read, then handles it. */
function handlersOf(route: Route, isRead: boolean, { services, replica, limiter, requestOf }: HandlerDeps) {
  const { database, clock } = services;
  const callers = new WeakMap<ApiRequest, Caller>();
  return {
    onRequest: async (request: FastifyRequest) => {
      const apiRequest = requestOf(request);
      const info = requestInfoOf(apiRequest);
      const caller = await authorize(info, services, limiter);
      callers.set(apiRequest, caller);
      const replayed = route.needsKey === true ? replay(info, database, caller) : undefined;
      if (replayed !== undefined) await apiRequest.respond(replayed);
    },
    handler: async (request: FastifyRequest) => {
      const apiRequest = requestOf(request);
      const call = toCall(apiRequest, required(callers.get(apiRequest)), clock.now());
      applyDueChanges(services, call.now);
      const response = isRead
        ? route.handle(call, services)
        : handleChange(call, route, apiRequest, services, replica);
      return apiRequest.respond(inRequestedVersion(apiRequest, call, response, database));
    },
  };
}

/** Checks the idempotency key again, because another request may have used it while this one's body was read. */
function handleChange(
  call: Call,
  route: Route,
  apiRequest: ApiRequest,
  services: Services,
  replica: Replica,
): HttpResponse {
  const { database } = services;
  return database.transaction(() => {
    const replayed =
      route.needsKey === true ? replay(requestInfoOf(apiRequest), database, call.caller) : undefined;
    if (replayed !== undefined) return replayed;
    const before = runAt(call, database);
    const response = route.handle(call, services);
    if (before !== undefined) {
      replica.remember(pathOfRun(apiRequest.path, before.id), fieldingRunResponse(before));
    }
    return response;
  });
}

function runAt({ path }: Call, database: Database): RunRecord | undefined {
  const { target_group_id: group, fielding_run_id: id } = path as Record<string, string | undefined>;
  const run = group === undefined ? undefined : findRunOfTargetGroup(database, group);
  return run?.id === id ? run : undefined;
}

/** Converts a response body to the version that the request asked for. */
function inRequestedVersion(
  { header }: ApiRequest,
  { path }: Call,
  response: HttpResponse,
  database: Database,
): HttpResponse {
  if (response.body === undefined || !isOlderVersion(header('cint-api-version'))) return response;
  const { account_id: account, project_id: project = '' } = path as Record<string, string | undefined>;
  const nameOf = (id: string) => findTargetGroup(database, Number(account), project, id)?.name;
  return { ...response, body: olderBody(response.body, nameOf) };
}

function pathOfRun(path: string, runId: string): string {
  return path.slice(0, path.indexOf(runId) + runId.length);
}

/** Turns a 400 into a 404 where the contract documents no 400. */
function withDocumentedStatus(
  response: HttpResponse,
  { invalidIsNotFound }: FastifyContextConfig,
): HttpResponse {
  return response.status === 400 && invalidIsNotFound === true ? notFound('The resource').response : response;
}

function requestInfoOf({ request, header }: ApiRequest): RequestInfo {
  const { account_id: accountId } = request.params as { account_id?: string | number };
  return { header, accountId: accountId === undefined ? undefined : String(accountId) };
}

function toCall({ request, header, trace }: ApiRequest, caller: Caller, now: number): Call {
  const { params: path, query, body, url } = request;
  return { path, query, body, header, url, caller, traceId: trace.traceId, now };
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('An earlier hook has not run');
  return value;
}
