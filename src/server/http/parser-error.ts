import { RequestError } from '../../operations/request/request-error.js';
import { unsupportedVersion } from './protocol.js';

export interface ParserError extends NodeJS.ErrnoException {
  readonly reason?: string;
  /** The bytes in which the error is, and how many of them come before it. */
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

/** The error for a request that Node.js could not parse, or that has not arrived in time. */
export function parserError(error: ParserError): RequestError {
  if (hasUnknownMethod(error)) return new RequestError(501, 'The method of the request is not supported.');
  switch (error.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      // RFC 9110, 15.5.9: the client may repeat it.
      return new RequestError(408, 'The request did not arrive in time. Nothing was done.', {
        retryAfterSeconds: 0,
      });
    case 'HPE_HEADER_OVERFLOW':
      return new RequestError(
        431,
        'The request line and the headers are too large. Together at most 16 KiB are allowed.',
      );
    case 'HPE_INVALID_VERSION':
    case 'HPE_PAUSED_H2_UPGRADE':
      return unsupportedVersion();
    default:
      return new RequestError(400, 'The request is not valid HTTP/1.1.');
  }
}

/** RFC 9110, 9.1 and 5.6.2. What does not begin with a word, such as a TLS handshake, has no method. */
const METHOD = /^[!#$%&'*+.^`|~\w-]+ /;

function hasUnknownMethod({ code, reason, rawPacket, bytesParsed = 0 }: ParserError): boolean {
  const isAboutMethod =
    code === 'HPE_INVALID_METHOD' ||
    (code === 'HPE_INVALID_CONSTANT' && reason?.startsWith('Invalid method'));
  if (!isAboutMethod || rawPacket === undefined) return false;
  const start = bytesParsed === 0 ? 0 : rawPacket.lastIndexOf('\n', bytesParsed - 1) + 1;
  return METHOD.test(rawPacket.toString('latin1', start, start + MAX_METHOD_LENGTH));
}

const MAX_METHOD_LENGTH = 100;
