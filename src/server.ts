import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.js';
import type { RequestContext } from './context.js';
import type { Authenticate } from './operations/authenticate.js';
import { DEFAULT_FIRST_QUERY, type FirstQuery } from './operations/apollo/first-query.js';
import { createDocuments } from './operations/safelist/documents.js';
import type { HttpServerFactory } from './server/http/http-server.js';
import { serveMetrics } from './server/metrics.js';
import { Overload } from './server/overload/overload.js';
import { createAuthentication } from './server/wiring/authentication.js';
import type { Basics } from './server/wiring/basics.js';
import { closeGateway, closeUnopened, endStreams } from './server/wiring/closing.js';
import { connectDemandApi } from './server/wiring/demand-api.js';
import { createHttp, type Http } from './server/wiring/http.js';
import { startLiveUpdates } from './server/wiring/live-updates.js';
import { createOperations, type Operations } from './server/wiring/operations.js';
import { observablesOf } from './server/wiring/observables.js';
import { OpenParts } from './server/wiring/open-parts.js';
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
 * @throws Error if the REST base URL or a credential is missing, or the port is taken; nothing is left open then
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

async function startWith(sharedState: SharedState, options: GatewayOptions): Promise<Gateway> {
  const parts = new OpenParts();
  try {
    return await startParts(sharedState, options, parts);
  } catch (error) {
    // An error while closing must not hide why the gateway did not start.
    await parts.close().catch(() => undefined);
    throw error;
  }
}

/** Starts the parts in the order of the layers, then listens. */
async function startParts(
  sharedState: SharedState,
  options: GatewayOptions,
  parts: OpenParts,
): Promise<Gateway> {
  const { config, firstQuery = DEFAULT_FIRST_QUERY, plugins = [], now = Date.now } = options;
  parts.add(options.upstream);
  const baseUrl = options.demandApiUrl ?? config.demandApi.url;
  if (baseUrl === undefined) throw new Error('The gateway needs the URL of a Demand API.');

  const logger = options.logger ?? createLogger(config.logLevel);
  const documents = parts.add(await createDocuments(config, logger));
  const { metrics, tracer } = await startTelemetry(config, logger);
  parts.add(tracer);
  const { recorder = noRecorder } = metrics ?? {};
  const basics: Basics = { config, sharedState, recorder, tracer, logger, now };

  const isObserved = metrics !== undefined || tracer !== undefined;
  const upstream = options.upstream ?? parts.add(await connectDemandApi(basics, { baseUrl, isObserved }));
  const overload = parts.add(
    new Overload({
      limits: config.overload,
      minInFlight: Math.max(config.demandApi.concurrency, FEW_REQUESTS),
      callQueue: () => upstream.queue(),
      logger,
    }),
  );
  const authenticate = options.authenticate ?? parts.add(createAuthentication(basics)).authenticate;
  const { live, webhooks } = parts.add(await startLiveUpdates(basics, upstream));
  const operations = createOperations(basics, {
    upstream,
    live,
    admission: overload,
    authenticate,
    documents,
    firstQuery,
    plugins,
  });
  const { wrapServer } = options;
  const http = await createHttp(basics, {
    operations,
    upstream,
    webhooks,
    firstQuery,
    onConnection: overload.connectionAccepted,
    wrapServer,
  });
  metrics?.observe(observablesOf({ overload, upstream, live, sharedState }));
  const { url, metricsUrl } = await openTo(basics, metrics, { operations, http }, parts);

  let closed: Promise<void> | undefined;
  return {
    url,
    metricsUrl,
    metrics,
    endStreams: () => {
      endStreams({ http, operations });
    },
    close: () => (closed ??= closeGateway({ config, http, operations, closeRest: () => parts.close() })),
  };
}

/** Starts Apollo Server, and listens. Metrics come first, so that a gateway that is up can be scraped. */
async function openTo(
  { config, logger }: Basics,
  metrics: Metrics | undefined,
  unopened: { readonly operations: Operations; readonly http: Http },
  parts: OpenParts,
): Promise<Pick<Gateway, 'url' | 'metricsUrl'>> {
  const { app } = unopened.http;
  try {
    await startApollo(unopened.operations, app);
    const metricsServer = parts.add(metrics && (await serveMetrics(app, metrics, logger, config)));
    const url = await app.listen({ port: config.port, host: config.host, backlog: BACKLOG });
    return { url, metricsUrl: metricsServer?.url };
  } catch (error) {
    await closeUnopened(unopened);
    throw error;
  }
}

/** Apollo Server drains the HTTP server when it stops. */
async function startApollo({ apollo }: Operations, app: FastifyInstance): Promise<void> {
  apollo.addPlugin({ serverWillStart: () => Promise.resolve({ drainServer: () => app.close() }) });
  await apollo.start();
}
