import { setTimeout as sleep } from 'node:timers/promises';
import type { ApolloServerPlugin } from '@apollo/server';
import { KeySet } from './auth/key-set.js';
import { forwardedPrincipal } from './auth/principal.js';
import { TokenVerifier } from './auth/token-verifier.js';
import type { Config } from './config.js';
import type { RequestContext } from './context.js';
import { listenToHints, publishHint, type ChangeHint } from './events/hints.js';
import { LiveUpdates } from './events/live-updates.js';
import { createSchema } from './graphql/schema.js';
import { WebhookIntake } from './events/webhooks/intake.js';
import { createApollo } from './operations/apollo.js';
import { authenticateByToken, type Authenticate } from './operations/authenticate.js';
import { limitFailures } from './operations/rate-limits/auth-failures.js';
import { RateLimits } from './operations/rate-limits/rate-limits.js';
import { DEFAULT_FIRST_QUERY, type FirstQuery } from './operations/first-query.js';
import { createDocuments } from './operations/safelist/documents.js';
import { Subscriptions } from './operations/subscriptions/subscriptions.js';
import { OperationObserver } from './operations/operation-observer.js';
import { OperationPipeline, type PipelineOptions } from './operations/pipeline.js';
import { serveExplorers } from './server/explorers.js';
import { readIssuerKeys } from './server/issuer-keys.js';
import { serveGraphQL } from './server/graphql.js';
import { serveHealth } from './server/health.js';
import { AddressConnections } from './server/http/address-connections.js';
import { serveMetrics } from './server/metrics.js';
import { createApp } from './server/http/app.js';
import { BodyReader } from './server/http/body-reader.js';
import { ClientAddresses } from './server/http/client-address.js';
import { ClientConnections } from './server/http/client-connections.js';
import { httpServerFactory, type HttpServerFactory } from './server/http/http-server.js';
import { sandboxPage } from './server/sandbox.js';
import { HttpStreams } from './server/streams/http-stream.js';
import { WebSockets } from './server/websocket/websockets.js';
import { Overload } from './server/overload/overload.js';
import { serveWebhooks } from './server/webhooks.js';
import { startTelemetry } from './telemetry/start.js';
import { createLogger, type Logger } from './telemetry/logger.js';
import type { Metrics } from './telemetry/metrics/metrics.js';
import { noRecorder } from './telemetry/recorder.js';
import { AttemptObserver } from './upstream/resilience/attempt-observer.js';
import { projectPath, resourceIn } from './upstream/resources/resource-ref.js';
import { Cooldowns } from './upstream/resilience/cooldowns.js';
import { IdempotencyKeys } from './upstream/state/idempotency-keys.js';
import { createSharedState } from './state/create-shared-state.js';
import type { SharedState } from './state/shared-state.js';
import { createServiceCredentials, createUpstream, type Upstream } from './upstream/upstream.js';

/** How long a closing gateway waits for clients to read their last responses, in milliseconds. */
const FLUSH_MS = 1000;
/** How long requests can still arrive on open connections after the listener has closed, in milliseconds. */
const LAST_REQUESTS_MS = 200;
/** The connections that wait to be accepted while the event loop is busy. The default of 511 refuses a thousand at once. */
const BACKLOG = 1024;
const MAX_BODY_BYTES = 1024 * 1024;
/** So many requests in flight are no overload, whatever they wait for. */
const FEW_REQUESTS = 64;
const MAX_UNFINISHED_BODY_BYTES = 32 * MAX_BODY_BYTES;

export interface GatewayOptions {
  readonly config: Config;
  /** The REST base, where it is not `config.demandApi.url`: the emulator's. */
  readonly demandApiUrl?: string;
  /** The query that the explorers show when they open. Default: one that needs no demo data. */
  readonly firstQuery?: FirstQuery;
  /** Calls the Demand API; it is closed with the gateway. Default: made from the configuration. */
  readonly upstream?: Upstream;
  /**
   * The state that guarantees rest on beyond one call; the caller closes it. Default: in Redis with `REDIS_URL`, else in this
   * process while it lives.
   */
  readonly sharedState?: SharedState;
  /** Wraps the listener of requests. Default: as it is. */
  readonly wrapServer?: (createServer: HttpServerFactory) => HttpServerFactory;
  /** Tells who makes a request. Default: as `config.authMode` says. */
  readonly authenticate?: PipelineOptions['authenticate'];
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
  /** Where metrics have a port of their own, without a path. */
  readonly metricsUrl: string | undefined;
  /** Undefined where nobody can read them. */
  readonly metrics: Metrics | undefined;
  /** Ends all subscriptions and WebSockets, so that their clients connect to another process. The rest goes on. */
  endStreams(): void;
  /** Reports "not ready", goes on for `config.drainDelayMs`, answers the requests in flight, and closes. */
  close(): Promise<void>;
}

/**
 * Starts the gateway.
 *
 * @throws Error where no REST base or no credential is given, or the port is taken
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
  const { config, firstQuery = DEFAULT_FIRST_QUERY, plugins = [], now = Date.now } = options;
  const { demandApi, production } = config;
  const baseUrl = options.demandApiUrl ?? demandApi.url;
  if (baseUrl === undefined) throw new Error('The gateway needs the URL of a Demand API.');

  const logger = options.logger ?? createLogger(config.logLevel);
  const documents = await createDocuments(config, logger);
  const { metrics, tracer } = await startTelemetry(config, logger);
  const { recorder = noRecorder } = metrics ?? {};
  const { upstreamOAuth } = config;
  const upstream =
    options.upstream ??
    (await createUpstream(demandApi, baseUrl, now, sharedState.jobs, {
      onChange: (path) => {
        const changed = resourceIn(path);
        if (changed !== undefined) publishHint(sharedState.messages, changed);
      },
      cooldowns: new Cooldowns(sharedState.cooldowns),
      recorder,
      ...((metrics !== undefined || tracer !== undefined) && {
        attempts: new AttemptObserver({ recorder, tracer, baseUrl }),
      }),
      ...(upstreamOAuth !== undefined && {
        credentials: await createServiceCredentials(upstreamOAuth, demandApi.version, logger, tracer),
      }),
    }));
  if (demandApi.proxy !== undefined) {
    logger.info(
      { proxy: demandApi.proxy.url },
      'Calls to the Demand API go through a proxy, over node-fetch.',
    );
  }
  const apollo = createApollo({
    production,
    federation: config.federation,
    firstQuery,
    executor: config.graphqlExecution,
    maxDepth: config.maxDepth,
    demandControl: config.demandControl,
    rateLimits: new RateLimits({
      limits: config.rateLimits,
      createLimiter: (limit) => sharedState.rateLimiter(limit),
    }),
    logger,
    plugins,
  });
  const overload = new Overload({
    limits: config.overload,
    minInFlight: Math.max(demandApi.concurrency, FEW_REQUESTS),
    callQueue: () => upstream.queue(),
    logger,
  });
  const callers =
    options.authenticate === undefined
      ? createAuthentication(config, now, logger)
      : { authenticate: options.authenticate, close: () => undefined };
  const live = new LiveUpdates({
    polling: config.polling,
    state: sharedState,
    concurrency: demandApi.concurrency,
    endSharedReads: (ref) => {
      upstream.endSharedReads(projectPath(ref));
    },
    recorder,
    tracer,
    logger,
  });
  const stopHints = await listenToHints(sharedState.messages, (hint) => {
    live.hint(hint);
  });
  const context = {
    client: upstream.client,
    idempotencyKeys: new IdempotencyKeys(sharedState.keys),
    live,
    requestTimeoutMs: config.requestTimeoutMs,
    logCalls: !production,
    recorder,
    now,
  };
  const subscriptions = new Subscriptions({
    apollo,
    schema: createSchema(config),
    hideSuggestions: production,
    context,
    limits: config.streams,
    recorder,
    tracer,
    logger,
  });
  const pipeline = new OperationPipeline({
    apollo,
    subscriptions,
    plugins,
    admission: overload,
    authenticate: limitFailures(callers.authenticate, config.rateLimits.authFailuresPerMinute),
    maxBatchSize: config.maxBatchSize,
    resolveDocument: documents.resolve,
    context,
    observer: new OperationObserver({ recorder, tracer, logger, slowMs: config.telemetry.slowOperationMs }),
    logger,
  });
  const { trustProxy, corsOrigins: origins, maxConnectionsPerAddress } = config.exposure;
  const addresses = new ClientAddresses(trustProxy);
  const webSockets = new WebSockets({
    pipeline,
    origins,
    addresses,
    maxBytes: MAX_BODY_BYTES,
    clientTimeoutMs: config.clientTimeoutMs,
    maxOperations: config.streams.maxPerConnection,
    pingMs: config.streams.heartbeatMs,
    logger,
  });
  const streams = new HttpStreams({
    readTimeoutMs: config.clientTimeoutMs,
    heartbeatMs: config.streams.heartbeatMs,
  });

  let isClosing = false;
  const connections = new ClientConnections(config.clientTimeoutMs);
  const createServer = httpServerFactory({
    clientTimeoutMs: config.clientTimeoutMs,
    keepAliveTimeoutMs: config.keepAliveTimeoutMs,
    connections,
    addressConnections: new AddressConnections({ max: maxConnectionsPerAddress, addresses }),
    origins,
    upgrade: (...request) => webSockets.upgrade(...request),
  });
  const app = await createApp({
    createServer: options.wrapServer?.(createServer) ?? createServer,
    isClosing: () => isClosing,
    origins,
    logger,
  });
  apollo.addPlugin({
    serverWillStart: () => Promise.resolve({ drainServer: () => app.close() }),
  });
  await apollo.start();
  serveGraphQL(app, {
    pipeline,
    bodies: new BodyReader({ maxBytes: MAX_BODY_BYTES, maxUnfinishedBytes: MAX_UNFINISHED_BODY_BYTES }),
    addresses,
    connections,
    streams,
    ...(!production && { landingPage: () => sandboxPage(apollo) }),
    ...(tracer && { tracer }),
  });
  if (config.webhooks !== undefined) {
    const { deliveries, messages } = sharedState;
    const onHint = (hint: ChangeHint) => {
      publishHint(messages, { ...hint, byWebhook: true });
    };
    const onSuspicion = () => {
      live.suspect();
    };
    const intake = new WebhookIntake({ ...config.webhooks, deliveries, onHint, onSuspicion, logger, now });
    serveWebhooks(app, { intake, recorder, tracer });
  }
  serveHealth(app, {
    isClosing: () => isClosing,
    breakers: () => upstream.breakers(),
    isRedisConnected: () => sharedState.isConnected?.(),
  });
  if (!production) serveExplorers(app, firstQuery);
  metrics?.observe({
    load: () => overload.load,
    openBreakers: () => openBreakers(upstream),
    callsWaiting: () => upstream.queue().waiting,
    cooldowns: () => upstream.cooldowns(),
    watches: () => live.watches,
    isRedisConnected: () => sharedState.isConnected?.(),
  });
  const metricsServer = metrics && (await serveMetrics(app, metrics, config));
  const url = await app
    .listen({ port: config.port, host: config.host, backlog: BACKLOG })
    .catch(async (error: unknown) => {
      await metricsServer?.close();
      throw error;
    });

  const endStreams = (): void => {
    subscriptions.close();
    webSockets.goAway();
  };
  const stop = async (): Promise<void> => {
    isClosing = true;
    await sleep(config.drainDelayMs);
    endStreams();
    // The gateway listens until these are answered, so that health checks get "not ready" rather than no connection.
    await Promise.all([
      connections.answered(config.requestTimeoutMs),
      webSockets.closed(config.requestTimeoutMs, FLUSH_MS),
    ]);
    // A plugin that fails must not keep the rest from being closed.
    const stopped = Promise.allSettled([apollo.stop()]);
    await Promise.race([stopped, sleep(LAST_REQUESTS_MS, undefined, { ref: false })]);
    await connections.answered(config.requestTimeoutMs);
    await connections.flushed(FLUSH_MS);
    app.server.closeAllConnections();
    webSockets.close();
    streams.close();
    const [result] = await stopped;
    await app.close();
    connections.close();
    stopHints();
    live.close();
    overload.close();
    callers.close();
    documents.close();
    upstream.close();
    await Promise.all([tracer?.close(), metricsServer?.close()]);
    if (result.status === 'rejected') throw result.reason;
  };
  let stopped: Promise<void> | undefined;
  return { url, metricsUrl: metricsServer?.url, metrics, endStreams, close: () => (stopped ??= stop()) };
}

function openBreakers(upstream: Upstream): readonly string[] {
  const { connections, paths } = upstream.breakers();
  return connections ? ['connections', ...paths] : paths;
}

interface Authentication {
  readonly authenticate: Authenticate;
  close(): void;
}

/** Authenticates callers as `AUTH_MODE` says. The issuer's keys are read now, so that the log tells at once if they cannot be. */
function createAuthentication(
  { authMode, jwt, proxies }: Config,
  now: () => number,
  logger: Logger,
): Authentication {
  if (authMode === 'forward') return { authenticate: forwardedPrincipal, close: () => undefined };
  if (jwt === undefined) throw new Error('The gateway needs the issuer of its callers.');
  const keys = new KeySet({
    read: (signal) => readIssuerKeys(jwt, proxies, signal),
    onFailure: (err) => {
      logger.warn({ err }, 'The keys that tokens are verified with cannot be read.');
    },
  });
  void keys.refresh();
  return {
    authenticate: authenticateByToken(new TokenVerifier({ config: jwt, keys, now }), logger),
    close: () => {
      keys.close();
    },
  };
}
