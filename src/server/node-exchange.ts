import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange, JsonAnswer, RequestFields } from './exchange.js';

/** A request that Node.js' own server has read. */
export class NodeExchange implements Exchange {
  readonly fields: RequestFields;
  readonly connection: object;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.fields = fieldsOf(request.headers);
    this.connection = request.socket;
    this.#request = request;
    this.#response = response;
  }

  get isOver(): boolean {
    return this.#response.destroyed || this.#response.writableFinished;
  }

  onOver(listener: (answered: boolean) => void): void {
    this.#response.on('close', () => {
      listener(this.#response.writableFinished);
    });
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
      done(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
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
