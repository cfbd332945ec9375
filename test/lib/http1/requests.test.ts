import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { HttpRequest } from '../../../src/lib/http1/http1-client.js';
import { RequestWriter } from '../../../src/lib/http1/request-writer.js';
import { codePoint } from './code-point.js';
import { Cancellation } from './cancellation.js';

const cancellation = new Cancellation();

function write(request: Partial<HttpRequest>, base = 'http://127.0.0.1:8080/v1'): string {
  const writer = new RequestWriter(new URL(base));
  return writer.write({
    method: 'GET',
    path: '/it',
    sharedHeaders: {},
    headers: {},
    cancellation,
    ...request,
  });
}

describe('RequestWriter', () => {
  test('writes a request line, shared headers, own headers, and an empty line', () => {
    const sharedHeaders = { accept: 'application/json', authorization: 'Bearer \xfc' };
    expect(
      write({ path: '/it?a=%20&b[]=|', sharedHeaders, headers: { 'if-none-match': '"5"', empty: '' } }),
    ).toBe(
      'GET /v1/it?a=%20&b[]=| HTTP/1.1\r\n' +
        'host: 127.0.0.1:8080\r\nconnection: keep-alive\r\n' +
        'accept: application/json\r\nauthorization: Bearer \xfc\r\n' +
        'if-none-match: "5"\r\nempty: \r\n\r\n',
    );
  });

  test('caches shared headers by object', () => {
    const writer = new RequestWriter(new URL('http://it/'));
    const request = { method: 'GET', path: '/', headers: {}, cancellation } as const;
    const tokens = ['a', 'b', 'a'].map((authorization) => ({ authorization }));
    const written = [...tokens, ...tokens].map((sharedHeaders) =>
      writer.write({ ...request, sharedHeaders }),
    );
    expect(written.map((text) => /authorization: (.*)\r\n/.exec(text)?.[1])).toEqual([
      'a',
      'b',
      'a',
      'a',
      'b',
      'a',
    ]);
  });

  test.each([
    ['http://API.example', 'GET /it', 'host: api.example\r\n'],
    ['http://api.example:80/', 'GET /it', 'host: api.example\r\n'],
    ['https://api.example:443/v1/', 'GET /v1/it', 'host: api.example\r\n'],
    ['https://api.example:80/v1', 'GET /v1/it', 'host: api.example:80\r\n'],
    ['http://[::1]:8080/é', 'GET /%C3%A9/it', 'host: [::1]:8080\r\n'],
  ])('writes path and host for %s', (base, line, host) => {
    expect(write({}, base)).toMatch(new RegExp(`^${line.replace('/', '\\/')} HTTP`));
    expect(write({}, base)).toContain(host);
  });

  test.each<Partial<HttpRequest>>([
    { path: '/it HTTP/1.1\r\nx: y' },
    { path: '/a b' },
    { path: '/é' },
    { path: '/\x7f' },
    { path: '' },
    { path: 'it' },
    { headers: { a: 'b\r\nc: d' } },
    { headers: { a: 'b\n' } },
    { headers: { a: '\0' } },
    { headers: { a: '€' } },
    { headers: { 'a:b': 'c' } },
    { headers: { 'a ': 'b' } },
    { headers: { '': 'b' } },
    { sharedHeaders: { a: 'b\r\n' } },
    { method: 'POST' },
    { body: '' },
  ])('rejects %j', (request) => {
    expect(() => write(request)).toThrow(TypeError);
  });

  test('does not repeat a rejected header value, which may be a secret', () => {
    expect(() => write({ headers: { authorization: 'Bearer secret\n' } })).toThrow(
      /^(?!.*secret).*"authorization"/,
    );
  });

  test('never writes more lines than it was given', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: codePoint }),
      fc.constantFrom('\r\n', 'a\r\n\r\nGET / HTTP/1.1'),
    );
    fc.assert(
      fc.property(text, text, text, (path, name, value) => {
        let written: string;
        try {
          written = write({ path: `/${path}`, sharedHeaders: { [name]: value }, headers: { other: value } });
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          return;
        }
        expect(written.split(/[\r\n]+/)).toHaveLength(6);
        expect(Buffer.from(written, 'latin1').toString('latin1')).toBe(written);
      }),
      { numRuns: process.env['CI'] === 'true' ? 2000 : 600 },
    );
  });
});
