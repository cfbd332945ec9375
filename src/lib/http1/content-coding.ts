import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { HttpFailure, type HttpResponse } from './http.js';

/** Undoes one coding. `maxBytes` is the most that may come of it. */
type Decoder = (bytes: Buffer, maxBytes: number) => Buffer;

const gunzip: Decoder = (bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength });

const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', (bytes, maxOutputLength) => brotliDecompressSync(bytes, { maxOutputLength })],
]);

/** The other codings of IANA's registry, `identity` excepted. Node.js 20 decodes none of them. */
const UNREADABLE: ReadonlySet<string> = new Set(
  'aes128gcm compress x-compress dcb dcz exi pack200-gzip zstd'.split(' '),
);

/** More codings than this are an attempt to keep the processor busy. */
const MAX_CODINGS = 5;

/**
 * Decodes a body that has arrived whole. Clients ask for no compression, but servers and proxies compress all the same.
 *
 * A name that is no registered coding, such as `utf-8`, is ignored: servers that send it mean the charset, and have not
 * coded anything.
 *
 * @param latin1 its bytes, a character for each
 * @param codings the value of `Content-Encoding`: a list in the order in which the codings were applied (RFC 9110, 8.4)
 * @param maxBytes the most that it may decompress to, after each coding
 * @returns the failure `too-large` or `undecodable` where there is no decoded body
 */
export function decodeBody(
  latin1: string,
  codings: string | undefined,
  maxBytes: number,
): HttpResponse['body'] {
  // A 304 can name the coding of the body that it leaves out.
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

/** In the order in which they are to be applied: the coding that was applied last is undone first. */
function decodersOf(codings: string): readonly Decoder[] {
  const decoders = codings.split(',').flatMap((item): readonly Decoder[] => {
    const coding = /^[^;]*/.exec(item)?.[0].trim().toLowerCase() ?? '';
    if (UNREADABLE.has(coding)) throw new Error(`The content coding ${coding} cannot be decoded.`);
    const decoder = DECODERS.get(coding);
    return decoder === undefined ? [] : [decoder];
  });
  if (decoders.length > MAX_CODINGS) throw new Error('The body has too many content codings.');
  return decoders.reverse();
}

/** Some servers leave out the zlib wrapper that `deflate` stands for (RFC 9110, 8.4.1.2). */
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
