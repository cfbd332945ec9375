import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { HttpFailure, type HttpResponse } from './http.js';

/**
 * A body that has come whole, as it was before it was coded.
 *
 * @param coding the value of `Content-Encoding`
 * @param maxBytes the most that it may decompress to
 */
export function decodeBody(
  bytes: Buffer,
  coding: string | undefined,
  maxBytes: number,
): HttpResponse['body'] {
  // A 304 can name the coding of the body that it leaves out.
  if (bytes.length === 0) return { bytes };
  try {
    return { bytes: decompressed(bytes, coding, maxBytes) };
  } catch (error) {
    const { code } = error as { code?: unknown };
    return { failure: new HttpFailure(code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'broken', error) };
  }
}

/** Nobody asked for compression; a server may compress all the same. */
function decompressed(bytes: Buffer, coding: string | undefined, maxOutputLength: number): Buffer {
  switch (coding?.toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return bytes;
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(bytes, { maxOutputLength });
    case 'deflate':
      return inflateSync(bytes, { maxOutputLength });
    case 'br':
      return brotliDecompressSync(bytes, { maxOutputLength });
    default:
      throw new Error(`The content coding ${String(coding)} is not known.`);
  }
}
