import type { HttpHeaders, HttpRequest } from './http.js';

const PATH = /^\/[\x21-\x7e]*$/;
/** A token (RFC 9110, 5.6.2). */
const NAME = /^[!#$%&'*+\-.^_`|~\da-zA-Z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Serializes requests to one server. It rejects whatever a server could read as anything but that one request. */
export class RequestWriter {
  readonly #requestLineStart: string;
  readonly #connectionLines: string;
  /** The headers that were shared by the last request. Not a `WeakMap` of all: such tables make young collections expensive. */
  #shared: { readonly headers: HttpHeaders; readonly lines: string } | undefined;

  constructor({ host, pathname }: URL) {
    this.#requestLineStart = `GET ${pathname.replace(/\/+$/, '')}`;
    // HTTP/1.0 servers close the connection without this (RFC 9112, 9.3).
    this.#connectionLines = ` HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  }

  /**
   * @returns a request without a body, as Latin-1
   * @throws {TypeError} if the request is not a GET, or is malformed
   */
  write({ method, path, sharedHeaders, headers, body }: HttpRequest): string {
    if (method !== 'GET' || body !== undefined)
      throw new TypeError('This client sends only GET requests without a body.');
    if (!PATH.test(path))
      throw new TypeError('The request path is not a slash followed by visible ASCII characters.');
    return `${this.#requestLineStart}${path}${this.#linesOfShared(sharedHeaders)}${linesOf(headers)}\r\n`;
  }

  #linesOfShared(headers: HttpHeaders): string {
    if (this.#shared?.headers !== headers) {
      this.#shared = { headers, lines: this.#connectionLines + linesOf(headers) };
    }
    return this.#shared.lines;
  }
}

function linesOf(headers: HttpHeaders): string {
  let lines = '';
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (!NAME.test(name) || !VALUE.test(value)) {
      // Without the value, which may be a secret.
      throw new TypeError(`The header ${JSON.stringify(name)} has an invalid name or value.`);
    }
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}
