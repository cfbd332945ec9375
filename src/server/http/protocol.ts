import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestError } from '../../operations/request-error.js';
import { reject } from './errors.js';

/**
 * Fastify's `onRequest` hook: rejects, in the common error format, what Node.js would otherwise reject without a body.
 */
export function rejectUnsupported(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const error = protocolError(request);
  if (error === undefined) done();
  else reject(request, reply, error);
}

const MAX_HEADERS = 100;

/** Node.js drops headers after the 2,000th. */
export function tooManyHeaders({ rawHeaders }: IncomingMessage): RequestError | undefined {
  if (rawHeaders.length <= 2 * MAX_HEADERS) return undefined;
  return new RequestError(431, `The request has more than ${MAX_HEADERS} headers. No more are allowed.`, {
    headers: { connection: 'close' },
  });
}

function protocolError({ raw, headers }: FastifyRequest): RequestError | undefined {
  const { httpVersion } = raw;
  const { host, expect, 'transfer-encoding': transferEncoding } = headers;
  const isHttp11 = httpVersion === '1.1';
  // RFC 9112, 3.2
  if (isHttp11 && host === undefined) {
    return new RequestError(400, 'The request has no `Host` header.', { headers: { connection: 'close' } });
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
  return tooManyHeaders(raw);
}
