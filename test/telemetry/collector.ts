import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keep } from '../helpers/audit/write.js';
import { until } from '../helpers/until.js';
import { readTraces, type KeyValue, type Traces } from './otlp.js';

/** A span as a collector gets it. */
export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly kind: 'internal' | 'server' | 'client';
  readonly isError: boolean;
  /** The spans of other traces that it is linked to. */
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface Collector {
  /** The value of `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: CollectedSpan[];
  /** All bodies as they arrived, a character for each byte. */
  readonly bodies: string[];
  readonly headers: IncomingHttpHeaders[];
  /** Waits until there are as many spans. */
  received(count: number): Promise<void>;
  /** Answers with this status from now on, and what has not been answered. Undefined for no answer. */
  answerWith(status: number | undefined): void;
  close(): Promise<void>;
}

/** A collector of OpenTelemetry that takes OTLP over HTTP. Close it. */
export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const bodies: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const unanswered: ServerResponse[] = [];
  let status: number | undefined = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const text = body.toString('latin1');
      headers.push(request.headers);
      bodies.push(text);
      keep('traces', `${text}\n`);
      if (status === undefined) {
        unanswered.push(response);
        return;
      }
      if (status === 200 && request.url === '/v1/traces') {
        spans.push(...spansIn(readTraces(body, request.headers['content-type'])));
      }
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
    headers,
    received: (count) => until(() => spans.length >= count),
    answerWith(wanted) {
      status = wanted;
      if (wanted !== undefined) for (const response of unanswered) response.writeHead(wanted).end('{}');
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const KINDS = [undefined, 'internal', 'server', 'client'] as const;

function spansIn({ resourceSpans }: Traces): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ name, traceId, spanId, parentSpanId, kind, status, links = [], attributes }) => ({
        name,
        traceId,
        spanId,
        parentSpanId: parentSpanId === '' ? undefined : parentSpanId,
        kind: KINDS[kind]!,
        isError: status.code === 2,
        links: links.map(({ traceId, spanId }) => ({ traceId, spanId })),
        attributes: valuesOf(attributes),
        resource: valuesOf(resource.attributes),
      })),
  );
}

function valuesOf(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue } }) => [
      key,
      stringValue ?? (intValue === undefined ? undefined : Number(intValue)),
    ]),
  );
}
