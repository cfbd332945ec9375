import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HttpFailure, type HttpResponse } from '../../../src/lib/http1/http1-client.js';
import { ResponseReader } from '../../../src/lib/http1/response-reader.js';
import { codePoint } from './code-point.js';

const MAX_BODY_BYTES = 1000;
const MAX_HEAD_BYTES = 64 * 1024;

const ENDLESS_HEAD = `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(MAX_HEAD_BYTES)}`;

/** A parsed response. */
interface Outcome {
  readonly status?: number;
  readonly text?: string;
  readonly failure?: string;
}

/** Reads a response in pieces, after which the server closes the connection. */
function read(...pieces: readonly (Buffer | string)[]): { outcome: Outcome; reader: ResponseReader } {
  const reader = new ResponseReader(MAX_BODY_BYTES);
  try {
    for (const piece of pieces) {
      const bytes = Buffer.from(piece as string, 'latin1');
      const response = reader.push(bytes);
      // The client reuses the buffer for the next bytes.
      bytes.fill('?');
      if (response !== undefined) return { outcome: outcomeOf(response), reader };
    }
    const response = reader.end();
    if (response !== undefined) return { outcome: outcomeOf(response), reader };
    throw new Error('The connection closed.');
  } catch (error) {
    const failure = error instanceof HttpFailure ? error : new HttpFailure('broken', error);
    const response = reader.partialResponse(failure);
    return { outcome: response === undefined ? { failure: failure.kind } : outcomeOf(response), reader };
  }
}

function outcomeOf({ status, body }: HttpResponse): Outcome {
  return 'latin1' in body ? { status, text: body.latin1 } : { status, failure: body.failure.kind };
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const GZIPPED = gzipSync('abc').toString('latin1');

/** Responses with the body "abc" that leave the connection open. */
const REUSABLE = [
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 200 \r\ncontent-length:\t003 \t\r\n\r\nabc',
  'HTTP/1.1 200 D\xe9j\xe0 vu\r\nContent-Length: 3\r\nX-Empty:\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive, closed\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: 3, 3 ,3\r\n\r\nabc',
  'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 3\r\n\r\nabc',
  `${CHUNKED}3\r\nabc\r\n0\r\n\r\n`,
  `${CHUNKED}1\r\na\r\n0002;x="y"\r\nbc\r\n000 ; last\r\nX-Sum: 1\r\nX-Other:\r\n\r\n`,
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Encoding: it\r\n\r\nabc',
  `HTTP/1.1 200 OK\r\nContent-Encoding: GZip\r\nContent-Length: ${GZIPPED.length}\r\n\r\n${GZIPPED}`,
];

/** Responses with the body "abc" after which the connection cannot be reused. */
const LAST = [
  'HTTP/1.1 200 OK\r\n\r\nabc',
  'HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: Close\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: upgrade\r\nConnection: x,\tclose\r\n\r\nabc',
  'HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n',
  `${CHUNKED}3\r\nabc\r\n0\r\n\r\n\r\n`,
];

const MALFORMED = [
  '',
  'HTTP/2 200\r\n\r\n',
  'HTTP/1.1 20\r\n\r\n',
  'HTTP/1.1 099 No\r\n\r\n',
  'HTTP/1.1 2000 OK\r\n\r\n',
  'HTTP/1.1  200 OK\r\n\r\n',
  ' HTTP/1.1 200 OK\r\n\r\n',
  '\r\nHTTP/1.1 200 OK\r\n\r\n',
  'HTTP/1.1 200 OK\n\n',
  'HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n',
  'HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n',
  'HTTP/1.1 200 OK\r\nA: b\0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n',
  'HTTP/1.1 200 OK\r\n : b\r\n\r\n',
  'HTTP/1.1 200 OK\r\nA : b\r\n\r\n',
  'HTTP/1.1 200 OK\r\nA\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: 3;\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: \xa03\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: 3,\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\nabc',
  'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
];

const BROKEN_BODIES = [
  'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc',
  `${CHUNKED}3\r\nabc\r\n`,
  `${CHUNKED}3\r\nabc\r\n0\r\n`,
  `${CHUNKED}3\r\nabcd\r\n0\r\n\r\n`,
  `${CHUNKED}3\r\nab\r\n0\r\n\r\n`,
  `${CHUNKED}3\nabc\n0\n\n`,
  `${CHUNKED}\r\n0\r\n\r\n`,
  `${CHUNKED}-3\r\nabc\r\n0\r\n\r\n`,
  `${CHUNKED}0x3\r\nabc\r\n0\r\n\r\n`,
  `${CHUNKED}3 \r\nabc\r\n0\r\n\r\n`,
  `${CHUNKED}3;\0\r\nabc\r\n0\r\n\r\n`,
  `${CHUNKED}00000000000000003\r\nabc\r\n0\r\n\r\n`,
  `${CHUNKED}3\r\nabc\r\n0\r\nNo Token: 1\r\n\r\n`,
  `${CHUNKED}3;${'x'.repeat(MAX_HEAD_BYTES)}\r\nabc\r\n0\r\n\r\n`,
  `${CHUNKED}${`1;${'x'.repeat(500)}\r\na\r\n`.repeat(200)}0\r\n\r\n`,
  `${CHUNKED}0\r\n${`A: ${'x'.repeat(500)}\r\n`.repeat(200)}\r\n`,
];

const UNDECODABLE = [
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Encoding: gzip\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Encoding: identity\r\nContent-Encoding: zstd\r\n\r\nabc',
];

const TOO_LARGE = [
  `HTTP/1.1 200 OK\r\nContent-Length: ${MAX_BODY_BYTES + 1}\r\n\r\n`,
  `HTTP/1.1 200 OK\r\nContent-Length: ${'9'.repeat(400)}\r\n\r\n`,
  `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(MAX_BODY_BYTES + 1)}`,
  `${CHUNKED}ffffffffffffffff\r\n`,
  `${CHUNKED}1f4\r\n${'x'.repeat(500)}\r\n1f5\r\n`,
  `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n${gzipSync('x'.repeat(MAX_BODY_BYTES + 1)).toString('latin1')}`,
];

function titled(responses: readonly string[]): [string, string][] {
  return responses.map((bytes) => [JSON.stringify(bytes).slice(0, 150), bytes]);
}

describe('ResponseReader', () => {
  test.each(titled(REUSABLE))('reads %s and allows another request', (_title, bytes) => {
    const { outcome, reader } = read(bytes);
    expect(outcome).toEqual({ status: 200, text: 'abc' });
    expect(reader.reusable).toBe(true);
  });

  test.each(titled(LAST))('reads %s and allows no other request', (_title, bytes) => {
    const { outcome, reader } = read(bytes);
    expect(outcome).toEqual({ status: 200, text: 'abc' });
    expect(reader.reusable).toBe(false);
  });

  test.each(titled(MALFORMED))('rejects %s', (_title, bytes) => {
    const { outcome, reader } = read(bytes);
    expect(outcome).toEqual({ failure: 'broken' });
    expect(reader.reusable).toBe(false);
  });

  test.each(titled(UNDECODABLE))('reports an undecodable body for %s', (_title, bytes) => {
    const { outcome, reader } = read(bytes);
    expect(outcome).toEqual({ status: 200, failure: 'undecodable' });
    expect(reader.reusable).toBe(true);
  });

  test.each(titled(BROKEN_BODIES))('reports a broken body for %s', (_title, bytes) => {
    const { outcome, reader } = read(bytes);
    expect(outcome).toEqual({ status: 200, failure: 'broken' });
    expect(reader.reusable).toBe(false);
  });

  test.each(titled(TOO_LARGE))('reports a body that is too large for %s', (_title, bytes) => {
    const { outcome, reader } = read(bytes);
    expect(outcome).toEqual({ status: 200, failure: 'too-large' });
    expect(reader.reusable).toBe(false);
  });

  test.each([204, 304])('reads no body after status %i', (status) => {
    for (const framing of ['Content-Length: 3', 'Transfer-Encoding: chunked', 'X: y']) {
      const { outcome, reader } = read(`HTTP/1.1 ${status} It\r\n${framing}\r\n\r\n`);
      expect(outcome).toEqual({ status, text: '' });
      expect(reader.reusable).toBe(true);
    }
  });

  test('accepts a head and a body of exactly the maximum size', () => {
    const body = 'x'.repeat(MAX_BODY_BYTES);
    const start = `HTTP/1.1 200 OK\r\nContent-Length: ${MAX_BODY_BYTES}\r\nX: `;
    const fill = 'y'.repeat(MAX_HEAD_BYTES - start.length - '\r\n\r\n'.length);
    expect(read(`${start}${fill}\r\n\r\n${body}`).outcome).toEqual({ status: 200, text: body });
    expect(read(`${start}${fill}y\r\n\r\n${body}`).outcome).toEqual({ failure: 'broken' });
    expect(read(`${start}${fill}y`, 'y').outcome).toEqual({ failure: 'broken' });
  });

  test('rejects a head as soon as it is malformed or too large', () => {
    expect(() => new ResponseReader(MAX_BODY_BYTES).push(Buffer.from('SSH-2.0'))).toThrow('not HTTP');
    expect(() => new ResponseReader(MAX_BODY_BYTES).push(Buffer.from(ENDLESS_HEAD))).toThrow('too large');
  });

  test('returns the first header of a name, ignoring case and surrounding white space', () => {
    const head =
      'HTTP/1.1 200 OK\r\nETags: 1\r\neTAG: \t W/"5" \r\nETag: "6"\r\nEmpty:\r\nUmlaut: \xfc\r\n\r\n';
    const reader = new ResponseReader(MAX_BODY_BYTES);
    reader.push(Buffer.from(head, 'latin1'));
    const response = reader.end();
    expect(
      ['etag', 'empty', 'umlaut', 'tag', 'http/1.1 200 ok'].map((name) => response?.header(name)),
    ).toEqual(['W/"5"', '', '\xfc', undefined, undefined]);
  });

  test.each([
    ['timeout=5', 5],
    ['max=100, Timeout=60', 60],
    ['timeout=soon', undefined],
    ['nottimeout=5', undefined],
  ])('reads the timeout of `Keep-Alive: %s`', (value, seconds) => {
    const { reader } = read(`HTTP/1.1 204 It\r\nKeep-Alive: ${value}\r\n\r\n`);
    expect(reader.keepAliveSeconds).toBe(seconds);
  });
});

describe('ResponseReader, for any bytes', () => {
  const responses = fc.constantFrom(...REUSABLE, ...LAST, ...MALFORMED, ...BROKEN_BODIES, ...TOO_LARGE);
  const flaws = fc.array(
    fc.record({
      at: fc.nat(300),
      removed: fc.nat(3),
      added: fc.constantFrom('', '\r', '\n', '\r\n', '0', ':', '\0', 'é'),
    }),
    { maxLength: 3 },
  );
  const bytes = fc.oneof(
    fc.tuple(responses, flaws).map(([response, all]) => all.reduce(withFlaw, response)),
    fc.string({ unit: codePoint }).map((text) => `HTTP/1.1 200 OK\r\n${text}`),
    fc.uint8Array({ maxLength: 300 }).map((random) => Buffer.from(random).toString('latin1')),
  );

  test('gives the same outcome in pieces of any size', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (text, sizes) => {
        const whole = Buffer.from(text, 'latin1');
        expect(read(...cut(whole, sizes)).outcome).toEqual(read(whole).outcome);
      }),
      { numRuns: process.env['CI'] === 'true' ? 2000 : 600 },
    );
  });

  test('gives the same outcome byte by byte', () => {
    for (const text of [...REUSABLE, ...LAST, ...MALFORMED, ...BROKEN_BODIES, ...TOO_LARGE, ENDLESS_HEAD]) {
      const whole = Buffer.from(text, 'latin1');
      expect(read(...cut(whole, [1])).outcome).toEqual(read(whole).outcome);
    }
  });
});

function withFlaw(
  text: string,
  { at, removed, added }: { at: number; removed: number; added: string },
): string {
  return text.slice(0, at) + added + text.slice(at + removed);
}

/** Cuts bytes into pieces of the given sizes, which repeat. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += pieces.at(-1)!.length) {
    pieces.push(bytes.subarray(start, start + sizes[pieces.length % sizes.length]!));
  }
  return pieces;
}
