import type { HttpHeaders, HttpRequest } from './http.js';

const PATH = /^\/[\x21-\x7e]*$/;
/** A token (RFC 9110, 5.6.2). */
const NAME = /^[!#$%&'*+\-.^_`|~\da-zA-Z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Writes the requests to one server. What could be read as anything but one request is refused. */
export class RequestWriter {
  readonly #start: string;
  readonly #server: string;
  readonly #sharedHeaders = new WeakMap<HttpHeaders, string>();

  /** @param base what the paths of requests are relative to */
  constructor({ host, pathname }: URL) {
    this.#start = `GET ${pathname.replace(/\/+$/, '')}`;
    // A server of HTTP/1.0 closes the connection unless it is asked not to (RFC 9112, 9.3).
    this.#server = ` HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  }

  /**
   * @returns a request without a body; one byte for each character (Latin-1)
   * @throws {TypeError} where it is none that a server would read as it was meant
   */
  write({ method, path, sharedHeaders, headers, body }: HttpRequest): string {
    if (method !== 'GET' || body !== undefined) throw new TypeError('This client carries GET only.');
    if (!PATH.test(path)) throw new TypeError('The path of a request is not in visible ASCII.');
    return `${this.#start}${path}${this.#sharedHeadersLines(sharedHeaders)}${linesOf(headers)}\r\n`;
  }

  #sharedHeadersLines(sharedHeaders: HttpHeaders): string {
    let lines = this.#sharedHeaders.get(sharedHeaders);
    if (lines === undefined) {
      lines = this.#server + linesOf(sharedHeaders);
      this.#sharedHeaders.set(sharedHeaders, lines);
    }
    return lines;
  }
}

function linesOf(fields: HttpHeaders): string {
  let lines = '';
  for (const name in fields) {
    const value = fields[name] ?? '';
    if (!NAME.test(name) || !VALUE.test(value)) {
      // Not the value, which may be a secret.
      throw new TypeError(`The header field ${JSON.stringify(name)} cannot be sent.`);
    }
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}
