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
import { rejection } from '../../operations/operation-response.js';
import { RequestError } from '../../operations/request-error.js';
import type { AddressConnections } from './address-connections.js';
import type { ClientConnections } from './client-connections.js';
import { tooManyHeaders } from './protocol.js';
import { sharedHeaders } from './shared-headers.js';
import { traceOf } from './trace.js';
import { UpgradableRequest } from './upgradable-request.js';

/** How often Node.js looks for requests that are late, in milliseconds. Its default is 30 seconds. */
const TIMEOUT_CHECK_MS = 500;
/** Of the request line and all headers, whatever the process was started with. */
const MAX_HEAD_BYTES = 16 * 1024;

/** Makes the server of one address. `listener` answers its requests. */
export type HttpServerFactory = (listener: RequestListener) => Server;

/**
 * Takes over the connection of a client that wants a WebSocket.
 *
 * @returns why it does not get one; nothing has been written then
 */
export type Upgrade = (request: IncomingMessage, socket: Socket, head: Buffer) => RequestError | undefined;

export interface HttpServerOptions extends Pick<Config, 'clientTimeoutMs' | 'keepAliveTimeoutMs'> {
  readonly connections: ClientConnections;
  readonly addressConnections: AddressConnections;
  /** Whose pages may read the responses that are not Fastify's. */
  readonly origins: AllowedOrigins;
  readonly upgrade: Upgrade;
}

/**
 * An HTTP server of Node.js whose clients have deadlines: a request that has not arrived after `clientTimeoutMs` is answered
 * with 408, and the requests of a connection are handled one after another.
 */
export function httpServerFactory(options: HttpServerOptions): HttpServerFactory {
  const { clientTimeoutMs, keepAliveTimeoutMs, connections, addressConnections, origins, upgrade } = options;
  return (listener) => {
    const serve = connections.oneAtATime(listener);
    const handle: RequestListener = (request, response) => {
      const refusal = addressConnections.refusal(request.socket);
      if (refusal === undefined) serve(request, response);
      else refuse(request, response, refusal, origins);
    };
    return createServer(
      {
        maxHeaderSize: MAX_HEAD_BYTES,
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
      .on('connection', (socket) => {
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
      .on('clientError', (error: NodeJS.ErrnoException, socket) => {
        respondToClientError(error, socket as Socket, options);
      });
  };
}

/** Node.js has left the connection to us. The client would take what is written for the response to an earlier request. */
function takeOver(
  request: IncomingMessage,
  socket: Socket,
  { connections, addressConnections, origins }: HttpServerOptions,
  use: () => RequestError | undefined,
): void {
  socket.on('error', () => socket.destroy());
  if (connections.currentOn(socket) !== undefined) {
    socket.destroy();
    return;
  }
  const error = addressConnections.refusal(socket) ?? tooManyHeaders(request) ?? use();
  if (error !== undefined) reject(socket, error, request.headers, origins);
}

function noTunnel(): RequestError {
  return new RequestError(405, 'The method CONNECT is not supported.', { headers: { allow: 'GET, POST' } });
}

function respondToClientError(
  error: NodeJS.ErrnoException,
  client: Socket,
  { connections, origins }: HttpServerOptions,
): void {
  const current = connections.currentOn(client);
  if (error.code === 'ECONNRESET' || !client.writable) client.destroy();
  // The response to an earlier request is on its way.
  else if (current?.writableEnded === true) client.destroySoon();
  else if (current?.headersSent === true) client.destroy();
  else if (current?.req.complete !== true)
    reject(client, clientError(error.code), current?.req.headers ?? {}, origins);
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
function reject(
  socket: Socket,
  error: RequestError,
  requestHeaders: IncomingHttpHeaders,
  origins: AllowedOrigins,
): void {
  const { status, headers, body } = rejection(error, traceOf(requestHeaders).traceId);
  const all = {
    ...sharedHeaders(origins, requestHeaders.origin),
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

function refuse(
  { headers: requestHeaders }: IncomingMessage,
  response: ServerResponse,
  error: RequestError,
  origins: AllowedOrigins,
): void {
  const { status, headers, body } = rejection(error, traceOf(requestHeaders).traceId);
  response.writeHead(status, { ...sharedHeaders(origins, requestHeaders.origin), ...headers }).end(body);
}
