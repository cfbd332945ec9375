import { STATUS_CODES, validateHeaderValue } from 'node:http';
import type { JsonAnswer } from '../exchange.js';

export interface AnswerOptions {
  /** Whether the connection ends with it. */
  readonly isLast: boolean;
  /** For how long a connection is kept without a request. */
  readonly keepAliveSeconds: number;
}

/** An answer as it goes out, as text and its encoding. */
export interface WrittenAnswer {
  readonly text: string;
  readonly encoding: 'latin1' | 'utf8';
}

/** Writes an answer (RFC 9112, 6.3) with the fields that Node.js' own server gives to each. */
export function writeAnswer(
  { status, contentType, body, headers }: JsonAnswer,
  { isLast, keepAliveSeconds }: AnswerOptions,
): WrittenAnswer {
  const length = Buffer.byteLength(body);
  const connection = isLast ? 'close' : `keep-alive\r\nKeep-Alive: timeout=${keepAliveSeconds}`;
  // Text of one byte a character is written without being encoded.
  const encoding = length === body.length ? 'latin1' : 'utf8';
  return {
    text: `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: ${contentType}\r\ncontent-length: ${length}\r\naccess-control-allow-origin: *\r\n${linesOf(headers)}Date: ${date()}\r\nConnection: ${connection}\r\n\r\n${body}`,
    encoding,
  };
}

function linesOf(headers: JsonAnswer['headers']): string {
  let lines = '';
  for (const [name, value] of Object.entries(headers ?? {})) {
    validateHeaderValue(name, value);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

let today: string | undefined;

/** Now, as `Date` has it (RFC 9110, 6.6.1), made once a second. */
function date(): string {
  if (today === undefined) {
    today = new Date().toUTCString();
    setTimeout(() => (today = undefined), 1000 - (Date.now() % 1000)).unref();
  }
  return today;
}
