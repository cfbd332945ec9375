import {
  createServer,
  STATUS_CODES,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Config } from '../../config.js';
import { rejection } from '../../operations/operation-response.js';
import { RequestError } from '../../operations/request-error.js';
import type { ClientConnections } from './client-connections.js';
import { SHARED_HEADERS } from './shared-headers.js';
import { traceOf } from './trace.js';
import { UpgradableRequest } from './upgradable-request.js';

/** How often Node.js looks for requests that are late, in milliseconds. Its default is 30 seconds. */
const TIMEOUT_CHECK_MS = 500;

export type ConnectionTimeouts = Pick<Config, 'clientTimeoutMs' | 'keepAliveTimeoutMs'>;

/** Makes the server of one address. `listener` answers its requests. */
export type HttpServerFactory = (listener: RequestListener) => Server;

/**
 * Takes over the connection of a client that wants a WebSocket.
 *
 * @returns why it does not get one; nothing has been written then
 */
export type Upgrade = (request: IncomingMessage, socket: Socket, head: Buffer) => RequestError | undefined;

/**
 * An HTTP server of Node.js whose clients have deadlines: a request that has not arrived after `clientTimeoutMs` is answered
 * with 408, and the requests of a connection are handled one after another.
 */
export function httpServerFactory(
  { clientTimeoutMs, keepAliveTimeoutMs }: ConnectionTimeouts,
  connections: ClientConnections,
  upgrade: Upgrade,
): HttpServerFactory {
  return (listener) => {
    const handle = connections.oneAtATime(listener);
    return createServer(
      {
        // `rejectUnsupported` answers a request without `Host`: Node.js sends no body.
        requireHostHeader: false,
        headersTimeout: clientTimeoutMs,
        requestTimeout: clientTimeoutMs,
        connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, clientTimeoutMs),
        keepAliveTimeout: keepAliveTimeoutMs,
        IncomingMessage: UpgradableRequest,
      },
      handle,
    )
      .on('checkContinue', handle)
      .on('checkExpectation', handle)
      .on('connect', (request, socket) => {
        takeOver(request, socket as Socket, connections, noTunnel);
      })
      .on('upgrade', (request, socket, head) => {
        takeOver(request, socket as Socket, connections, () => upgrade(request, socket as Socket, head));
      })
      .on('clientError', (error: NodeJS.ErrnoException, socket) => {
        respondToClientError(error, socket as Socket, connections);
      });
  };
}

/** Node.js has left the connection to us. The client would take what is written for the response to an earlier request. */
function takeOver(
  { headers }: IncomingMessage,
  socket: Socket,
  connections: ClientConnections,
  use: () => RequestError | undefined,
): void {
  socket.on('error', () => socket.destroy());
  if (connections.currentOn(socket) !== undefined) {
    socket.destroy();
    return;
  }
  const error = use();
  if (error !== undefined) reject(socket, error, headers);
}

function noTunnel(): RequestError {
  return new RequestError(405, 'The method CONNECT is not supported.', { headers: { allow: 'GET, POST' } });
}

function respondToClientError(
  error: NodeJS.ErrnoException,
  client: Socket,
  connections: ClientConnections,
): void {
  const current = connections.currentOn(client);
  if (error.code === 'ECONNRESET' || !client.writable) client.destroy();
  // The response to an earlier request is on its way.
  else if (current?.writableEnded === true) client.destroySoon();
  else if (current?.headersSent === true) client.destroy();
  else if (current?.req.complete !== true)
    reject(client, clientError(error.code), current?.req.headers ?? {});
  // An earlier request is still being handled. The client would take this for the response to it.
  else current.setHeader('connection', 'close');
}

function clientError(code: string | undefined): RequestError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RequestError(408, 'The request did not arrive in time.');
    case 'HPE_HEADER_OVERFLOW':
      return new RequestError(431, 'The headers of the request are too large. At most 16 KiB are allowed.');
    default:
      return new RequestError(400, 'The request is not valid HTTP/1.1.');
  }
}

/** There is no response object yet to write this to. */
function reject(socket: Socket, error: RequestError, requestHeaders: IncomingHttpHeaders): void {
  const { status, headers, body } = rejection(error, traceOf(requestHeaders).traceId);
  const all = { ...SHARED_HEADERS, ...headers, date: new Date().toUTCString() };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  socket.destroySoon();
}
