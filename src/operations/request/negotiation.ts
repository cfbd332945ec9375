import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import { charsetIn, mediaRangesIn, typeIn, type MediaRange } from './media-types.js';
import { JSON_TYPE } from '../response/operation-response.js';
import { RequestError } from './request-error.js';

const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';
const HTML_TYPE = 'text/html';

/** The headers that decide how a request is read and answered. */
export interface NegotiationHeaders {
  readonly accept?: string | undefined;
  readonly 'content-type'?: string | undefined;
  readonly 'content-encoding'?: string | undefined;
  readonly authorization?: string | undefined;
  readonly 'apollo-require-preflight'?: string | string[] | undefined;
  readonly 'x-apollo-operation-name'?: string | string[] | undefined;
}

/** How results are streamed over HTTP: as Server-Sent Events, or as parts of a multipart response. */
export type StreamFormat = 'event-stream' | 'multipart';

/** The accepted forms of a response. At least one is defined. */
export interface Negotiated {
  /** The media type of a single result; undefined if the client accepts only streams. */
  readonly single: string | undefined;
  /** Undefined if the client accepts no stream. */
  readonly stream: StreamFormat | undefined;
}

/**
 * Negotiates the media type of the response (GraphQL over HTTP, 6.1).
 *
 * @throws {RequestError} 406 if the client accepts none of the types, 431 if the header is too long
 */
export function negotiateResponse(accept: string | undefined): Negotiated {
  if (accept !== undefined && accept.length > MAX_ACCEPT_LENGTH) {
    throw new RequestError(
      431,
      `The \`Accept\` header is too long. At most ${MAX_ACCEPT_LENGTH} characters are allowed.`,
    );
  }
  const negotiated = negotiatedOf(accept);
  if (negotiated.single === undefined && negotiated.stream === undefined) {
    throw new RequestError(
      406,
      'The `Accept` header allows neither `application/graphql-response+json` nor `application/json`, nor a stream of results.',
    );
  }
  return negotiated;
}

/**
 * Checks a request by its headers, before its body is read (GraphQL over HTTP, 5).
 *
 * @throws {RequestError} 415 if the type of the body is not supported, 400 if another site could have caused the request (CSRF)
 */
export function checkRequest(method: string, headers: NegotiationHeaders): void {
  if (method === 'POST') requireJson(headers);
  else requirePreflight(headers);
}

/** Whether the client prefers an HTML page to a result. */
export function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined || accept.length > MAX_ACCEPT_LENGTH) return false;
  return preferred(mediaRangesIn(accept), [JSON_TYPE, GRAPHQL_TYPE, HTML_TYPE]) === HTML_TYPE;
}

/**
 * Parsing an `Accept` header took longer than the rest of a request, and clients send only a handful of different ones.
 */
const known = new LRUCache<string, Negotiated>({ max: 200 });
const MAX_CACHED_LENGTH = 500;
/** Parsing an `Accept` header of 16 KiB took 8 ms, a hundred times as long as the rest of a request. */
const MAX_ACCEPT_LENGTH = 1000;
const ANY: Negotiated = { single: JSON_TYPE, stream: undefined };

function negotiatedOf(accept: string | undefined): Negotiated {
  if (accept === undefined || accept === '') return ANY;
  const cached = known.get(accept);
  if (cached !== undefined) return cached;
  const ranges = mediaRangesIn(accept);
  const negotiated = {
    single: preferred(ranges, [JSON_TYPE, GRAPHQL_TYPE]),
    stream: streamFormatOf(ranges),
  };
  if (accept.length <= MAX_CACHED_LENGTH) known.set(accept, negotiated);
  return negotiated;
}

/** A client gets a stream only if it names the type, not by a wildcard. */
function streamFormatOf(ranges: readonly MediaRange[]): StreamFormat | undefined {
  const [best] = ranges
    .flatMap((range) => {
      const format = formatOf(range);
      return format === undefined ? [] : [{ format, weight: range.weight }];
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return best?.format;
}

/** A parameter distinguishes Apollo's multipart protocol for subscriptions. */
function formatOf({ type, parameters }: MediaRange): StreamFormat | undefined {
  if (type === 'text/event-stream') return 'event-stream';
  const isMultipart = type === 'multipart/mixed' && parameters['subscriptionspec'] === '1.0';
  return isMultipart ? 'multipart' : undefined;
}

/** The media types of responses have no parameters to negotiate, so those of the client are ignored. */
function preferred(ranges: readonly MediaRange[], types: string[]): string | undefined {
  const accept = ranges.map(({ type, weight }) => `${type};q=${weight}`).join();
  return new Negotiator({ headers: { accept } }).mediaType(types);
}

const JSON_BODY = 'application/json';

function requireJson(headers: NegotiationHeaders): void {
  const contentType = headers['content-type'] ?? '';
  if (contentType === JSON_BODY && headers['content-encoding'] === undefined) return;
  if (typeIn(contentType) !== JSON_BODY) {
    throw new RequestError(415, 'The `Content-Type` of the request must be `application/json`.');
  }
  requirePlainText(headers);
}

/**
 * Requires an uncompressed body in UTF-8.
 *
 * @throws {RequestError} 415
 */
export function requirePlainText(headers: NegotiationHeaders): void {
  const contentType = headers['content-type'] ?? '';
  if (!/^utf-?8$/i.test(charsetIn(contentType) ?? 'utf-8')) {
    throw new RequestError(415, 'The charset of the request must be UTF-8.');
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new RequestError(415, 'The body of the request must not be compressed.', {
      headers: { 'accept-encoding': 'identity' },
    });
  }
}

/**
 * A page of another site can cause a simple `GET` without a preflight, but not with one of these headers (Fetch, "CORS-safelisted
 * request-header").
 */
function requirePreflight(headers: NegotiationHeaders): void {
  const isPreflighted =
    headers.authorization !== undefined ||
    headers['apollo-require-preflight'] !== undefined ||
    headers['x-apollo-operation-name'] !== undefined ||
    typeIn(headers['content-type'] ?? '') === JSON_BODY;
  if (isPreflighted) return;
  throw new RequestError(
    400,
    'A query by `GET` must have an `Authorization` or an `Apollo-Require-Preflight` header.',
  );
}
