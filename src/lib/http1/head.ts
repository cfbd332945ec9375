/** Includes the empty line that ends the head. */
export const MAX_HEAD_BYTES = 64 * 1024;

/** A header name (RFC 9110, 5.6.2). */
const TOKEN = "[!#$%&'*+\\-.^_`|~\\dA-Za-z]+";
/** A header value without control characters or line folding, which RFC 9112, 5.2 deprecates. */
const VALUE = '[\\t\\x20-\\x7e\\x80-\\xff]*';

/** The status line and header lines (RFC 9112, 4 and 5). Some servers omit the space before an empty reason phrase. */
const HEAD = new RegExp(`^HTTP/1\\.\\d [1-9]\\d\\d(?: ${VALUE})?\\r\\n(?:${TOKEN}:${VALUE}\\r\\n)*$`);
const HEADER_LINES = new RegExp(`^(?:${TOKEN}:${VALUE}\\r\\n)*$`);

const DIGITS = /^\d+$/;
/** A length may be repeated (RFC 9110, 8.6). */
const EQUAL_LENGTHS = /^(\d+)(?:[ \t]*,[ \t]*\1)*$/;
/** Options of `Connection` (RFC 9110, 7.6.1). */
const CLOSE = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i;
const KEEP_ALIVE = /(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/i;
/** A parameter of `Keep-Alive` (RFC 2068, 19.7.1.1). */
const TIMEOUT = /(?:^|[,; \t])timeout=(\d+)/i;

/** How a body ends (RFC 9112, 6.3): after a number of bytes, with its last chunk, or with the connection. */
export type Framing = number | 'chunked' | 'close';

/** A response head. Headers that the client itself does not use stay unparsed in `text`. */
export interface Head {
  readonly status: number;
  readonly framing: Framing;
  /** `Content-Encoding` */
  readonly coding: string | undefined;
  /** Whether the server keeps the connection open after this response. */
  readonly persistent: boolean;
  /** How long the server keeps an idle connection open. Undefined if it does not say. */
  readonly keepAliveSeconds: number | undefined;
  /** The status line and the header lines, each with its CRLF. */
  readonly text: string;
}

/**
 * Parses the head of a response to a GET.
 *
 * @param text the status line and header lines without the final empty line, as Latin-1
 * @throws {Error} if the syntax or the framing is ambiguous
 */
export function parseHead(text: string): Head {
  if (!HEAD.test(text)) throw new Error('The response head is malformed.');
  const status = Number(text.slice(9, 12));
  let length: string | undefined;
  let transferCoding: string | undefined;
  let connection: string | undefined;
  let keepAlive: string | undefined;
  let coding: string | undefined;
  for (let start = text.indexOf('\n') + 1; start < text.length;) {
    const colon = text.indexOf(':', start);
    const end = text.indexOf('\r', colon);
    switch (colon - start) {
      case 10:
        if (isHeader(text, start, 'connection'))
          connection = joinValues(connection, headerValueOf(text, colon, end));
        else if (isHeader(text, start, 'keep-alive')) keepAlive ??= headerValueOf(text, colon, end);
        break;
      case 14:
        if (isHeader(text, start, 'content-length'))
          length = joinValues(length, headerValueOf(text, colon, end));
        break;
      case 16:
        if (isHeader(text, start, 'content-encoding'))
          coding = joinValues(coding, headerValueOf(text, colon, end));
        break;
      case 17:
        if (isHeader(text, start, 'transfer-encoding'))
          transferCoding = joinValues(transferCoding, headerValueOf(text, colon, end));
        break;
    }
    start = end + 2;
  }
  const isHttp10 = text.charCodeAt(7) === 0x30;
  return {
    status,
    framing: framingOf(status, isHttp10, length, transferCoding),
    coding,
    persistent: isPersistent(isHttp10, connection),
    keepAliveSeconds: keepAlive === undefined ? undefined : timeoutOf(keepAlive),
    text,
  };
}

/** @returns whether the text consists of header lines (RFC 9112, 5), each with its CRLF */
export function areHeaderLines(lines: string): boolean {
  return HEADER_LINES.test(lines);
}

/** @param name in lower case */
export function headerOf(head: Head, name: string): string | undefined {
  const { text } = head;
  for (let start = text.indexOf('\n') + 1; start < text.length;) {
    const colon = text.indexOf(':', start);
    const end = text.indexOf('\r', colon);
    if (colon - start === name.length && isHeader(text, start, name)) return headerValueOf(text, colon, end);
    start = end + 2;
  }
  return undefined;
}

/** RFC 9112, 6.3. Two lengths or two framings are rejected, because they allow response smuggling. */
function framingOf(
  status: number,
  isHttp10: boolean,
  length: string | undefined,
  transferCoding: string | undefined,
): Framing {
  if (status < 200 || status === 204 || status === 304) return 0;
  if (transferCoding !== undefined) {
    // HTTP/1.0 has no transfer codings; a sender that uses one forwards what it does not understand (RFC 9112, 6.1).
    if (isHttp10 || length !== undefined) throw new Error('The response has two framings.');
    if (transferCoding.toLowerCase() === 'chunked') return 'chunked';
    throw new Error(`The transfer coding ${transferCoding} is not supported.`);
  }
  return length === undefined ? 'close' : lengthOf(length);
}

function lengthOf(value: string): number {
  const length = DIGITS.test(value) ? value : EQUAL_LENGTHS.exec(value)?.[1];
  if (length === undefined) throw new Error('The length of the response is ambiguous.');
  return Number(length);
}

function isPersistent(isHttp10: boolean, connection: string | undefined): boolean {
  if (connection === undefined) return !isHttp10;
  return !CLOSE.test(connection) && (!isHttp10 || KEEP_ALIVE.test(connection));
}

function timeoutOf(keepAlive: string): number | undefined {
  const seconds = TIMEOUT.exec(keepAlive)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

function isHeader(text: string, start: number, name: string): boolean {
  return text.startsWith(name, start) || text.slice(start, start + name.length).toLowerCase() === name;
}

/**
 * The value of a header line without surrounding spaces and tabs. `trim()` would also remove characters that are not white
 * space in HTTP.
 *
 * @param colon the index of the colon
 * @param lineEnd the index of the CRLF
 */
function headerValueOf(text: string, colon: number, lineEnd: number): string {
  let start = colon + 1;
  let end = lineEnd;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (start < end && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isSpace(character: number): boolean {
  return character === 0x20 || character === 0x09;
}

/** Repeated headers form one list (RFC 9110, 5.3). */
function joinValues(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}
