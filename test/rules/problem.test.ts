import { describe, expect, test } from '@jest/globals';
import { HttpFailure, type HttpResponse } from '../../src/upstream/http/http.js';
import { problemOf } from '../../src/upstream/http/problem.js';
import { latin1Of } from '../helpers/latin1.js';

const NOW = Date.parse('2026-03-01T09:00:00.000Z');

function answer(status: number, body: unknown = '', headers: Record<string, string> = {}): HttpResponse {
  return {
    status,
    header: (name) => headers[name],
    body: { latin1: latin1Of(typeof body === 'string' ? body : JSON.stringify(body)) },
  };
}

function invalidParamsOf(body: unknown) {
  return problemOf(answer(400, body), NOW).details.invalidParams;
}

function detailOf(body: unknown): string | undefined {
  return problemOf(answer(400, body), NOW).details.detail;
}

describe('a 403', () => {
  const ORDINARY = 'The credentials do not permit this request.';

  test.each([
    { object: 'authorization_error', detail: 'API version 2025-12-18 is not enabled for this account.' },
    { object: 'authorization_error', detail: 'You have no access to this Version of the API.' },
    { object: 'authorization_error', details: 'Cint-API-Version 2025-12-18 is not supported.' },
    { object: 'api_version_not_enabled', detail: 'Contact us.' },
    { object: 'unsupported_api_version' },
    { object: 'no', detail: 'You have no access to this account: API version 2025-12-18 is not enabled.' },
    { object: 'authorization_error', detail: 'The requested version has not been activated.' },
    { object: 'authorization_error', detail: 'Sorry. Your account is not enabled for version 2025-12-18.' },
    { object: 'authorization_error', detail: "You don't have access to API version '2025-12-18' yet." },
    { object: 'authorization_error', detail: 'Access to API version 2025-12-18 is denied.' },
    {
      object: 'authorization_error',
      detail: 'API version 2025-12-18, which you requested, must be enabled.',
    },
    { object: 'authorization_error', detail: 'The value of the header Cint-API-Version is not allowed.' },
  ])('that says that a version is not enabled says what to do: %j', (body) => {
    expect(problemOf(answer(403, body), NOW)).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('DEMAND_API_VERSION'),
    });
  });

  test.each([
    { object: 'authorization_error', detail: 'No access to account 202.' },
    { object: 'required_header_missing', detail: 'The header Cint-API-Version is required.' },
    { object: 'authorization_error', detail: 'Cint-API-Version header is required for access.' },
    { object: 'authorization_error', detail: 'Forbidden: Cint-API-Version header is required' },
    { object: 'authorization_error', detail: 'You are not allowed to see conversion rates.' },
    { object: 'authorization_error', detail: 'You have no access to the subversion of this survey.' },
    { object: 'authorization_error', detail: 'The fielding run version 5 is not available to you.' },
    { object: 'authorization_error', detail: 'The version of the fielding run is not accessible.' },
    { object: 'authorization_error', detail: 'Version 5 is not permitted here.' },
    { object: 'authorization_error', detail: 'With API version 2025-12-18, account 202 is not available.' },
    { object: 'authorization_error', detail: 'No access to account 202 in API version 2025-12-18.' },
    { object: 'authorization_error', detail: 'The API version is fine. You have no access to account 202.' },
    { object: 'conversion_error', detail: 'No.' },
    { object: 'version_conflict', detail: 'Not permitted.' },
    { object: 1, detail: { version: 'not enabled' } },
    '',
  ])('for another reason does not: %j', (body) => {
    expect(problemOf(answer(403, body), NOW).message).toBe(ORDINARY);
  });

  test('is the only status that does', () => {
    const body = { object: 'authorization_error', detail: 'Version not enabled.' };
    for (const status of [400, 401, 404, 422, 500]) {
      expect(problemOf(answer(status, body), NOW).message).not.toContain('DEMAND_API_VERSION');
    }
  });
});

describe('a status', () => {
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
  ])('%i leaves open whether the request was carried out: %s', (status, lost) => {
    expect(problemOf(answer(status), NOW).details.answerLost === true).toBe(lost);
  });
});

describe('the `Retry-After` of a 429', () => {
  test.each([
    ['7', 7],
    ['Sun, 01 Mar 2026 09:01:00 GMT', 60],
    ['soon', undefined],
  ])('with %s is %j seconds', (header, seconds) => {
    const { details } = problemOf(answer(429, '', { 'retry-after': header }), NOW);
    expect(details.retryAfterSeconds).toBe(seconds);
  });

  test('is unknown without a header', () => {
    expect(problemOf(answer(429), NOW).details.retryAfterSeconds).toBeUndefined();
  });
});

describe('an error body', () => {
  test('has the detail, and the id for the operators', () => {
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

  test('is bounded if the list of invalid parameters is not', () => {
    const entry = { name: 'x'.repeat(10_000), reason: 'y'.repeat(10_000) };
    const params = invalidParamsOf({ invalid_params: Array.from({ length: 2000 }, () => entry) });
    expect(params).toHaveLength(1000);
    expect(params![0]).toEqual({ name: 'x'.repeat(500), reason: 'y'.repeat(500) });
  });

  test('may have its text in `details`', () => {
    expect(detailOf({ details: 'Too many requests' })).toBe('Too many requests');
  });

  test.each([
    ['an address', 'see https://internal.example.com/x for more'],
    ['an address in capitals', 'SEE HTTP://INTERNAL/X'],
    ['an address of another kind', 'could not reach postgres://db/demand'],
    ['a credential', 'the token Bearer abc.def was rejected'],
    ['a token', 'unknown token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln'],
    ['an address without a scheme', 'ask at www.internal.example'],
    ['a script', 'see javascript:alert(1)'],
    ['a header', 'sent with Authorization: Digest abc'],
    ['credentials', 'rejected Basic QWxhZGRpbjpvcGVu'],
    ['a secret', 'client_secret=abc is wrong'],
    ['a password in JSON', 'cannot log in with {"password": "abc"}'],
    ['a key', 'no such api-key: abc'],
    ['markup', 'failed <b>badly</b>'],
    ['an end of markup', 'failed</p>'],
    ['a comment', 'failed <!-- at line 3 -->'],
    ['a frame of a script', 'failed at index.js:10'],
    ['a stack', 'at Object.<anonymous> (/srv/app.js:1:1)'],
    ['a frame of JavaScript', 'failed at Foo (/srv/app.js:1:2)'],
    ['a frame without a function', 'failed at /srv/app.js:1:2'],
    ['a frame of a module', 'at async Foo.bar (node:internal/process:95:5)'],
    ['a frame of Python', 'File "/app/main.py", line 3, in handler'],
    ['a frame of Python without a path', 'main.py, line 3, in handler'],
    ['the start of a trace', 'Traceback (most recent call last):'],
    ['a frame of Java', 'at com.cint.demand.Runs.pause(Runs.java:12)'],
    ['a frame of Java without a source', 'at com.cint.demand.Runs.pause(Native Method)'],
    ['a frame of .NET', 'at Cint.Demand.Runs.Pause(String id) in C:\\src\\Runs.cs:line 3'],
    ['a frame of Ruby', "runs.rb:3:in `pause'"],
    ['a frame of PHP', 'in /var/www/runs.php on line 3'],
    ['a frame of Go', 'goroutine 1 [running]: main.pause(0x1)'],
    ['an exception of Java', 'java.lang.IllegalStateException: run is null'],
    ['an exception of .NET', 'System.NullReferenceException: Object reference not set'],
    ['an exception of JavaScript', "TypeError: Cannot read properties of undefined (reading 'id')"],
    ['an exception of Python', "KeyError: 'run'"],
    ['an exception of Ruby', 'ActiveRecord::RecordNotFound'],
    ['SQL', 'SELECT * FROM users; ORA-0001'],
    ['SQL in lower case', 'select id, name from runs where id = 1'],
    ['SQL that inserts', 'INSERT INTO runs VALUES (1)'],
    ['SQL that updates', 'update runs set state = 1'],
    ['SQL that deletes', 'delete from runs where id = 1'],
    ['an error of Oracle', 'ORA-00942: table or view'],
    ['an SQLSTATE', 'SQLSTATE[23000]: Integrity'],
    ['a constraint', 'duplicate key value violates unique constraint "runs_pkey"'],
    ['a relation', 'relation "runs" does not exist'],
    ['a refused connection', 'connect ECONNREFUSED'],
    ['a lookup', 'getaddrinfo ENOTFOUND demand-db'],
    ['a missing file', 'ENOENT: no such file'],
    ['a connection in words', 'dial tcp: connection refused'],
    ['an IPv4 address', 'host 10.0.0.5 is down'],
    ['an IPv4 address with a port', '10.0.0.5:8080 refused'],
    ['an IPv6 address', 'cannot reach fe80::1ff:fe23:4567:890a'],
    ['an IPv6 address in full', 'peer 2001:0db8:85a3:0000:0000:8a2e:0370:7334 failed'],
    ['an IPv6 address with a port', '[::1]:8080 failed'],
    ['an IPv6 address in a sentence', 'lost 2001:db8::1, again'],
    ['a host with a port', 'cint.internal:8080/x failed'],
    ['a public host with a port', 'api.cint.com:443 failed'],
    ['a local host with a port', 'localhost:5432 failed'],
    ['a short host with a port', 'redis-1:6379 failed'],
    ['a host that is connected to', 'could not connect to demand:9092'],
    ['an internal host', 'demand-api.svc failed'],
    ['a path', 'File /etc/passwd'],
    ['a path in quotes', 'cannot read "/srv/config"'],
    ['a path at home', 'cannot read ~/.ssh/id_rsa'],
    ['a relative path', 'cannot read ../config'],
    ['a path of another root', 'cannot read /deploy/demand/settings.yaml'],
    ['a path of Windows', 'cannot read C:\\inetpub\\web.config'],
    ['a share', 'cannot read \\\\files\\demand'],
    ['a connection string', 'Server=db1;Database=demand;Integrated Security=SSPI'],
    ['a connection string of libpq', 'host=db1 dbname=demand'],
    ['a connection string of JDBC', 'jdbc:oracle:thin:@db1'],
    ['a login', 'demand:hunter2@db1 failed'],
    ['a short password', 'pwd=hunter2'],
  ])('is not shown if it contains %s', (_what, detail) => {
    expect(detailOf({ detail })).toBeUndefined();
  });

  test.each([
    'QuestionID - 1, Details - Min > Max - 50-40',
    'must be < 45',
    'must be <= 45 and >= 1',
    'is not part of a basic plan',
    'the token has expired',
    'must be "live" or \'paused\', not `draft`',
    'the target group 01BTGNYV6HRNK8K8VKZASZCFP1 is archived',
    'the key 3f6c1a52-0f0c-4b59-9b7a-3f3f1d4f4c11 was used',
    'must be after 2026-03-01T10:00:00Z',
    'must be after 2026-03-01T10:00:00.000+02:00, e.g. 10:00:00Z',
    'between 10:00 and 12:30:00',
    'at 10:00 (UTC) on line 3 of the form',
    'must be at least 2.5/3, or 1.25 (USD)',
    'costs $1,234.50; at most 12.345.678,90 EUR',
    'must be 1-100, 1..100 or 1:100',
    'ratio:10, limit:1000 and page_size:100',
    'filling_goal: must be 10; status: must be live',
    '/target_group_ids/3 is archived',
    'body.target_group_ids[3]: is archived',
    'filters.status.0 is not known',
    'select a country from the list, and update the set',
    'cannot delete from a live target group',
    'the values are out of range, e.g. 5/10 and/or n/a',
    'must match ^\\d{3}-\\d\\d$',
    'is too long at 300 (maximum 255)',
    'with an exception for drafts: an error on line 3',
    'contact support@cint.com about Version 1.2.3',
    'aggregation_interval must be an ISO 8601 duration, e.g. P1D.',
    'If-Match must be W/"5"; the header `Idempotency-Key: a-b` is missing',
    'the file must be a .csv or report.xlsx',
    'the host country, the server time or the port of entry is unknown',
    'the connection between the two groups is not allowed: 10:30',
    'must start at midnight (00:00:00), not at noon (12:00)',
    'is invalid at filters.country (2 letters)',
    'feedback:100, observers:20 and hosted:30',
    'File "respondents.csv" is too large',
    'select distinct values; insert them into the list',
    'the error was caused by: a goal of 0',
    'mailto:support@cint.com, or support@cint.com:',
    'ENGLISH, ERROR and EXISTING are not known',
    'questions:42 and answers:17 do not match',
  ])('is shown if it is plain text: %s', (detail) => {
    expect(detailOf({ detail })).toBe(detail);
  });

  test.each([
    ['nothing', ''],
    ['markup', '<html><body>Bad Gateway</body></html>'],
    ['truncated JSON', '{"id":"3f6c","detail":"it bro'],
    ['a text', '"no"'],
    ['null', 'null'],
    ['a list of invalid parameters without details', [{ name: 'page_size' }, { reason: 'no' }, 'x']],
    ['invalid parameters as the detail', { detail: [{ name: 'page_size' }] }],
    ['values of other types', { id: 7, detail: { text: 'no' } }],
    ['empty values', { id: '', detail: '' }],
  ])('is ignored if it is %s', (_what, body) => {
    const { errorId, detail, invalidParams } = problemOf(answer(400, body), NOW).details;
    expect({ errorId, detail, invalidParams }).toEqual({
      errorId: undefined,
      detail: undefined,
      invalidParams: [],
    });
  });

  test('is ignored if it was cut off', () => {
    const failure = new HttpFailure('broken', new Error('reset'));
    const problem = problemOf({ status: 502, header: () => undefined, body: { failure } }, NOW);
    expect(problem).toMatchObject({ code: 'UNAVAILABLE', details: { status: 502, detail: undefined } });
  });

  test('is truncated if it is too long', () => {
    expect(detailOf({ detail: 'y'.repeat(10_000) })).toHaveLength(500);
  });

  test('is checked before it is truncated', () => {
    expect(
      detailOf({ detail: `${'y'.repeat(495)} eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln` }),
    ).toBeUndefined();
  });

  test.each(['https://internal.example.com/', 'Bearer abc', '<b>', 'no id', 'x'.repeat(101)])(
    'has no id if it is %j',
    (id) => {
      expect(problemOf(answer(500, { id }), NOW).details.errorId).toBeUndefined();
    },
  );

  test.each([400, 401, 403, 404, 412, 422, 429, 500, 503, 418])(
    'never appears in the message of a %i',
    (status) => {
      const { message } = problemOf(answer(status, { id: 'secret', detail: 'secret' }), NOW);
      expect(message).not.toContain('secret');
    },
  );
});
