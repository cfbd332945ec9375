import { runInNewContext } from 'node:vm';
import {
  checkRequest,
  negotiateResponse,
  prefersHtml,
  type NegotiationHeaders,
} from '../../src/operations/request/negotiation.js';
import { RequestError } from '../../src/operations/request/request-error.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';

/** The type of the response, or the status of the rejection. */
function outcome(method: string, headers: NegotiationHeaders): string | number {
  try {
    const type = negotiateResponse(headers.accept);
    checkRequest(method, headers);
    return type.single ?? String(type.stream);
  } catch (error) {
    if (error instanceof RequestError) return error.status;
    throw error;
  }
}

const post = (headers: NegotiationHeaders) =>
  outcome('POST', { 'content-type': 'application/json', ...headers });

describe('The Accept header', () => {
  test.each<[string | undefined, string | number]>([
    [undefined, JSON_TYPE],
    ['', JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['application/*', JSON_TYPE],
    ['application/json', JSON_TYPE],
    ['APPLICATION/JSON', JSON_TYPE],
    ['application/graphql-response+json', GRAPHQL_TYPE],
    ['application/graphql-response+json, application/json;q=0.9', GRAPHQL_TYPE],
    ['application/graphql-response+json;q=0.5, application/json', JSON_TYPE],
    ['application/json;v=2', JSON_TYPE],
    ['application/json; v="a;b,c\\"d" ;q=0.5', JSON_TYPE],
    ['application/json;charset=latin1;profile=x', JSON_TYPE],
    ['application/graphql-response+json;v=2;q=1.0, application/json;q=0.1', GRAPHQL_TYPE],
    ['application/json;q=0, */*', GRAPHQL_TYPE],
    ['application/json; q=0.0, application/graphql-response+json', GRAPHQL_TYPE],
    ['application/json;q=0', 406],
    ['*/*;q=0', 406],
    ['text/html', 406],
    ['text/html, application/xhtml+xml', 406],
    ['text/html, */*;q=0.1', JSON_TYPE],
    ['application/json;v="a;q=0"', JSON_TYPE],
    ['application/json;v=";q=1";q=0', 406],
    ['application/json;q="0"', 406],
    ['application/json; Q=0', 406],
    ['text/html;v=",application/json"', 406],
    ['text/html;q="1,application/json;q=1"', 406],
    [',, application/json', JSON_TYPE],
    ['multipart/mixed;deferSpec=20220824, application/json', JSON_TYPE],
  ])('%j is answered with %j', (accept, expected) => {
    expect(post({ accept })).toBe(expected);
    // The second time the type comes from the cache.
    expect(post({ accept })).toBe(expected);
  });

  const JSON_ONLY = { single: JSON_TYPE, stream: undefined };
  test.each<[string, ReturnType<typeof negotiateResponse>]>([
    ['application/json', JSON_ONLY],
    ['*/*', JSON_ONLY],
    ['text/event-stream', { single: undefined, stream: 'event-stream' }],
    ['TEXT/Event-Stream', { single: undefined, stream: 'event-stream' }],
    ['text/event-stream;charset=utf-8', { single: undefined, stream: 'event-stream' }],
    ['text/event-stream;q=0, application/json', JSON_ONLY],
    ['text/event-stream, multipart/mixed', { single: undefined, stream: 'event-stream' }],
    [
      'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
      { single: GRAPHQL_TYPE, stream: 'event-stream' },
    ],
    [
      'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9',
      { single: GRAPHQL_TYPE, stream: 'multipart' },
    ],
    ['multipart/mixed; subscriptionSpec="1.0"', { single: undefined, stream: 'multipart' }],
    ['multipart/mixed;boundary=",";subscriptionSpec=1.0', { single: undefined, stream: 'multipart' }],
    ['text/event-stream;v="a;q=0"', { single: undefined, stream: 'event-stream' }],
    ['text/event-stream;v="\\";q=0"', { single: undefined, stream: 'event-stream' }],
    ['text/event-stream;v=";q=1";q=0, application/json', JSON_ONLY],
    ['text/html;v=",text/event-stream", application/json', JSON_ONLY],
    ['multipart/mixed;boundary="a;q=0";subscriptionSpec=1.0', { single: undefined, stream: 'multipart' }],
    ['multipart/mixed;v=";subscriptionSpec=1.0", application/json', JSON_ONLY],
    ['multipart/mixed;subscriptionSpec=2.0, application/json', JSON_ONLY],
    ['multipart/mixed;deferSpec=20220824, application/json', JSON_ONLY],
    [
      'text/event-stream;q=0.5, multipart/mixed;subscriptionSpec=1.0',
      { single: undefined, stream: 'multipart' },
    ],
  ])('%j allows these responses', (accept, expected) => {
    expect(negotiateResponse(accept)).toEqual(expected);
    expect(negotiateResponse(accept)).toEqual(expected);
  });

  test('is rejected if it is so long that parsing it would take long', () => {
    expect(post({ accept: `application/json${',a/b'.repeat(200)}` })).toBe(JSON_TYPE);
    expect(post({ accept: `application/json${',a/b'.repeat(4000)}` })).toBe(431);
    expect(prefersHtml(`text/html${',a/b'.repeat(4000)}`)).toBe(false);
  });
});

describe('The Content-Type of a POST request', () => {
  test.each<[string | undefined, number | string]>([
    ['application/json', JSON_TYPE],
    ['Application/JSON ; charset=UTF-8', JSON_TYPE],
    ['application/json;charset="utf-8"', JSON_TYPE],
    ['application/json; charset=utf8', JSON_TYPE],
    ['application/json; profile="charset=latin1"', JSON_TYPE],
    ['application/json; profile=";charset=latin1"', JSON_TYPE],
    ['application/json;q="x;charset=utf-8";charset=latin1', 415],
    ['application/json;q=1;charset=latin1', 415],
    ['application/json, text/plain', 415],
    ['application/json charset=x', 415],
    ['application/json;charset=utf-8, text/plain', 415],
    ['application/json;charset=""', 415],
    ['application/json; v=1; charset=iso-8859-1', 415],
    ['application/json; charset=utf-16', 415],
    ['application/json; CHARSET="latin1"', 415],
    ['application/json; charset = latin1', 415],
    ['application/jsonx', 415],
    ['application/graphql', 415],
    ['text/plain', 415],
    ['', 415],
    [undefined, 415],
  ])('%j is answered with %j', (contentType, expected) => {
    expect(outcome('POST', { 'content-type': contentType })).toBe(expected);
  });

  // Far longer than a head may be: in time that grows with the square of the length, each would take minutes.
  test.each([
    ['quotes and escapes', ';a="\\'.repeat(100_000)],
    ['an open quote', `;a="${'\\'.repeat(500_000)}`],
    ['semicolons', ';'.repeat(1_000_000)],
    ['spaces', `;a${' '.repeat(1_000_000)}`],
    ['spaces around semicolons', '; '.repeat(500_000)],
  ])('is understood if it has any number of %s', (_, parameters) => {
    const check = () => outcome('POST', { 'content-type': `application/json${parameters}` });
    // Only this can interrupt a regular expression.
    expect(runInNewContext('check()', { check }, { timeout: 4000 })).toBe(JSON_TYPE);
  });

  test.each(['gzip', 'br', 'identity, gzip'])('is not enough for a body compressed with %s', (encoding) => {
    expect(post({ 'content-encoding': encoding })).toBe(415);
    expect(post({ 'content-encoding': 'identity' })).toBe(JSON_TYPE);
  });
});

describe('A GET request', () => {
  test.each<[NegotiationHeaders]>([
    [{ authorization: 'Bearer a' }],
    [{ 'apollo-require-preflight': 'true' }],
    [{ 'x-apollo-operation-name': 'Run' }],
    [{ 'content-type': 'application/json' }],
  ])('is read with %j, which another site cannot have a browser send', (headers) => {
    expect(outcome('GET', headers)).toBe(JSON_TYPE);
  });

  test.each<[NegotiationHeaders]>([[{}], [{ 'content-type': 'text/plain' }]])(
    'is rejected with %j',
    (headers) => {
      expect(outcome('GET', headers)).toBe(400);
    },
  );
});

test.each<[string | undefined, boolean]>([
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
  ['text/html', true],
  ['*/*', false],
  ['application/json', false],
  ['text/html;q=0.5, application/json', false],
  [undefined, false],
])('prefers a page with %j: %j', (accept, expected) => {
  expect(prefersHtml(accept)).toBe(expected);
});
