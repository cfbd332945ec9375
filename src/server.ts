import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.js';
import type { RequestContext } from './context.js';
import type { Authenticate } from './operations/authenticate.js';
import { DEFAULT_FIRST_QUERY, type FirstQuery } from './operations/first-query.js';
import { createDocuments } from './operations/safelist/documents.js';
import type { HttpServerFactory } from './server/http/http-server.js';
import { serveMetrics } from './server/metrics.js';
import { Overload } from './server/overload/overload.js';
import { createAuthentication } from './server/wiring/authentication.js';
import type { Basics } from './server/wiring/basics.js';
import { closeGateway, endStreams } from './server/wiring/closing.js';
import { connectDemandApi } from './server/wiring/demand-api.js';
import { createHttp } from './server/wiring/http.js';
import { startLiveUpdates } from './server/wiring/live-updates.js';
import { createOperations, type Operations } from './server/wiring/operations.js';
import { observablesOf } from './server/wiring/observables.js';
import { createSharedState } from './state/create-shared-state.js';
import type { SharedState } from './state/shared-state.js';
import { createLogger, type Logger } from './telemetry/logger.js';
import type { Metrics } from './telemetry/metrics/metrics.js';
import { noRecorder } from './telemetry/recorder.js';
import { startTelemetry } from './telemetry/start.js';
import type { Upstream } from './upstream/upstream.js';

/**
 * The most connections that wait to be accepted while the event loop is busy. The default of 511 rejects some of a thousand
 * simultaneous ones.
 */
const BACKLOG = 1024;
/** This many requests in flight are never an overload, whatever they wait for. */
const FEW_REQUESTS = 64;

export interface GatewayOptions {
  readonly config: Config;
  /** The REST base URL, if it is not `config.demandApi.url` but the emulator's. */
  readonly demandApiUrl?: string;
  /** The query that the explorers show when they open. Default: one that needs no demo data. */
  readonly firstQuery?: FirstQuery;
  /** Calls the Demand API; it is closed with the gateway. Default: made from the configuration. */
  readonly upstream?: Upstream;
  /**
   * State beyond one call; the caller closes it. Default: in Redis with `REDIS_URL`, otherwise in the memory of this process.
   */
  readonly sharedState?: SharedState;
  /** Wraps the factory of HTTP servers. Default: does not. */
  readonly wrapServer?: (createServer: HttpServerFactory) => HttpServerFactory;
  /** Determines the principal of a request. Default: according to `config.authMode`. */
  readonly authenticate?: Authenticate;
  /** Plugins of Apollo Server, whose hooks are called for every operation. Default: none. */
  readonly plugins?: readonly ApolloServerPlugin<RequestContext>[];
  /** Default: JSON lines on standard output. */
  readonly logger?: Logger;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
}

export interface Gateway {
  /** Where it listens, without a path, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** The URL of metrics on `METRICS_PORT`, without a path. */
  readonly metricsUrl: string | undefined;
  /** Undefined if they are not served. */
  readonly metrics: Metrics | undefined;
  /**
   * Ends all subscriptions and WebSockets, so that their clients connect to another process. Does not affect anything else.
   */
  endStreams(): void;
  /** Reports "not ready", continues for `config.drainDelayMs`, answers the requests in flight, and closes. */
  close(): Promise<void>;
}

/**
 * Starts the gateway.
 *
 * @throws Error if the REST base URL or a credential is missing, or the port is taken
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  if (options.sharedState !== undefined) return await startWith(options.sharedState, options);
  const { config, logger = createLogger(config.logLevel) } = options;
  const sharedState = await createSharedState(config, logger);
  try {
    const gateway = await startWith(sharedState, { ...options, logger });
    return { ...gateway, close: () => gateway.close().finally(() => sharedState.close()) };
  } catch (error) {
    await sharedState.close();
    throw error;
  }
}

/** Starts the parts in the order of the layers, then listens. */
async function startWith(sharedState: SharedState, options: GatewayOptions): Promise<Gateway> {
  const { config, firstQuery = DEFAULT_FIRST_QUERY, plugins = [], now = Date.now } = options;
  const baseUrl = options.demandApiUrl ?? config.demandApi.url;
  if (baseUrl === undefined) throw new Error('The gateway needs the URL of a Demand API.');

  const logger = options.logger ?? createLogger(config.logLevel);
  const documents = await createDocuments(config, logger);
  const { metrics, tracer } = await startTelemetry(config, logger);
  const { recorder = noRecorder } = metrics ?? {};
  const basics: Basics = { config, sharedState, recorder, tracer, logger, now };

  const isObserved = metrics !== undefined || tracer !== undefined;
  const upstream = options.upstream ?? (await connectDemandApi(basics, { baseUrl, isObserved }));
  const overload = new Overload({
    limits: config.overload,
    minInFlight: Math.max(config.demandApi.concurrency, FEW_REQUESTS),
    callQueue: () => upstream.queue(),
    logger,
  });
  const { authenticate } = options;
  const callers =
    authenticate === undefined ? createAuthentication(basics) : { authenticate, close: () => undefined };
  const liveUpdates = await startLiveUpdates(basics, upstream);
  const { live, webhooks } = liveUpdates;
  const operations = createOperations(basics, {
    upstream,
    live,
    admission: overload,
    authenticate: callers.authenticate,
    documents,
    firstQuery,
    plugins,
  });
  const { wrapServer } = options;
  const http = await createHttp(basics, { operations, upstream, webhooks, firstQuery, wrapServer });
  const { app } = http;
  await startApollo(operations, app);

  metrics?.observe(observablesOf({ overload, upstream, live, sharedState }));
  const { url, metricsServer } = await listen(app, metrics, config);

  const closeRest = async (): Promise<void> => {
    liveUpdates.close();
    overload.close();
    callers.close();
    documents.close();
    upstream.close();
    await Promise.all([tracer?.close(), metricsServer?.close()]);
  };
  let closed: Promise<void> | undefined;
  return {
    url,
    metricsUrl: metricsServer?.url,
    metrics,
    endStreams: () => {
      endStreams({ http, operations });
    },
    close: () => (closed ??= closeGateway({ config, http, operations, closeRest })),
  };
}

/** Apollo Server drains the HTTP server when it stops. */
async function startApollo({ apollo }: Operations, app: FastifyInstance): Promise<void> {
  apollo.addPlugin({ serverWillStart: () => Promise.resolve({ drainServer: () => app.close() }) });
  await apollo.start();
}

/** Listens for metrics first, so that a gateway that is up can be scraped. */
async function listen(app: FastifyInstance, metrics: Metrics | undefined, config: Config) {
  const metricsServer = metrics && (await serveMetrics(app, metrics, config));
  try {
    const url = await app.listen({ port: config.port, host: config.host, backlog: BACKLOG });
    return { url, metricsServer };
  } catch (error) {
    await metricsServer?.close();
    throw error;
  }
}
