import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { prefersHtml } from '../operations/request/negotiation.js';
import type { OperationPipeline, StreamResponse } from '../operations/pipeline.js';
import type { TransportRequest } from '../operations/request/request-reader.js';
import type { TraceContext } from '../telemetry/trace-context.js';
import type { Tracer } from '../telemetry/tracer.js';
import type { Cancellation } from '../cancellation.js';
import type { BodyReader } from './http/body-reader.js';
import type { ClientAddresses } from './http/client-address.js';
import type { ClientConnections } from './http/client-connections.js';
import { send } from './http/errors.js';
import { endRequestSpan, startRequestSpan } from './http/request-span.js';
import { SECURITY_HEADERS } from './http/shared-headers.js';
import { traceOf } from './http/trace.js';
import type { HtmlPage } from './landing-page.js';
import { framings } from './streams/framing.js';
import type { HttpStreams } from './streams/http-stream.js';

export interface GraphQLRouteOptions {
  readonly pipeline: OperationPipeline;
  readonly bodies: BodyReader;
  readonly addresses: ClientAddresses;
  readonly connections: ClientConnections;
  readonly streams: HttpStreams;
  /** Renders the page for browsers; undefined if there is none. */
  readonly landingPage: () => Promise<HtmlPage> | undefined;
  /** Default: no tracing. */
  readonly tracer?: Tracer;
}

/** Serves operations over HTTP at `/graphql`. */
export function serveGraphQL(app: FastifyInstance, options: GraphQLRouteOptions): void {
  const { pipeline, streams, landingPage, tracer } = options;
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    // A `HEAD` request is not a `GET` request to Apollo Server, which would execute mutations for it.
    exposeHeadRoute: false,
    handler(request, reply) {
      const { method, raw, headers } = request;
      if (method === 'GET' && prefersHtml(headers.accept)) {
        const page = landingPage();
        if (page !== undefined) return page.then((rendered) => sendPage(reply, rendered));
      }
      const received = traceOf(headers);
      const span = tracer && startRequestSpan(tracer, raw, '/graphql', received);
      const trace = span?.trace ?? received;
      void pipeline.respond(new HttpRequest(raw, reply.raw, options, trace)).then((response) => {
        // The span of a stream ends when the stream starts, because it can stay open for days.
        if (span !== undefined) endRequestSpan(span, 'status' in response ? response.status : 200);
        // All responses of one iteration of the event loop are written back to back: their clients, such as a balancer, then wake
        // up once for all of them. Written one by one, the smallest operation cost 5 us of CPU more, of 43.
        if ('status' in response) setImmediate(send, reply, response);
        else sendStream(streams, reply, response);
      });
      return undefined;
    },
  });
}

function sendPage(reply: FastifyReply, { html, headers }: HtmlPage): FastifyReply {
  return reply.headers(headers).type('text/html; charset=utf-8').send(html);
}

function sendStream(streams: HttpStreams, reply: FastifyReply, { format, stream }: StreamResponse): void {
  reply.hijack();
  const headers = { ...reply.getHeaders(), ...SECURITY_HEADERS };
  void streams.send(reply.raw, headers, framings[format], stream);
}

class HttpRequest implements TransportRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: IncomingMessage['headers'];
  readonly trace: TraceContext;
  readonly gone: Cancellation;
  readonly #raw: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #bodies: BodyReader;
  readonly #addresses: ClientAddresses;

  constructor(
    raw: IncomingMessage,
    response: ServerResponse,
    { bodies, addresses, connections }: GraphQLRouteOptions,
    trace: TraceContext,
  ) {
    this.method = raw.method === 'POST' ? 'POST' : 'GET';
    this.headers = raw.headers;
    this.trace = trace;
    this.gone = connections.goneOf(raw.socket);
    this.#raw = raw;
    this.#response = response;
    this.#bodies = bodies;
    this.#addresses = addresses;
  }

  get address(): string {
    return this.#addresses.of(this.#raw);
  }

  get queryString(): string {
    const { url = '' } = this.#raw;
    const start = url.indexOf('?');
    return start === -1 ? '' : url.slice(start + 1);
  }

  readBody(): Promise<string> {
    return this.#bodies.read(this.#raw, this.#response);
  }
}
