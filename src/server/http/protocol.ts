import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestError } from '../../operations/request/request-error.js';
import { reject } from './errors.js';

/**
 * Fastify's `onRequest` hook: rejects, in the common error format, what Node.js would otherwise reject without a body.
 */
export function rejectUnsupported(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const error = protocolError(request.raw);
  if (error === undefined) done();
  else reject(request, reply, error);
}

/** RFC 9112, 3.2, and RFC 3986, 3.2.2 and 3.2.3 */
const HOST = /^(?:\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?$/i;
/** Nearly all requests have the same one. */
let lastValidHost: string | undefined;

function isValidHost(host: string): boolean {
  if (host === lastValidHost) return true;
  if (!HOST.test(host)) return false;
  lastValidHost = host;
  return true;
}

/** What every request, an upgrade included, is rejected for before its path matters. */
export function protocolError(request: IncomingMessage): RequestError | undefined {
  const { httpVersion, headers } = request;
  const { host, expect, 'transfer-encoding': transferEncoding } = headers;
  const isHttp11 = httpVersion === '1.1';
  if (!isHttp11 && httpVersion !== '1.0') return unsupportedVersion();
  // RFC 9112, 3.2
  if (isHttp11 && host === undefined) {
    return new RequestError(400, 'The request has no `Host` header.', { headers: { connection: 'close' } });
  }
  // Several have been joined to one that is not valid.
  if (host !== undefined && !isValidHost(host)) {
    return new RequestError(400, 'The `Host` header is not valid. Send one, with a name and a port.', {
      headers: { connection: 'close' },
    });
  }
  // RFC 9110, 10.1.1: an expectation of an HTTP/1.0 client is ignored.
  if (isHttp11 && expect !== undefined && expect.toLowerCase() !== '100-continue') {
    return new RequestError(417, 'The only `Expect` header that is supported is `100-continue`.');
  }
  // RFC 9112, 6.1. Node.js decodes `chunked` and passes the other codings on.
  if (transferEncoding !== undefined && transferEncoding.toLowerCase() !== 'chunked') {
    return new RequestError(501, 'The only `Transfer-Encoding` that is supported is `chunked`.', {
      headers: { connection: 'close' },
    });
  }
  return tooManyHeaders(request);
}

const MAX_HEADERS = 100;

/** Node.js drops headers after the 2,000th. */
function tooManyHeaders({ rawHeaders }: IncomingMessage): RequestError | undefined {
  if (rawHeaders.length <= 2 * MAX_HEADERS) return undefined;
  return new RequestError(431, `The request has more than ${MAX_HEADERS} headers. No more are allowed.`, {
    headers: { connection: 'close' },
  });
}

/** RFC 9110, 15.6.6 */
export function unsupportedVersion(): RequestError {
  return new RequestError(505, 'The version of HTTP is not supported. Use HTTP/1.1.', {
    headers: { connection: 'close' },
  });
}
