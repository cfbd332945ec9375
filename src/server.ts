import { setTimeout as sleep } from 'node:timers/promises';
import cors from '@fastify/cors';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Config } from './config.js';
import { createContext } from './context.js';
import { createApollo } from './server/apollo.js';
import { callerOf } from './server/operations/caller.js';
import { PLAIN_FIRST_QUERY, serveExplorers, type FirstQuery } from './server/explorers.js';
import { serveGraphQL } from './server/graphql.js';
import { serveHealth } from './server/health.js';
import type { Exchange } from './server/http/exchange.js';
import { inFrontOf } from './server/front.js';
import { createHttpServer, type HttpServerFactory } from './server/http/http-server.js';
import { Overload } from './server/overload/overload.js';
import { PlainOperations } from './server/operations/plain-operations.js';
import { RequestsUnderWay } from './server/http/under-way.js';
import { createLogger, type Logger } from './telemetry/logger.js';
import { IdempotencyKeys } from './upstream/state/idempotency-keys.js';
import { processSharedState, type SharedState } from './upstream/state/shared-state.js';
import { createUpstream, type Upstream } from './upstream/upstream.js';

/** How long after its listener has closed a server can still find a request on a connection. */
const LAST_REQUESTS_MS = 200;
/** Connections that may wait while the loop is busy: a thousand clients can come at once. The default turns 489 away. */
const BACKLOG = 1024;
const MAX_REQUEST_BYTES = 1024 * 1024;

export interface GatewayOptions {
  readonly config: Config;
  /** The REST base, where it is not `config.demandApi.url`: the emulator's. */
  readonly demandApiUrl?: string;
  /** What the explorers show at first. Default: a query that needs no demo data. */
  readonly firstQuery?: FirstQuery;
  /** The way to the Demand API; it is closed with the gateway. Default: made of the configuration. */
  readonly upstream?: Upstream;
  /** What guarantees rest on beyond one call. Default: kept in this process, for as long as it lives. */
  readonly sharedState?: SharedState;
  /** Makes the HTTP server, where its connections come from elsewhere than the port. Default: ordinary ones. */
  readonly serverFactory?: HttpServerFactory;
  /** Default: JSON lines on standard output. */
  readonly logger?: Logger;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
}

export interface Gateway {
  /** Where it listens, without a path, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Says "not ready", goes on for `config.drainDelayMs`, lets requests under way finish, and closes. */
  close(): Promise<void>;
}

/**
 * Starts the gateway.
 *
 * @throws Error where no REST base is given, or the port is taken
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, firstQuery = PLAIN_FIRST_QUERY, now = Date.now } = options;
  const serverFactory = options.serverFactory ?? createHttpServer;
  const sharedState = options.sharedState ?? processSharedState();
  const { demandApi } = config;
  const baseUrl = options.demandApiUrl ?? demandApi.url;
  if (baseUrl === undefined) throw new Error('The gateway needs a Demand API.');

  const logger = options.logger ?? createLogger(config.logLevel);
  const loggerInstance: FastifyBaseLogger = logger;
  const upstream = options.upstream ?? (await createUpstream(demandApi, baseUrl, now, sharedState.jobs));
  if (demandApi.proxy !== undefined) {
    const { url: proxy } = demandApi.proxy;
    logger.info({ proxy }, 'Calls of the Demand API go through a proxy, all of them over node-fetch.');
  }
  const contextDeps = {
    client: upstream.client,
    idempotencyKeys: new IdempotencyKeys(sharedState.keys),
    requestTimeoutMs: config.requestTimeoutMs,
    now,
  };

  let draining = false;
  const isClosing = () => draining;
  const contextOf = (exchange: Exchange) => createContext(contextDeps, callerOf(exchange));
  const { production } = config;
  const { apollo, execution } = createApollo({
    production,
    firstQuery,
    executor: config.graphqlExecution,
    maxDepth: config.maxDepth,
    logger,
  });
  const operations = new PlainOperations({
    apollo,
    execution,
    usageReports: config.usageReports,
    contextOf,
    maxBytes: MAX_REQUEST_BYTES,
    isClosing,
    logger,
  });
  const underWay = new RequestsUnderWay();
  const overload = new Overload({
    config,
    queue: () => upstream.queue(),
    isClosing,
    logger,
  });

  const app: FastifyInstance = fastify({
    bodyLimit: MAX_REQUEST_BYTES,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    loggerInstance,
    // While the process drains, a request that comes on an open connection is still answered.
    return503OnClosing: false,
    serverFactory: (handler, times) =>
      serverFactory(inFrontOf(handler, { underWay, overload, operations }), times),
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining) void reply.header('connection', 'close');
    done();
  });
  // No cookie and no other ambient credential counts, so any origin may call.
  await app.register(cors, { origin: '*', methods: ['GET', 'POST'], maxAge: 86_400 });

  apollo.addPlugin(fastifyApolloDrainPlugin(app));
  await apollo.start();
  serveGraphQL(app, apollo, contextOf);
  serveHealth(app, { isClosing, breakers: () => upstream.breakers() });
  if (!production) serveExplorers(app, firstQuery);

  const url = await app.listen({ port: config.port, host: config.host, backlog: BACKLOG });
  const requestsAnswered = () =>
    Promise.race([underWay.answered(), sleep(config.requestTimeoutMs, undefined, { ref: false })]);
  const stop = async (): Promise<void> => {
    draining = true;
    await sleep(config.drainDelayMs);
    // Until these are answered it goes on listening, so that whoever asks hears "not ready" and not nothing.
    await requestsAnswered();
    const stopping = apollo.stop();
    // What came in the moment before the listener closed is answered; a connection without a request keeps nobody.
    await Promise.race([stopping, sleep(LAST_REQUESTS_MS, undefined, { ref: false })]);
    await requestsAnswered();
    app.server.closeAllConnections();
    await stopping;
    overload.close();
    upstream.close();
  };
  let stopped: Promise<void> | undefined;
  return { url, close: () => (stopped ??= stop()) };
}
