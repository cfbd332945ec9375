import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { HttpFailure, type HttpResponse } from './http.js';

/** Undoes one coding. Fails if the result has more than `maxBytes`. */
type Decoder = (bytes: Buffer, maxBytes: number) => Buffer;

const gunzip: Decoder = (bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength });

const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', (bytes, maxOutputLength) => brotliDecompressSync(bytes, { maxOutputLength })],
]);

/** The other codings in IANA's registry except `identity`. Node.js 20 cannot decode them. */
const UNSUPPORTED: ReadonlySet<string> = new Set(
  'aes128gcm compress x-compress dcb dcz exi pack200-gzip zstd'.split(' '),
);

/** Bounds the CPU time that a response can take. */
const MAX_CODINGS = 5;

/**
 * Decodes a complete body. Clients ask for no compression, but some servers and proxies compress anyway.
 *
 * Names that are not registered codings, such as `utf-8`, are ignored: servers send them by mistake with bodies that are
 * not encoded.
 *
 * @param latin1 the encoded body
 * @param codings the value of `Content-Encoding`: the codings in the order in which they were applied (RFC 9110, 8.4)
 * @param maxBytes limits the result of each coding
 * @returns the decoded body, or the failure `too-large` or `undecodable`
 */
export function decodeBody(
  latin1: string,
  codings: string | undefined,
  maxBytes: number,
): HttpResponse['body'] {
  // A 304 may name the coding of the body that it omits.
  if (latin1 === '' || codings === undefined) return { latin1 };
  try {
    const decoders = decodersOf(codings);
    if (decoders.length === 0) return { latin1 };
    return {
      latin1: decoders
        .reduce<Buffer>((bytes, decode) => decode(bytes, maxBytes), Buffer.from(latin1, 'latin1'))
        .toString('latin1'),
    };
  } catch (error) {
    return { failure: new HttpFailure(isTooLarge(error) ? 'too-large' : 'undecodable', error) };
  }
}

/** The coding that was applied last is undone first. */
function decodersOf(codings: string): readonly Decoder[] {
  const decoders = codings.split(',').flatMap((item): readonly Decoder[] => {
    const coding = /^[^;]*/.exec(item)?.[0].trim().toLowerCase() ?? '';
    if (UNSUPPORTED.has(coding)) throw new Error(`The content coding ${coding} cannot be decoded.`);
    const decoder = DECODERS.get(coding);
    return decoder === undefined ? [] : [decoder];
  });
  if (decoders.length > MAX_CODINGS) throw new Error('The body has too many content codings.');
  return decoders.reverse();
}

/** Some servers omit the zlib wrapper of `deflate` (RFC 9110, 8.4.1.2). */
function inflate(bytes: Buffer, maxOutputLength: number): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength });
  } catch (error) {
    if (isTooLarge(error)) throw error;
    return inflateRawSync(bytes, { maxOutputLength });
  }
}

function isTooLarge(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
}
