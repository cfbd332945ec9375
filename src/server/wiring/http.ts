import type { FastifyInstance } from 'fastify';
import type { WebhookReceiver } from '../../events/webhooks/webhook-receiver.js';
import type { FirstQuery } from '../../operations/apollo/first-query.js';
import type { Upstream } from '../../upstream/upstream.js';
import { serveExplorers } from '../explorers.js';
import { serveGraphQL } from '../graphql.js';
import { serveHealth } from '../health.js';
import { AddressConnections } from '../http/address-connections.js';
import { createApp } from '../http/app.js';
import { BodyReader } from '../http/body-reader.js';
import { ClientAddresses } from '../http/client-address.js';
import { ClientConnections } from '../http/client-connections.js';
import { httpServerFactory, type HttpServerFactory } from '../http/http-server.js';
import { renderLandingPage } from '../landing-page.js';
import { HttpStreams } from '../streams/http-stream.js';
import { serveWebhooks } from '../webhooks.js';
import { WebSockets } from '../websocket/websockets.js';
import type { Basics } from './basics.js';
import type { Operations } from './operations.js';

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_UNFINISHED_BODY_BYTES = 32 * MAX_BODY_BYTES;

export interface HttpDeps {
  readonly operations: Operations;
  readonly upstream: Upstream;
  readonly webhooks: WebhookReceiver | undefined;
  readonly firstQuery: FirstQuery;
  /** Called for each connection that is accepted. */
  readonly onConnection: () => void;
  /** Wraps the factory of HTTP servers. Default: does not. */
  readonly wrapServer: ((createServer: HttpServerFactory) => HttpServerFactory) | undefined;
}

export interface Http {
  /** Has all routes, but does not listen yet. */
  readonly app: FastifyInstance;
  readonly connections: ClientConnections;
  readonly webSockets: WebSockets;
  readonly streams: HttpStreams;
  /** From now on, `/readyz` says "not ready". */
  announceNotReady(): void;
  /** From now on, each response closes its connection. */
  announceLastResponses(): void;
}

/** The HTTP side of the gateway: connections, transports and routes. */
export async function createHttp(basics: Basics, deps: HttpDeps): Promise<Http> {
  const { config, sharedState, recorder, tracer, logger } = basics;
  const { operations, upstream, webhooks, firstQuery, wrapServer } = deps;
  const { trustProxy, corsOrigins: origins, maxConnectionsPerAddress } = config.exposure;
  let isReady = true;
  let isLast = false;

  const addresses = new ClientAddresses(trustProxy);
  const connections = new ClientConnections(config.clientTimeoutMs);
  const webSockets = createWebSockets(basics, operations, addresses);
  const streams = new HttpStreams({
    readTimeoutMs: config.clientTimeoutMs,
    heartbeatMs: config.streams.heartbeatMs,
  });
  const createServer = httpServerFactory({
    clientTimeoutMs: config.clientTimeoutMs,
    keepAliveTimeoutMs: config.keepAliveTimeoutMs,
    connections,
    addressConnections: new AddressConnections({ max: maxConnectionsPerAddress, addresses }),
    origins,
    upgrade: (...request) => webSockets.upgrade(...request),
    onConnection: deps.onConnection,
  });
  const app = await createApp({
    createServer: wrapServer?.(createServer) ?? createServer,
    closesConnections: () => isLast,
    origins,
    logger,
  });

  serveGraphQL(app, {
    pipeline: operations.pipeline,
    bodies: new BodyReader({ maxBytes: MAX_BODY_BYTES, maxUnfinishedBytes: MAX_UNFINISHED_BODY_BYTES }),
    addresses,
    connections,
    streams,
    landingPage: () => renderLandingPage(operations.apollo, operations.landingPage),
    ...(tracer && { tracer }),
  });
  if (webhooks !== undefined) serveWebhooks(app, { receiver: webhooks, recorder, tracer });
  serveHealth(app, {
    isReady: () => isReady,
    breakers: () => upstream.breakers(),
    isRedisConnected: () => sharedState.isConnected?.(),
  });
  if (!config.production) serveExplorers(app, firstQuery);

  return {
    app,
    connections,
    webSockets,
    streams,
    announceNotReady: () => {
      isReady = false;
    },
    announceLastResponses: () => {
      isLast = true;
    },
  };
}

function createWebSockets(
  { config, logger }: Basics,
  { pipeline }: Operations,
  addresses: ClientAddresses,
): WebSockets {
  return new WebSockets({
    pipeline,
    origins: config.exposure.corsOrigins,
    addresses,
    maxBytes: MAX_BODY_BYTES,
    maxUnfinishedBytes: MAX_UNFINISHED_BODY_BYTES,
    clientTimeoutMs: config.clientTimeoutMs,
    maxOperations: config.streams.maxPerConnection,
    pingMs: config.streams.heartbeatMs,
    logger,
  });
}
