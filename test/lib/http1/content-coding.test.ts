import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { decodeBody } from '../../../src/lib/http1/http1-client.js';

const TEXT = 'Zürich '.repeat(20);
const MAX_BYTES = Buffer.byteLength(TEXT);

const latin1 = (bytes: Buffer) => bytes.toString('latin1');
const decoded = { latin1: latin1(Buffer.from(TEXT)) };
const gzip = (times: number) =>
  Array.from({ length: times }).reduce<Buffer>((bytes) => gzipSync(bytes), Buffer.from(TEXT));

/** The failure of a body, with the reason. */
function failureOf(body: string, codings: string, maxBytes = 10 * MAX_BYTES): readonly unknown[] {
  const result = decodeBody(body, codings, maxBytes);
  if (!('failure' in result)) return ['decoded'];
  return [result.failure.kind, (result.failure.cause as Error).message];
}

describe('decodeBody', () => {
  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['X-GZip', gzipSync],
    ['gzip;q=1', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
  ])('decodes %s, up to exactly the limit', (coding, encode) => {
    const body = latin1(encode(Buffer.from(TEXT)));
    expect(decodeBody(body, coding, MAX_BYTES)).toEqual(decoded);
    expect(failureOf(body, coding, MAX_BYTES - 1)[0]).toBe('too-large');
  });

  test('undoes several codings in reverse order', () => {
    const body = latin1(brotliCompressSync(gzipSync(TEXT)));
    expect(decodeBody(body, 'gzip, br', MAX_BYTES)).toEqual(decoded);
    expect(failureOf(body, 'br, gzip')[0]).toBe('undecodable');
  });

  test('decodes five codings, and no more', () => {
    expect(decodeBody(latin1(gzip(5)), 'gzip,gzip,gzip,gzip,gzip', 10 * MAX_BYTES)).toEqual(decoded);
    expect(failureOf(latin1(gzip(6)), 'gzip,gzip,gzip,gzip,gzip,gzip')).toEqual([
      'undecodable',
      'The body has too many content codings.',
    ]);
  });

  test.each([undefined, '', 'identity', 'utf-8', ';gzip', 'none, identity'])(
    'returns the body as it is for %j',
    (codings) => {
      expect(decodeBody('abc\xff', codings, 1000)).toEqual({ latin1: 'abc\xff' });
    },
  );

  test('returns an empty body as it is', () => {
    expect(decodeBody('', 'gzip', 1000)).toEqual({ latin1: '' });
    expect(decodeBody('', 'zstd', 1000)).toEqual({ latin1: '' });
  });

  test.each(['zstd', 'compress', 'x-compress', 'gzip, dcb'])('cannot decode %s', (codings) => {
    expect(failureOf('abc', codings)).toEqual([
      'undecodable',
      `The content coding ${codings.split(', ').at(-1)} cannot be decoded.`,
    ]);
  });

  test.each(['gzip', 'deflate', 'br'])('reports a body that is not %s', (coding) => {
    expect(failureOf('abc', coding)[0]).toBe('undecodable');
  });
});
