import type { ServerResponse } from 'node:http';
import type { HttpResponse } from '../http/response.js';
import type { Delays } from './delays.js';
import type { FaultRule } from './rule.js';

/** The response that a rule sends instead of the real one; undefined if the real one is kept. */
export function substituteResponse(rule: FaultRule): HttpResponse | undefined {
  const { status, headers, body } = rule;
  return status === undefined ? undefined : { status, headers: lowerCaseNames(headers), body };
}

/** Changes the response's entity tag as a rule says. @param ifMatch the request's `If-Match` */
export function withEntityTag(
  response: HttpResponse,
  rule: FaultRule,
  ifMatch: string | undefined,
): HttpResponse {
  if (rule.entity_tag === undefined) return response;
  const { etag, ...others } = response.headers ?? {};
  const tag = changedTag(rule.entity_tag, etag, ifMatch);
  return { ...response, headers: tag === undefined ? others : { ...others, etag: tag } };
}

function changedTag(
  change: NonNullable<FaultRule['entity_tag']>,
  etag: string | undefined,
  ifMatch: string | undefined,
): string | undefined {
  switch (change) {
    case 'stripped':
      return undefined;
    case 'suffixed':
      return etag?.replace(/"$/, '-gzip"');
    case 'expected':
      return ifMatch;
  }
}

/**
 * Writes a response with the rule's fault. It bypasses Fastify, which cannot send half a response.
 *
 * @param headers sent in addition to the response's own
 */
export async function writeFaulty(
  raw: ServerResponse,
  response: HttpResponse,
  headers: Readonly<Record<string, string>>,
  rule: FaultRule,
  delays: Delays,
): Promise<void> {
  const body = bodyOf(response);
  const half = body.subarray(0, Math.floor(body.length / 2));
  raw.writeHead(response.status, { ...headers, ...bodyHeaders(response, body), ...response.headers });
  raw.flushHeaders();
  if (rule.truncate === true) {
    raw.write(half, () => raw.destroy());
    return;
  }
  if (rule.body_delay_ms !== undefined) {
    raw.write(half);
    if (!(await delays.wait(rule.body_delay_ms))) {
      raw.destroy();
      return;
    }
    raw.end(body.subarray(half.length));
    return;
  }
  raw.end(body);
}

function bodyOf({ body }: HttpResponse): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function bodyHeaders({ status, body }: HttpResponse, bytes: Buffer): Record<string, string> {
  // RFC 9110, 8.6: no Content-Length with a 204, nor with a 304 whose length is not that of the 200.
  if (status === 204 || status === 304) return {};
  const length = { 'content-length': String(bytes.length) };
  if (body === undefined) return length;
  return { ...length, 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' };
}

function lowerCaseNames(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
