import { decodeBody } from './content-coding.js';
import { HttpFailure, type HttpResponse } from './http.js';
import { BodyUntilClose, LengthBody, type IncomingBody } from './incoming-body.js';
import { ChunkedBody } from './chunked.js';
import { headerOf, MAX_HEAD_BYTES, parseHead, type Framing, type Head } from './head.js';

const START_OF_HEAD = 'HTTP/1.';
const END_OF_HEAD = '\r\n\r\n';
/** Heads are decoded in pieces of this size, so that a body is not decoded with its head. Most heads fit in one. */
const TYPICAL_HEAD_BYTES = 1024;

/** Reads one response to a GET from a byte stream. It keeps no reference to the buffers that it is given. */
export class ResponseReader {
  readonly #maxBodyBytes: number;
  #partialHead = '';
  #head: Head | undefined;
  /** Set if the body does not arrive in one piece with the head. */
  #body: IncomingBody | undefined;
  #reusable = false;
  #hasInformational = false;

  /** @param maxBodyBytes limits a body, before and after decompression */
  constructor(maxBodyBytes: number) {
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** Whether any byte of the response has arrived. */
  get started(): boolean {
    return this.#head !== undefined || this.#partialHead !== '' || this.#hasInformational;
  }

  /** Whether the response is complete and the connection can carry another request. */
  get reusable(): boolean {
    return this.#reusable;
  }

  /** How long the server keeps an idle connection open, in seconds. Undefined if it does not say. */
  get keepAliveSeconds(): number | undefined {
    return this.#head?.keepAliveSeconds;
  }

  /**
   * Bytes after the response make its connection unusable. The response itself is valid, because its framing was clear.
   *
   * @returns the response, once it is complete
   * @throws {HttpFailure} `too-large`; {Error} if the response is malformed
   */
  push(bytes: Buffer): HttpResponse | undefined {
    let start = 0;
    while (this.#head === undefined) {
      const end = this.#readHead(bytes, start);
      if (end === undefined) return undefined;
      start = end;
    }
    return this.#readBody(this.#head, bytes, start);
  }

  /** Called when the server closes the connection. @returns the response, if its body ends with the connection */
  end(): HttpResponse | undefined {
    if (this.#head?.framing !== 'close' || this.#body === undefined) return undefined;
    return this.#complete(this.#head, this.#body.latin1);
  }

  /** @returns the response with a failed body; undefined if its head has not arrived */
  partialResponse(failure: HttpFailure): HttpResponse | undefined {
    return this.#head && new Http1Response(this.#head, { failure });
  }

  /** @returns the offset after the head; undefined if the head is incomplete */
  #readHead(bytes: Buffer, start: number): number | undefined {
    for (let at = start; at < bytes.length; at += TYPICAL_HEAD_BYTES) {
      const before = this.#partialHead;
      const text = before + bytes.toString('latin1', at, at + TYPICAL_HEAD_BYTES);
      const end = text.indexOf(END_OF_HEAD, before.length - END_OF_HEAD.length);
      if (end !== -1) {
        this.#partialHead = '';
        this.#endHead(text.slice(0, end + 2));
        return at + end + END_OF_HEAD.length - before.length;
      }
      if (text.length >= MAX_HEAD_BYTES) throw new Error('The response head is too large.');
      if (!text.startsWith(START_OF_HEAD.slice(0, text.length)))
        throw new Error('The response is not HTTP/1.');
      this.#partialHead = text;
    }
    return undefined;
  }

  #endHead(text: string): void {
    if (text.length + 2 > MAX_HEAD_BYTES) throw new Error('The response head is too large.');
    const head = parseHead(text);
    if (head.status === 101) throw new Error('The server switched protocols without being asked.');
    // Informational responses precede the final response (RFC 9110, 15.2).
    if (head.status >= 200) this.#head = head;
    else this.#hasInformational = true;
  }

  #readBody(head: Head, bytes: Buffer, start: number): HttpResponse | undefined {
    const { framing } = head;
    if (this.#body === undefined && typeof framing === 'number') {
      if (framing > this.#maxBodyBytes) throw new HttpFailure('too-large', undefined);
      // Most responses arrive in one piece.
      const end = start + framing;
      if (end <= bytes.length) {
        this.#reusable = head.persistent && end === bytes.length;
        return this.#complete(head, bytes.toString('latin1', start, end));
      }
    }
    this.#body ??= incomingBody(framing, this.#maxBodyBytes);
    const end = this.#body.push(bytes, start);
    if (end === undefined) return undefined;
    this.#reusable = head.persistent && end === bytes.length;
    return this.#complete(head, this.#body.latin1);
  }

  #complete(head: Head, latin1: string): HttpResponse {
    return new Http1Response(head, decodeBody(latin1, head.coding, this.#maxBodyBytes));
  }
}

function incomingBody(framing: Framing, maxBytes: number): IncomingBody {
  switch (framing) {
    case 'chunked':
      return new ChunkedBody(maxBytes);
    case 'close':
      return new BodyUntilClose(maxBytes);
    default:
      return new LengthBody(framing);
  }
}

class Http1Response implements HttpResponse {
  readonly status: number;
  readonly body: HttpResponse['body'];
  readonly #head: Head;

  constructor(head: Head, body: HttpResponse['body']) {
    this.status = head.status;
    this.body = body;
    this.#head = head;
  }

  header(name: string): string | undefined {
    return headerOf(this.#head, name);
  }
}
