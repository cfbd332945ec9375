import {
  isBatch,
  operationInBatch,
  operationInBody,
  operationInQueryString,
  operationsInBatch,
} from '../../src/operations/request/operation-request.js';
import { RequestError } from '../../src/operations/request/request-error.js';

function rejectionOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof RequestError && error.status === 400) return error.message;
    throw error;
  }
  throw new Error('The request was not rejected.');
}

describe('A body', () => {
  test('has the four members of an operation; null counts as absent', () => {
    expect(
      operationInBody('{"query":"{ a }","operationName":null,"variables":null,"extensions":null,"x":1}'),
    ).toEqual({
      query: '{ a }',
    });
    const operation = { query: '{ a }', operationName: 'A', variables: { v: 1 }, extensions: { e: 1 } };
    expect(operationInBody(JSON.stringify(operation))).toEqual(operation);
  });

  test.each(['{"extensions":{"persistedQuery":{}}}', '{"query":"","extensions":{"persistedQuery":{}}}'])(
    'may name a persisted query in place of a document: %s',
    (text) => {
      expect(operationInBody(text)).toEqual({ extensions: { persistedQuery: {} } });
    },
  );

  test.each(['{"documentId":"a"}', '{"doc_id":"a","query":null}', '{"documentId":"a","doc_id":"a"}'])(
    'may name a document of a safelist: %s',
    (text) => {
      expect(operationInBody(text)).toEqual({ documentId: 'a' });
    },
  );

  test.each([
    ['', /no body/],
    ['  \n', /no body/],
    ['{"query":', /not valid JSON/],
    ['{"query":"{ a }"} {}', /not valid JSON/],
    ['{"__proto__":{}}', /`__proto__`/],
    ['{"constructor":{"prototype":{}}}', /`__proto__` or `constructor.prototype`/],
    ['[{"query":"{ a }"}]', /JSON object/],
    ['{"documentId":5}', /`documentId` must be a string/],
    ['{"doc_id":["a"]}', /`doc_id` must be a string/],
    ['{"documentId":"a","doc_id":"b"}', /`documentId` and `doc_id` name different documents/],
    ['"{ a }"', /JSON object/],
    ['null', /JSON object/],
    ['{"query":5}', /`query` must be a string/],
    ['{"query":{"kind":"Document"}}', /`query` must be a string/],
    ['{"query":"{ a }","operationName":5}', /`operationName` must be a string/],
    ['{"query":"{ a }","variables":"{}"}', /`variables` must be an object/],
    ['{"query":"{ a }","variables":[]}', /`variables` must be an object/],
    ['{"query":"{ a }","extensions":"{}"}', /`extensions` must be an object/],
  ])('is rejected with the reason: %j', (text, message) => {
    expect(rejectionOf(() => operationInBody(text))).toMatch(message);
  });
});

describe('A batch', () => {
  test('is a list of operations', () => {
    const text = '\n [{"query":"{ a }"},{"query":"{ b }"}]';
    expect(isBatch(text)).toBe(true);
    expect(operationsInBatch(text, 2).map(operationInBatch)).toEqual([
      { query: '{ a }' },
      { query: '{ b }' },
    ]);
    expect(isBatch('{"query":"[]"}')).toBe(false);
  });

  test.each([
    ['[{"query":"{ a }"}]', 0, /`MAX_BATCH_SIZE` does not allow/],
    ['[{},{},{}]', 2, /list of 3 operations. `MAX_BATCH_SIZE` allows 2/],
    ['[]', 2, /without operations/],
    ['[{}', 2, /not valid JSON/],
    ['[{"__proto__":{}}]', 2, /`__proto__`/],
  ])('is rejected with the reason: %s of at most %i', (text, maxSize, message) => {
    expect(rejectionOf(() => operationsInBatch(text, maxSize))).toMatch(message);
  });

  test.each([null, 5, '{ a }', [{ query: '{ a }' }]])('has no operation like %j', (given) => {
    expect(rejectionOf(() => operationInBatch(given))).toMatch(/Each operation of a list/);
  });
});

describe('A query string', () => {
  test.each(['documentId=a', 'doc_id=a'])('may name a document of a safelist: %s', (text) => {
    expect(operationInQueryString(text)).toEqual({ documentId: 'a' });
  });

  test('has the four parameters of an operation, encoded as a form', () => {
    const variables = encodeURIComponent('{"v":"ä &"}');
    expect(
      operationInQueryString(`query=%7B+a+%7D&operationName=A&variables=${variables}&extensions=%7B%7D`),
    ).toEqual({ query: '{ a }', operationName: 'A', variables: { v: 'ä &' }, extensions: {} });
  });

  test('may leave parameters empty', () => {
    expect(operationInQueryString('query={a}&variables=&operationName=&extensions=')).toEqual({
      query: '{a}',
    });
  });

  test.each([
    ['query={a}&query={b}', /`query` is given more than once/],
    ['query={a}&variables={}&variables={}', /`variables` is given more than once/],
    ['query={a}&variables={', /The parameter `variables` is not valid JSON/],
    ['query={a}&variables=[]', /`variables` must be an object/],
    ['query={a}&variables=1', /`variables` must be an object/],
    ['query={a}&extensions={"__proto__":1}', /`extensions` is not valid JSON, or has a property `__proto__`/],
  ])('is rejected with the reason: %j', (queryString, message) => {
    expect(rejectionOf(() => operationInQueryString(queryString))).toMatch(message);
  });
});
