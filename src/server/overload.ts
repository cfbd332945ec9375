import { performance } from 'node:perf_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config.js';
import type { Logger } from '../telemetry/logger.js';
import { Admission } from './admission.js';
import { Door } from './door.js';
import { reportEpisodes } from './episodes.js';
import { refuse } from './refusal.js';

export interface OverloadOptions {
  readonly config: Config;
  /** Whether the gateway closes, and wants no further request on a connection. */
  readonly isClosing: () => boolean;
  readonly logger: Logger;
}

/**
 * Refuses GraphQL requests that are more than the process can do, before anything is done for them. To be registered
 * before all that costs something: what is refused passes no other hook.
 *
 * While there is no overload, a request costs a comparison and a few counters: how many may be in flight is settled ten
 * times a second, not for each.
 */
export function refuseOverload(app: FastifyInstance, { config, isClosing, logger }: OverloadOptions): void {
  const admission = new Admission({
    maxInFlight: config.overload.maxRequestsInFlight,
    concurrency: config.demandApi.concurrency,
    processorWaitMs: config.overload.waitMs,
    // Who has waited for longer has less time left than was waited for.
    upstreamWaitMs: config.requestTimeoutMs / 2,
  });
  const door = new Door(admission);
  const report = reportEpisodes(logger);

  let before = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { active, idle } = performance.eventLoopUtilization(now, before);
    before = now;
    const passed = door.look({ busyMs: active, idleMs: idle });
    report({ ...passed, limit: Math.floor(admission.limit) });
  }, LOOK_MS).unref();
  app.addHook('onClose', (_app, done) => {
    clearInterval(timer);
    done();
  });

  app.addHook('onRequest', (request, reply, done) => {
    if (!isOperation(request)) {
      done();
      return;
    }
    const { raw } = reply;
    const letIn = () => {
      raw.once('close', () => {
        door.leave(raw.writableFinished);
      });
      done();
    };
    const turnAway = () => {
      reply.hijack();
      refuse(request.raw, raw, isClosing());
    };
    if (door.enter()) letIn();
    else door.lineUp({ letIn, refuse: turnAway, isGone: () => raw.destroyed });
  });
}

/** A page for browsers, at the same path, and the question whether another origin may call are none. */
function isOperation({ method, url }: FastifyRequest): boolean {
  if (!url.startsWith(PATH)) return false;
  return url.length === PATH.length ? method === 'POST' : url[PATH.length] === '?' && method !== 'OPTIONS';
}

/** Where GraphQL is served. Nothing else is refused. */
const PATH = '/graphql';
const LOOK_MS = 100;
