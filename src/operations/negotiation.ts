import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import { JSON_TYPE } from './operation-response.js';
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

/**
 * Decides how a request is answered (GraphQL over HTTP, 6.1).
 *
 * @returns the media type of the response
 * @throws {RequestError} 406 where the client accepts no type of response, 431 where it lists too many
 */
export function negotiateResponse(accept: string | undefined): string {
  if (accept !== undefined && accept.length > MAX_ACCEPT_LENGTH) {
    throw new RequestError(
      431,
      `The \`Accept\` header is too long. At most ${MAX_ACCEPT_LENGTH} characters are allowed.`,
    );
  }
  const responseType = responseTypeOf(accept);
  if (responseType === undefined) {
    throw new RequestError(
      406,
      'The `Accept` header allows neither `application/graphql-response+json` nor `application/json`.',
    );
  }
  return responseType;
}

/**
 * Decides whether a request is read, before anything of its body is (GraphQL over HTTP, 5).
 *
 * @throws {RequestError} 415 where the body is of a type that is not read, 400 where a browser could have sent the request on
 *   behalf of another site
 */
export function checkRequest(method: string, headers: NegotiationHeaders): void {
  if (method === 'POST') requireJson(headers);
  else requirePreflight(headers);
}

/** Whether a browser asks for a page rather than for a result. */
export function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined || accept.length > MAX_ACCEPT_LENGTH) return false;
  return preferred(accept, [JSON_TYPE, GRAPHQL_TYPE, HTML_TYPE]) === HTML_TYPE;
}

/** Parsing an `Accept` header took longer than reading the rest of a request; clients send a handful of them. */
const responseTypes = new LRUCache<string, { readonly type: string | undefined }>({ max: 200 });
const MAX_CACHED_LENGTH = 500;
/** Parsing an `Accept` header of 16 KiB took 8 ms, a hundred times as long as the rest of a request. */
const MAX_ACCEPT_LENGTH = 1000;

function responseTypeOf(accept: string | undefined): string | undefined {
  if (accept === undefined || accept === '') return JSON_TYPE;
  const cached = responseTypes.get(accept);
  if (cached !== undefined) return cached.type;
  const type = preferred(accept, [JSON_TYPE, GRAPHQL_TYPE]);
  if (accept.length <= MAX_CACHED_LENGTH) responseTypes.set(accept, { type });
  return type;
}

function preferred(accept: string, types: string[]): string | undefined {
  return new Negotiator({ headers: { accept: withoutParameters(accept) } }).mediaType(types);
}

/** A parameter other than the weight `q`, with its value, which may be quoted (RFC 9110, 5.6.6 and 12.4.2). */
const PARAMETER = /;[\t ]*(?!q=)[^\s;,="]+(?:[\t ]*=(?:"(?:[^"\\]|\\.)*"|[^;,"]*))?/gi;

function charsetOf(contentType: string): string | undefined {
  for (const [parameter] of contentType.matchAll(PARAMETER)) {
    const [, value] = /^;[\t ]*charset[\t ]*=[\t ]*(.*)/i.exec(parameter.trim()) ?? [];
    if (value !== undefined) return value;
  }
  return undefined;
}

/** No media type of ours has a parameter that a client could ask for, so those of the client are ignored. */
function withoutParameters(accept: string): string {
  return accept.replace(PARAMETER, '');
}

const CONTENT_TYPE = /^application\/json[\t ]*(?:;|$)/i;

function requireJson(headers: NegotiationHeaders): void {
  const contentType = headers['content-type'] ?? '';
  if (contentType === 'application/json' && headers['content-encoding'] === undefined) return;
  if (!CONTENT_TYPE.test(contentType)) {
    throw new RequestError(415, 'The `Content-Type` of the request must be `application/json`.');
  }
  requirePlainText(headers);
}

/**
 * Requires a body that is not encoded in any other way than as UTF-8.
 *
 * @throws {RequestError} 415
 */
export function requirePlainText(headers: NegotiationHeaders): void {
  const contentType = headers['content-type'] ?? '';
  if (!/^"?utf-?8"?$/i.test(charsetOf(contentType) ?? 'utf-8')) {
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
 * A page of another site can have a browser send a simple `GET` without asking (Fetch, "CORS-safelisted request-header"). It
 * cannot add one of these headers.
 */
function requirePreflight(headers: NegotiationHeaders): void {
  const isPreflighted =
    headers.authorization !== undefined ||
    headers['apollo-require-preflight'] !== undefined ||
    headers['x-apollo-operation-name'] !== undefined ||
    CONTENT_TYPE.test(headers['content-type'] ?? '');
  if (isPreflighted) return;
  throw new RequestError(
    400,
    'A query by `GET` must have an `Authorization` or an `Apollo-Require-Preflight` header.',
  );
}
