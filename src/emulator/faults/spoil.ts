import type { ServerResponse } from 'node:http';
import type { HttpAnswer } from '../http/answer.js';
import type { Delays } from './delays.js';
import type { FaultRule } from './rule.js';

/** The answer that a rule puts in place of the real one; undefined where it keeps that. */
export function substituteOf(rule: FaultRule): HttpAnswer | undefined {
  const { status, headers, body } = rule;
  return status === undefined ? undefined : { status, headers: lowerCased(headers), body };
}

/**
 * An answer with the entity tag that a rule leaves it.
 *
 * @param ifMatch what the request expected
 */
export function withEntityTag(answer: HttpAnswer, rule: FaultRule, ifMatch: string | undefined): HttpAnswer {
  if (rule.entity_tag === undefined) return answer;
  const { etag, ...others } = answer.headers ?? {};
  const left = tagLeft(rule.entity_tag, etag, ifMatch);
  return { ...answer, headers: left === undefined ? others : { ...others, etag: left } };
}

function tagLeft(
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
 * Writes an answer as a rule spoils it, past Fastify, which knows only whole answers.
 *
 * @param headers what the answer has besides its own headers
 */
export async function writeSpoilt(
  response: ServerResponse,
  answer: HttpAnswer,
  headers: Readonly<Record<string, string>>,
  rule: FaultRule,
  delays: Delays,
): Promise<void> {
  const body = bodyOf(answer);
  const half = body.subarray(0, Math.floor(body.length / 2));
  response.writeHead(answer.status, { ...headers, ...bodyHeaders(answer, body), ...answer.headers });
  response.flushHeaders();
  if (rule.truncate === true) {
    response.write(half, () => response.destroy());
    return;
  }
  if (rule.body_delay_ms !== undefined) {
    response.write(half);
    if (!(await delays.wait(rule.body_delay_ms))) {
      response.destroy();
      return;
    }
    response.end(body.subarray(half.length));
    return;
  }
  response.end(body);
}

function bodyOf({ body }: HttpAnswer): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function bodyHeaders({ status, body }: HttpAnswer, bytes: Buffer): Record<string, string> {
  // RFC 9110, 8.6: no Content-Length with a 204, nor with a 304 whose length is not that of the 200.
  if (status === 204 || status === 304) return {};
  const length = { 'content-length': String(bytes.length) };
  if (body === undefined) return length;
  return { ...length, 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' };
}

/** So that a rule's own `Content-Type` takes the place of the default one. */
function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
