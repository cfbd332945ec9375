import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';
import { fieldingRunAnswer } from '../routes/fielding-runs.js';
import type { Call, Route } from '../routes/route.js';
import { routes } from '../routes/table.js';
import type { Services } from '../services.js';
import { settle } from '../settle.js';
import type { Caller } from '../store/accounts.js';
import { findRunOfTargetGroup, type RunRecord } from '../store/fielding-runs.js';
import { findTargetGroup } from '../store/target-groups.js';
import { admit, replay, type Applicant } from './admission.js';
import type { HttpAnswer } from './answer.js';
import { answerTo, sendError } from './errors.js';
import { BASE_PATH, Exchange, type Interference } from './exchange.js';
import { isOlderVersion, olderBody } from './older-version.js';
import { notFound } from './problem.js';
import type { RateLimiter } from './rate-limit.js';
import { headerSchema, pathSchema } from './schemas.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly refusesAsNotFound?: boolean;
  }
}

/** The REST API itself: every route of the table, and 404 for anything else. */
export function serveApi(
  app: FastifyInstance,
  services: Services,
  interference: Interference,
  limiter: RateLimiter | undefined,
): void {
  const { database, clock } = services;
  const exchanges = new WeakMap<FastifyRequest, Exchange>();
  const callers = new WeakMap<Exchange, Caller>();
  const exchangeOf = (request: FastifyRequest): Exchange => required(exchanges.get(request));

  app.addHook('onRequest', async (request, reply) => {
    const exchange = new Exchange(request, reply, interference, clock.now());
    exchanges.set(request, exchange);
    await exchange.begin();
  });
  app.setErrorHandler(async (error, request, reply) => {
    const exchange = exchanges.get(request);
    if (exchange === undefined) sendError(error, reply, request.log);
    else await exchange.answer(asDocumented(answerTo(error, request.log), request.routeOptions.config));
    return reply;
  });
  app.setNotFoundHandler(async (request) => exchangeOf(request).answer(notFound('The path').answer));

  // What a route's `handle` is typed to take is what its schemas let through.
  for (const [key, route] of Object.entries(routes) as [string, Route][]) {
    const [method = '', path = ''] = key.split(' ');
    app.route({
      config: { refusesAsNotFound: route.refusesAsNotFound === true },
      method,
      url: `${BASE_PATH}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      schema: {
        params: pathSchema(path),
        headers: headerSchema(route.keyed === true),
        ...(route.query && { querystring: route.query }),
        ...(route.body && { body: route.body }),
      },
      onRequest: async (request) => {
        const exchange = exchangeOf(request);
        const applicant = applicantOf(exchange);
        const caller = admit(applicant, database, limiter, clock.now());
        callers.set(exchange, caller);
        const known = route.keyed === true ? replay(applicant, database, caller) : undefined;
        if (known !== undefined) await exchange.answer(known);
      },
      handler: async (request) => {
        const exchange = exchangeOf(request);
        const call = callOf(exchange, required(callers.get(exchange)), clock.now());
        settle(database, call.now);
        const answer = method === 'GET' ? route.handle(call, services) : change(call, route, exchange);
        return exchange.answer(inVersionOf(exchange, call, answer));
      },
    });
  }

  function runNamedIn({ path }: Call): RunRecord | undefined {
    const { target_group_id: group, fielding_run_id: id } = path as Record<string, string | undefined>;
    const run = group === undefined ? undefined : findRunOfTargetGroup(database, group);
    return run?.id === id ? run : undefined;
  }

  /** The answer in the shape of the version that was asked for. */
  function inVersionOf({ header }: Exchange, { path }: Call, answer: HttpAnswer): HttpAnswer {
    if (answer.body === undefined || !isOlderVersion(header('cint-api-version'))) return answer;
    const { account_id: account, project_id: project = '' } = path as Record<string, string | undefined>;
    const nameOf = (id: string) => findTargetGroup(database, Number(account), project, id)?.name;
    return { ...answer, body: olderBody(answer.body, nameOf) };
  }

  /** A request of the same key may have come between the first look at it and the end of this one's body. */
  function change(call: Call, route: Route, exchange: Exchange): HttpAnswer {
    return database.transaction(() => {
      const known = route.keyed === true ? replay(applicantOf(exchange), database, call.caller) : undefined;
      if (known !== undefined) return known;
      const before = runNamedIn(call);
      const answer = route.handle(call, services);
      if (before !== undefined) {
        interference.replica.beforeChange(pathOfRun(exchange.path, before.id), fieldingRunAnswer(before));
      }
      return answer;
    });
  }
}

/** The path of the run that a change is made below. */
function pathOfRun(path: string, runId: string): string {
  return path.slice(0, path.indexOf(runId) + runId.length);
}

/** Turns a 400 into a 404 where the contract documents no 400. */
function asDocumented(answer: HttpAnswer, { refusesAsNotFound }: FastifyContextConfig): HttpAnswer {
  return answer.status === 400 && refusesAsNotFound === true ? notFound('The resource').answer : answer;
}

function applicantOf({ request, header }: Exchange): Applicant {
  const { account_id: accountId } = request.params as { account_id?: string | number };
  return { header, accountId: accountId === undefined ? undefined : String(accountId) };
}

function callOf({ request, header, trace }: Exchange, caller: Caller, now: number): Call {
  const { params: path, query, body, url } = request;
  return { path, query, body, header, url, caller, traceId: trace.traceId, now };
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('A hook that comes first has not run');
  return value;
}
