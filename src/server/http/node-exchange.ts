import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Ending } from './ending.js';
import type { Exchange, JsonAnswer, RequestFields } from './exchange.js';

/** A request that Node.js' own server has read. */
export class NodeExchange implements Exchange {
  static readonly #all = new WeakMap<IncomingMessage, NodeExchange>();

  readonly fields: RequestFields;
  readonly connection: Socket;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #ending = new Ending();
  readonly #ofConnection: Set<NodeExchange>;
  #body: Buffer | undefined;

  /** The one exchange of a request. */
  static of(request: IncomingMessage, response: ServerResponse): NodeExchange {
    const known = NodeExchange.#all.get(request);
    if (known !== undefined) return known;
    const exchange = new NodeExchange(request, response);
    NodeExchange.#all.set(request, exchange);
    return exchange;
  }

  private constructor(request: IncomingMessage, response: ServerResponse) {
    this.fields = fieldsOf(request.headers);
    this.connection = request.socket;
    this.#request = request;
    this.#response = response;
    this.#ofConnection = exchangesOn(request.socket);
    this.#ofConnection.add(this);
    response.on('close', () => {
      this.end();
    });
  }

  get isOver(): boolean {
    return this.#ending.isOver;
  }

  /** What has been read of the body; undefined where nothing has. */
  get readSoFar(): Buffer | undefined {
    return this.#body;
  }

  onOver(listener: (answered: boolean) => void): void {
    this.#ending.onOver(listener);
  }

  /** The body comes in one piece as a rule. */
  readBody(maxBytes: number, done: (body: Buffer) => void): void {
    const request = this.#request;
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length <= maxBytes) return;
      request.off('data', take).off('end', end);
      // What still comes is dropped: the connection can only be used again when the request is over.
      request.resume();
      end();
    };
    const end = () => {
      const [first] = chunks;
      this.#body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
      done(this.#body);
    };
    request.on('data', take).on('end', end);
  }

  answer({ status, contentType, body, headers, closing }: JsonAnswer): void {
    if (this.isOver) return;
    if (this.#response.headersSent) {
      this.#response.destroy();
      return;
    }
    this.#response.writeHead(status, {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
      'access-control-allow-origin': '*',
      ...headers,
      ...(closing && { connection: 'close' }),
    });
    this.#response.end(body);
  }

  /** To be called when the response or its connection has closed. */
  end(): void {
    this.#ofConnection.delete(this);
    this.#ending.end(this.#response.writableFinished);
  }
}

/**
 * The exchanges of each connection that are not over. A response whose turn has not come, because others before it on the
 * connection are not written yet, does not hear that the connection has closed.
 */
const onConnections = new WeakMap<Socket, Set<NodeExchange>>();

function exchangesOn(socket: Socket): Set<NodeExchange> {
  const known = onConnections.get(socket);
  if (known !== undefined) return known;
  const exchanges = new Set<NodeExchange>();
  onConnections.set(socket, exchanges);
  socket.once('close', () => {
    for (const exchange of exchanges) exchange.end();
  });
  return exchanges;
}

function fieldsOf(headers: IncomingHttpHeaders): RequestFields {
  return {
    accept: headers.accept,
    authorization: headers.authorization,
    contentType: headers['content-type'],
    traceparent: single(headers['traceparent']),
    tracestate: joined(headers['tracestate']),
  };
}

/** A `traceparent` that came more than once is invalid (W3C Trace Context, 3.2). */
function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A `tracestate` that came more than once is one list (W3C Trace Context, 3.3.1). */
function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
