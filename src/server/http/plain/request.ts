import { areHeaderLines, headerValueOf } from '../../../lib/http1/http1-client.js';
import type { RequestFields } from '../exchange.js';
import { GRAPHQL_PATH } from '../path.js';

/** A request that has come whole. */
export interface WholeRequest {
  readonly fields: RequestFields;
  readonly body: Buffer;
  /** Where the bytes after it begin. */
  readonly end: number;
}

/** The most bytes of a head, with the empty line that ends it: Node.js' own bound. */
const MAX_HEAD_BYTES = 16 * 1024;
/** Nearly all requests are smaller. */
export const MAX_REQUEST_BYTES = 64 * 1024;

const REQUEST_LINE = `POST ${GRAPHQL_PATH} HTTP/1.1\r\n`;
const END_OF_HEAD = '\r\n\r\n';
const DIGITS = /^\d{1,9}$/;
const KEEP_ALIVE = /^keep-alive$/i;

/**
 * Reads a plain request from the bytes that begin with it.
 *
 * It is strict, and decides nothing about framing that could be seen in another way: whatever is not an ordinary `POST`
 * to the graph with one `Content-Length` is for a complete implementation of HTTP/1.1 to read or refuse, from its
 * first byte on. What smuggles requests into a connection (RFC 9112, 11.2) comes to nothing here for that reason.
 *
 * @returns `incomplete` where it may be plain and goes on; `others` where it is not plain
 */
export function readRequest(bytes: Buffer): WholeRequest | 'incomplete' | 'others' {
  const text = bytes.toString('latin1', 0, MAX_HEAD_BYTES);
  const headEnd = text.indexOf(END_OF_HEAD);
  if (headEnd === -1) {
    const begins = text.startsWith(REQUEST_LINE) || REQUEST_LINE.startsWith(text);
    return begins && text.length < MAX_HEAD_BYTES ? 'incomplete' : 'others';
  }
  if (!text.startsWith(REQUEST_LINE)) return 'others';
  const head = readHead(text.slice(REQUEST_LINE.length, headEnd + 2));
  if (head === undefined) return 'others';
  const start = headEnd + END_OF_HEAD.length;
  const end = start + Number(head.contentLength);
  if (end > MAX_REQUEST_BYTES) return 'others';
  return end > bytes.length ? 'incomplete' : { fields: head, body: bytes.subarray(start, end), end };
}

/** The fields that are looked at, each of which may come once. */
class Head implements RequestFields {
  accept: string | undefined = undefined;
  authorization: string | undefined = undefined;
  connection: string | undefined = undefined;
  contentLength: string | undefined = undefined;
  contentType: string | undefined = undefined;
  host: string | undefined = undefined;
  traceparent: string | undefined = undefined;
  tracestate: string | undefined = undefined;
}

/** By names in lower case. Where there is one of the others, the request is not plain. */
const LOOKED_AT: ReadonlyMap<string, keyof Head | 'others'> = new Map([
  ['accept', 'accept'],
  ['authorization', 'authorization'],
  ['connection', 'connection'],
  ['content-length', 'contentLength'],
  ['content-type', 'contentType'],
  ['host', 'host'],
  ['traceparent', 'traceparent'],
  ['tracestate', 'tracestate'],
  ['content-encoding', 'others'],
  ['expect', 'others'],
  ['trailer', 'others'],
  ['transfer-encoding', 'others'],
  ['upgrade', 'others'],
]);

/** @returns undefined where they are malformed, or not those of a plain request */
function readHead(lines: string): Head | undefined {
  if (!areHeaderLines(lines)) return undefined;
  const head = new Head();
  for (let start = 0; start < lines.length;) {
    const colon = lines.indexOf(':', start);
    const end = lines.indexOf('\r', colon);
    const field = LOOKED_AT.get(lines.slice(start, colon).toLowerCase());
    if (field !== undefined) {
      if (field === 'others' || head[field] !== undefined) return undefined;
      // Node.js refuses a length with a tab after it, which RFC 9110, 5.5 allows.
      if (field === 'contentLength' && lines.slice(colon, end).includes('\t')) return undefined;
      head[field] = headerValueOf(lines, colon, end);
    }
    start = end + 2;
  }
  const { host, contentLength, connection } = head;
  // A request without a host is to be refused (RFC 9112, 3.2).
  if (host === undefined || contentLength === undefined || !DIGITS.test(contentLength)) return undefined;
  return connection === undefined || KEEP_ALIVE.test(connection) ? head : undefined;
}
