/** The most bytes of a head, with the empty line that ends it. */
export const MAX_HEAD_BYTES = 64 * 1024;

/** The names of fields (tokens, RFC 9110, 5.6.2). */
const TOKEN = "[!#$%&'*+\\-.^_`|~\\dA-Za-z]+";
/** Neither control characters, nor the line breaks of folded fields, which RFC 9112, 5.2 has deprecated. */
const TEXT = '[\\t\\x20-\\x7e\\x80-\\xff]*';

/** The status line and field lines of RFC 9112, 4 and 5, each with its CRLF. Servers forget the space before no reason. */
const HEAD = new RegExp(`^HTTP/1\\.\\d [1-9]\\d\\d(?: ${TEXT})?\\r\\n(?:${TOKEN}:${TEXT}\\r\\n)*$`);
/** The field lines of a trailer section. */
const FIELDS = new RegExp(`^(?:${TOKEN}:${TEXT}\\r\\n)*$`);

const DIGITS = /^\d+$/;
/** Equal lengths are one (RFC 9110, 8.6). */
const EQUAL_LENGTHS = /^(\d+)(?:[ \t]*,[ \t]*\1)*$/;
/** Items of `Connection` (RFC 9110, 7.6.1). */
const CLOSE = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i;
const KEEP_ALIVE = /(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/i;
/** A parameter of `Keep-Alive` (RFC 2068, 19.7.1.1). */
const TIMEOUT = /(?:^|[,; \t])timeout=(\d+)/i;

/** How a body ends (RFC 9112, 6.3): after so many bytes, by its last chunk, or with the connection. */
export type Framing = number | 'chunked' | 'close';

/** The head of an answer: what the client itself needs of it, and the rest as it came. */
export interface Head {
  readonly status: number;
  readonly framing: Framing;
  /** The value of `Content-Encoding`. */
  readonly coding: string | undefined;
  /** Whether another request may follow on the connection, as far as the head tells. */
  readonly persistent: boolean;
  /** For how long the server keeps the connection without a request, in seconds, where it says so. */
  readonly keepAliveSeconds: number | undefined;
  /** The status line and the field lines, each with its CRLF. */
  readonly text: string;
}

/**
 * Reads the head of an answer to a GET.
 *
 * @param text up to the empty line, without it; one character for each byte (Latin-1)
 * @throws {Error} where its syntax or its framing leaves room for interpretation
 */
export function parseHead(text: string): Head {
  if (!HEAD.test(text)) throw new Error('The head of the answer is malformed.');
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
        if (isField(text, start, 'connection')) connection = joined(connection, valueOf(text, colon, end));
        else if (isField(text, start, 'keep-alive')) keepAlive ??= valueOf(text, colon, end);
        break;
      case 14:
        if (isField(text, start, 'content-length')) length = joined(length, valueOf(text, colon, end));
        break;
      case 16:
        if (isField(text, start, 'content-encoding')) coding = joined(coding, valueOf(text, colon, end));
        break;
      case 17:
        if (isField(text, start, 'transfer-encoding'))
          transferCoding = joined(transferCoding, valueOf(text, colon, end));
        break;
    }
    start = end + 2;
  }
  const isOld = text.charCodeAt(7) === 0x30;
  return {
    status,
    framing: framingOf(status, isOld, length, transferCoding),
    coding,
    persistent: isPersistent(isOld, connection),
    keepAliveSeconds: keepAlive === undefined ? undefined : timeoutOf(keepAlive),
    text,
  };
}

/** @returns whether they are field lines (RFC 9112, 5), each with its CRLF, or there are none */
export function areFields(lines: string): boolean {
  return FIELDS.test(lines);
}

/** The value of the first field of a name, which is in lower case. */
export function fieldOf(head: Head, name: string): string | undefined {
  const { text } = head;
  for (let start = text.indexOf('\n') + 1; start < text.length;) {
    const colon = text.indexOf(':', start);
    const end = text.indexOf('\r', colon);
    if (colon - start === name.length && isField(text, start, name)) return valueOf(text, colon, end);
    start = end + 2;
  }
  return undefined;
}

/** RFC 9112, 6.3, where whatever smuggles answers into a connection (two lengths, two framings) is refused. */
function framingOf(
  status: number,
  isOld: boolean,
  length: string | undefined,
  transferCoding: string | undefined,
): Framing {
  if (status < 200 || status === 204 || status === 304) return 0;
  if (transferCoding !== undefined) {
    // HTTP/1.0 has no transfer codings: whoever sends one passes on what it does not understand (RFC 9112, 6.1).
    if (isOld || length !== undefined) throw new Error('The answer has two framings.');
    if (transferCoding.toLowerCase() === 'chunked') return 'chunked';
    throw new Error(`The transfer coding ${transferCoding} is not known.`);
  }
  return length === undefined ? 'close' : lengthOf(length);
}

function lengthOf(value: string): number {
  const length = DIGITS.test(value) ? value : EQUAL_LENGTHS.exec(value)?.[1];
  if (length === undefined) throw new Error('The length of the answer is not certain.');
  return Number(length);
}

function isPersistent(isOld: boolean, connection: string | undefined): boolean {
  if (connection === undefined) return !isOld;
  return !CLOSE.test(connection) && (!isOld || KEEP_ALIVE.test(connection));
}

function timeoutOf(keepAlive: string): number | undefined {
  const seconds = TIMEOUT.exec(keepAlive)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

function isField(text: string, start: number, name: string): boolean {
  return text.startsWith(name, start) || text.slice(start, start + name.length).toLowerCase() === name;
}

/**
 * The value of a field line, without the spaces and tabs around it. `trim()` would take away characters that are no white
 * space in HTTP.
 *
 * @param colon where the name ends
 * @param lineEnd where its CRLF begins
 */
export function valueOf(text: string, colon: number, lineEnd: number): string {
  let start = colon + 1;
  let end = lineEnd;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (start < end && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isSpace(character: number): boolean {
  return character === 0x20 || character === 0x09;
}

/** Lines of one name are one list (RFC 9110, 5.3). */
function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}
