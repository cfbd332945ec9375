import {
  createServer,
  STATUS_CODES,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Config } from '../../config.js';
import type { AllowedOrigins } from '../../config/exposure.js';
import { rejection } from '../../operations/response/operation-response.js';
import { RequestError } from '../../operations/request/request-error.js';
import type { AddressConnections } from './address-connections.js';
import type { ClientConnections } from './client-connections.js';
import { parserError, type ParserError } from './parser-error.js';
import { protocolError } from './protocol.js';
import { sharedResponseHeaders } from './shared-headers.js';
import { traceOf } from './trace.js';
import { UpgradableRequest } from './upgradable-request.js';

/** How often Node.js checks for requests that have timed out, in milliseconds. Its default is 30 seconds. */
const TIMEOUT_CHECK_MS = 500;
/** Limits the request line and all headers, whatever `--max-http-header-size` says. */
const MAX_HEAD_BYTES = 16 * 1024;

/** Creates the server of one address. `listener` handles its requests. */
export type HttpServerFactory = (listener: RequestListener) => Server;

/**
 * Handles an upgrade to a WebSocket.
 *
 * @returns the error if it is rejected; nothing has been written in that case
 */
type Upgrade = (request: IncomingMessage, socket: Socket, head: Buffer) => RequestError | undefined;

export interface HttpServerOptions extends Pick<Config, 'clientTimeoutMs' | 'keepAliveTimeoutMs'> {
  readonly connections: ClientConnections;
  readonly addressConnections: AddressConnections;
  /** The origins whose pages may read responses that Fastify does not handle. */
  readonly origins: AllowedOrigins;
  readonly upgrade: Upgrade;
  readonly onConnection: () => void;
}

/**
 * A Node.js HTTP server that answers 408 if a request has not arrived after `clientTimeoutMs`, and handles the requests of a
 * connection one after another.
 */
export function httpServerFactory(options: HttpServerOptions): HttpServerFactory {
  const {
    clientTimeoutMs,
    keepAliveTimeoutMs,
    connections,
    addressConnections,
    origins,
    upgrade,
    onConnection,
  } = options;
  return (listener) => {
    const serve = connections.oneAtATime(listener);
    const handle: RequestListener = (request, response) => {
      const error = addressConnections.errorFor(request.socket);
      if (error === undefined) serve(request, response);
      else reject(request, response, error, origins);
    };
    return createServer(
      {
        maxHeaderSize: MAX_HEAD_BYTES,
        // `rejectUnsupported` answers a request without `Host`: Node.js sends no body.
        requireHostHeader: false,
        // Otherwise the first `Host`, `Content-Type` or `Authorization` would count, and another one would go unnoticed.
        joinDuplicateHeaders: true,
        headersTimeout: clientTimeoutMs,
        requestTimeout: clientTimeoutMs,
        connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, clientTimeoutMs),
        keepAliveTimeout: keepAliveTimeoutMs,
        IncomingMessage: UpgradableRequest,
      },
      handle,
    )
      .on('connection', (socket) => {
        onConnection();
        addressConnections.opened(socket);
      })
      .on('checkContinue', handle)
      .on('checkExpectation', handle)
      .on('connect', (request, socket) => {
        takeOver(request, socket as Socket, options, noTunnel);
      })
      .on('upgrade', (request, socket, head) => {
        takeOver(request, socket as Socket, options, () => upgrade(request, socket as Socket, head));
      })
      .on('clientError', (error: ParserError, socket) => {
        respondToClientError(error, socket as Socket, options);
      });
  };
}

/** Node.js leaves the socket to this listener, and reads no further request from it. */
function takeOver(
  request: IncomingMessage,
  socket: Socket,
  { connections, addressConnections, origins }: HttpServerOptions,
  use: () => RequestError | undefined,
): void {
  socket.on('error', () => socket.destroy());
  const current = connections.currentOn(socket);
  if (current !== undefined) {
    closeAfter(current, socket);
    // A close with unread bytes resets the connection, which could cost the client the response.
    socket.resume();
    return;
  }
  const error = addressConnections.errorFor(socket) ?? protocolError(request) ?? use();
  if (error !== undefined) rejectOnSocket(socket, error, request.headers, origins);
}

function noTunnel(): RequestError {
  return new RequestError(405, 'The method CONNECT is not supported.', { headers: { allow: 'GET, POST' } });
}

function respondToClientError(
  error: ParserError,
  client: Socket,
  { connections, origins }: HttpServerOptions,
): void {
  const current = connections.currentOn(client);
  if (error.code === 'ECONNRESET' || !client.writable) client.destroy();
  // A request has one response.
  else if (current === undefined && connections.hasAnsweredEarly(client)) client.destroySoon();
  else if (current !== undefined && (current.headersSent || current.req.complete))
    closeAfter(current, client);
  else rejectOnSocket(client, parserError(error), current?.req.headers ?? {}, origins);
}

/** Closes a connection after the response that is due on it. Anything else written to it would look like that response. */
function closeAfter(response: ServerResponse, socket: Socket): void {
  if (response.writableEnded) socket.destroySoon();
  else if (response.headersSent) socket.destroy();
  else response.setHeader('connection', 'close');
}

/** Rejects a request for which there is no response object yet. */
function rejectOnSocket(
  socket: Socket,
  error: RequestError,
  requestHeaders: IncomingHttpHeaders,
  origins: AllowedOrigins,
): void {
  const { status, headers, body } = rejection(error, traceOf(requestHeaders).traceId);
  const all = {
    ...sharedResponseHeaders(origins, requestHeaders.origin),
    ...headers,
    date: new Date().toUTCString(),
    connection: 'close',
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  socket.destroySoon();
}

function reject(
  { headers: requestHeaders }: IncomingMessage,
  response: ServerResponse,
  error: RequestError,
  origins: AllowedOrigins,
): void {
  const { status, headers, body } = rejection(error, traceOf(requestHeaders).traceId);
  response
    .writeHead(status, { ...sharedResponseHeaders(origins, requestHeaders.origin), ...headers })
    .end(body);
}
