import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { bytesOf } from './body.js';
import { HttpFailure, type HttpResponse } from './http.js';

/**
 * A body that has come whole, as it was before it was coded.
 *
 * @param octets its bytes, a character for each
 * @param coding the value of `Content-Encoding`
 * @param maxBytes the most that it may decompress to
 */
export function decodeBody(
  octets: string,
  coding: string | undefined,
  maxBytes: number,
): HttpResponse['body'] {
  // A 304 can name the coding of the body that it leaves out.
  if (octets === '') return { octets };
  try {
    return { octets: decompressed(octets, coding, maxBytes) };
  } catch (error) {
    const { code } = error as { code?: unknown };
    return { failure: new HttpFailure(code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'broken', error) };
  }
}

/** Nobody asked for compression; a server may compress all the same. */
function decompressed(octets: string, coding: string | undefined, maxOutputLength: number): string {
  switch (coding?.toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return octets;
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(bytesOf(octets), { maxOutputLength }).toString('latin1');
    case 'deflate':
      return inflateSync(bytesOf(octets), { maxOutputLength }).toString('latin1');
    case 'br':
      return brotliDecompressSync(bytesOf(octets), { maxOutputLength }).toString('latin1');
    default:
      throw new Error(`The content coding ${String(coding)} is not known.`);
  }
}
