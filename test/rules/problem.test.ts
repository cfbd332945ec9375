import { describe, expect, test } from '@jest/globals';
import { HttpFailure, type HttpResponse } from '../../src/upstream/http.js';
import { problemOf } from '../../src/upstream/problem.js';
import { octetsOf } from '../helpers/octets.js';

const NOW = Date.parse('2026-03-01T09:00:00.000Z');

function answer(status: number, body: unknown = '', headers: Record<string, string> = {}): HttpResponse {
  return {
    status,
    header: (name) => headers[name],
    body: { latin1: octetsOf(typeof body === 'string' ? body : JSON.stringify(body)) },
  };
}

function invalidParamsOf(body: unknown) {
  return problemOf(answer(400, body), NOW).details.invalidParams;
}

function detailOf(body: unknown): string | undefined {
  return problemOf(answer(400, body), NOW).details.detail;
}

describe('what a status means', () => {
  test.each([
    [400, 'INVALID_REQUEST'],
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [412, 'PRECONDITION_FAILED'],
    [422, 'INVALID_STATE'],
    [429, 'RATE_LIMITED'],
    [500, 'UNAVAILABLE'],
    [502, 'UNAVAILABLE'],
    [503, 'UNAVAILABLE'],
    [504, 'UNAVAILABLE'],
    [599, 'UNAVAILABLE'],
    [408, 'UNAVAILABLE'],
    [425, 'UNAVAILABLE'],
    [501, 'UNAVAILABLE'],
    [301, 'BAD_RESPONSE'],
    [307, 'BAD_RESPONSE'],
    [402, 'BAD_RESPONSE'],
    [409, 'BAD_RESPONSE'],
    [418, 'BAD_RESPONSE'],
  ])('%i: %s', (status, code) => {
    expect(problemOf(answer(status), NOW)).toMatchObject({ code, details: { status } });
  });

  test.each([
    [500, true],
    [502, true],
    [503, true],
    [504, true],
    [301, true],
    [303, true],
    [402, true],
    [405, true],
    [408, true],
    [409, true],
    [425, true],
    [400, false],
    [401, false],
    [403, false],
    [404, false],
    [412, false],
    [422, false],
    [429, false],
  ])('after a %i it is not known whether the request was carried out: %s', (status, lost) => {
    expect(problemOf(answer(status), NOW).details.answerLost === true).toBe(lost);
  });
});

describe('how long a 429 asks to wait', () => {
  test.each([
    ['7', 7],
    ['Sun, 01 Mar 2026 09:01:00 GMT', 60],
    ['soon', undefined],
  ])('%s: %j seconds', (header, seconds) => {
    const { details } = problemOf(answer(429, '', { 'retry-after': header }), NOW);
    expect(details.retryAfterSeconds).toBe(seconds);
  });

  test('is not known without a header', () => {
    expect(problemOf(answer(429), NOW).details.retryAfterSeconds).toBeUndefined();
  });
});

describe('what a body tells', () => {
  test('is what went wrong, and by which id the operators find it', () => {
    const body = { id: '3f6c', object: 'bad_request_error', detail: 'end_fielding_at is before its start' };
    expect(problemOf(answer(400, body), NOW).details).toMatchObject({
      errorId: '3f6c',
      detail: 'end_fielding_at is before its start',
    });
  });

  test.each([
    [
      { detail: 'No.', invalid_params: [{ name: 'page_size', reason: 'too large' }] },
      [{ name: 'page_size', reason: 'too large' }],
    ],
    [[{ name: 'page_size', reason: 'too large' }], [{ name: 'page_size', reason: 'too large' }]],
    [
      {
        invalid_params: [
          { field: 'a', message: 'missing' },
          'x',
          { param: 'b', detail: 'empty', secret: 'c' },
        ],
      },
      [
        { name: 'a', reason: 'missing' },
        { name: 'b', reason: 'empty' },
      ],
    ],
    [{ invalid_params: null }, []],
    [{ invalid_params: 'page_size' }, []],
    [[{ name: 'page_size', reason: 'see http://10.0.0.7/' }], [{ name: 'page_size', reason: undefined }]],
    [[{ name: 'http://10.0.0.7/', reason: 'too large' }], []],
  ])('may be a list of invalid parameters: %j', (body, params) => {
    expect(invalidParamsOf(body)).toEqual(params);
  });

  test('has an end where a list of invalid parameters has none', () => {
    const entry = { name: 'x'.repeat(10_000), reason: 'y'.repeat(10_000) };
    const params = invalidParamsOf({ invalid_params: Array.from({ length: 2000 }, () => entry) });
    expect(params).toHaveLength(1000);
    expect(params![0]).toEqual({ name: 'x'.repeat(500), reason: 'y'.repeat(500) });
  });

  test('may stand in `details`', () => {
    expect(detailOf({ details: 'Too many requests' })).toBe('Too many requests');
  });

  test.each([
    ['an address', 'see https://internal.example.com/x for more'],
    ['an address in capitals', 'SEE HTTP://INTERNAL/X'],
    ['an address of another kind', 'could not reach postgres://db/demand'],
    ['a credential', 'the token Bearer abc.def was refused'],
    ['a token', 'unknown token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln'],
    ['an address without a scheme', 'ask at www.internal.example'],
    ['a script', 'see javascript:alert(1)'],
    ['a header', 'sent with Authorization: Digest abc'],
    ['credentials', 'refused Basic QWxhZGRpbjpvcGVu'],
    ['a secret', 'client_secret=abc is wrong'],
    ['a password in JSON', 'cannot log in with {"password": "abc"}'],
    ['a key', 'no such api-key: abc'],
    ['markup', 'failed <b>badly</b>'],
    ['an end of markup', 'failed</p>'],
    ['a comment', 'failed <!-- at line 3 -->'],
    ['a stack', 'at Object.<anonymous> (/srv/app.js:1:1)'],
  ])('is not shown where it holds %s', (_what, detail) => {
    expect(detailOf({ detail })).toBeUndefined();
  });

  test.each([
    'QuestionID - 1, Details - Min > Max - 50-40',
    'must be < 45',
    'must be <= 45 and >= 1',
    'is not part of a basic plan',
    'the token has expired',
  ])('is shown where it is mere words: %s', (detail) => {
    expect(detailOf({ detail })).toBe(detail);
  });

  test.each([
    ['nothing', ''],
    ['markup', '<html><body>Bad Gateway</body></html>'],
    ['JSON that breaks off', '{"id":"3f6c","detail":"it bro'],
    ['a text', '"no"'],
    ['null', 'null'],
    [
      'a list of invalid parameters that tells nothing of them',
      [{ name: 'page_size' }, { reason: 'no' }, 'x'],
    ],
    ['invalid parameters as the detail', { detail: [{ name: 'page_size' }] }],
    ['values of other types', { id: 7, detail: { text: 'no' } }],
    ['empty values', { id: '', detail: '' }],
  ])('is nothing where it is %s', (_what, body) => {
    const { errorId, detail, invalidParams } = problemOf(answer(400, body), NOW).details;
    expect({ errorId, detail, invalidParams }).toEqual({
      errorId: undefined,
      detail: undefined,
      invalidParams: [],
    });
  });

  test('is not told at all where the body broke off', () => {
    const failure = new HttpFailure('broken', new Error('reset'));
    const problem = problemOf({ status: 502, header: () => undefined, body: { failure } }, NOW);
    expect(problem).toMatchObject({ code: 'UNAVAILABLE', details: { status: 502, detail: undefined } });
  });

  test('is cut where it is endless', () => {
    expect(detailOf({ detail: 'y'.repeat(10_000) })).toHaveLength(500);
  });

  test('is looked through before it is cut', () => {
    expect(
      detailOf({ detail: `${'y'.repeat(495)} eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln` }),
    ).toBeUndefined();
  });

  test.each(['https://internal.example.com/', 'Bearer abc', '<b>', 'no id', 'x'.repeat(101)])(
    'has no id where that is %j',
    (id) => {
      expect(problemOf(answer(500, { id }), NOW).details.errorId).toBeUndefined();
    },
  );

  test.each([400, 401, 403, 404, 412, 422, 429, 500, 503, 418])(
    'is never in the message: what a %i means is told in words of our own',
    (status) => {
      const { message } = problemOf(answer(status, { id: 'secret', detail: 'secret' }), NOW);
      expect(message).not.toContain('secret');
    },
  );
});
