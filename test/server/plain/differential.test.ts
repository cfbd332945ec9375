/**
 * Plain requests are read past Node.js' own HTTP server. Whatever bytes come, the answers have to be the same as without
 * that: a reader that saw the end of a request elsewhere than others do would let requests be smuggled past a proxy.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { TestGateway } from '../../helpers/gateway.js';
import { startCounting, startReadByNode, type Read } from './gateways.js';
import { answersIn, openRaw } from './raw-client.js';
import { LAST, post, TYPENAME } from './requests.js';

/** Nothing listens there: no operation here needs it. */
const options = { demandApiUrl: 'http://127.0.0.1:9/v1', env: { NODE_ENV: 'production' } };
const RUNS = process.env['CI'] === 'true' ? 1500 : 300;
/** The same changes each time; for a search: `PLAIN_SEED=$RANDOM npx jest test/server/plain`. */
const SEED = Number(process.env['PLAIN_SEED'] ?? 1);
const AT_ONCE = 50;

let gateway: TestGateway;
let read: Read;
let node: TestGateway;
let readByNode: ReadonlyMap<number, number>;

beforeAll(async () => {
  ({ gateway, read } = await startCounting(options));
  ({ gateway: node, requests: readByNode } = await startReadByNode(options));
  await Promise.all([gateway.execute('{ __typename }'), node.execute('{ __typename }')]);
});
beforeEach(() => {
  read.plain = read.others = 0;
});
afterAll(async () => {
  await Promise.all([gateway.close(), node.close()]);
});

/** What comes to the same bytes with and without a reader of plain requests. */
async function both(bytes: string) {
  const [plain, byNode] = await Promise.all([answersTo(bytes, gateway), answersTo(bytes, node)]);
  return alike(plain.answers, byNode.answers, readByNode.get(byNode.port) ?? 0);
}

async function answersTo(bytes: string, { url }: TestGateway) {
  const client = await openRaw(url);
  const { port } = client;
  client.send(bytes);
  const answers = answersIn(await client.untilQuiet());
  client.close();
  return { answers, port };
}

/** What Node.js has Fastify say of bytes that make no sense to it. */
const SENSELESS = /"message":"(?:Client Error|Exceeded maximum allowed HTTP header size)"/;
/** What Node.js says by itself: to a request without a host, and to one that waits to be told to go on. */
const UNREAD =
  /^HTTP\/1\.1 (?:400 Bad Request\nconnection: close\ntransfer-encoding: chunked\n|100 Continue\n)/;
const ENDS = /^connection: close$/m;

/**
 * Of bytes after a request that make no sense, Node.js says so at once: answers that are still to come never come, and
 * after one that ends the connection it may or may not. So answers before that only one of both got are as if the other
 * had got them, too, if Node.js has read so many requests.
 */
function alike(plain: readonly string[], byNode: readonly string[], requestsByNode: number) {
  const [a, b] = [withoutLast(plain, SENSELESS), withoutLast(byNode, SENSELESS)];
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  const saidByBoth = a.length < plain.length && b.length < byNode.length;
  const isSaid =
    saidByBoth || (a.length + b.length < plain.length + byNode.length && ENDS.test(longer.at(-1) ?? ''));
  const isRead = longer.filter((answer) => !UNREAD.test(answer)).length <= requestsByNode;
  const isPart = shorter.every((answer, nth) => answer === longer[nth]);
  return isSaid && isRead && isPart ? { plain: longer, byNode: longer } : { plain, byNode };
}

function withoutLast(answers: readonly string[], which: RegExp): readonly string[] {
  return which.test(answers.at(-1) ?? '') ? answers.slice(0, -1) : answers;
}

/** The JSON of an operation that is said by its hash (Apollo's Automatic Persisted Queries). */
function persisted({ query, of = query ?? '{ __typename }', version = 1 }: PersistedOptions = {}): string {
  const sha256Hash = createHash('sha256').update(of).digest('hex');
  return JSON.stringify({ query, extensions: { persistedQuery: { version, sha256Hash } } });
}

interface PersistedOptions {
  readonly query?: string;
  /** What is hashed. Default: the query. */
  readonly of?: string;
  readonly version?: number;
}

const chunked = `${TYPENAME.length.toString(16)}\r\n${TYPENAME}\r\n0\r\n\r\n`;
const hidden = post({ fields: { 'X-Hidden': 'yes' } });

describe('Plain requests', () => {
  test.each<[string, string]>([
    ['one', post()],
    ['with names in lower case', post({ fields: { 'Content-Length': undefined, 'content-length': '26' } })],
    [
      'with fields that say nothing',
      post({ lines: 'X-A: 1\r\nX-A: 2\r\nCookie: a=b\r\nOrigin: https://a.example\r\n' }),
    ],
    ['with a credential', post({ fields: { Authorization: 'Bearer a' } })],
    ['with white space around values', post({ lines: 'Accept: \t application/json \t\r\nX-Empty:\r\n' })],
    ['that keeps the connection', post({ fields: { Connection: 'Keep-Alive' } })],
    ['for the other content type', post({ fields: { Accept: 'application/graphql-response+json' } })],
    ['whose operation is not valid', post({ body: '{"query":"{ nothing }"}' })],
    ['whose operation cannot be parsed', post({ body: '{"query":"{ é"}' })],
    [
      'with bytes over ASCII',
      post({ body: Buffer.from('{"query":"{ n(a: \\"é–😀\\") }"}').toString('latin1') }),
    ],
    ['with a wrong trace', post({ fields: { traceparent: 'nothing' } })],
    ['with extensions', post({ body: '{"query":"{ __typename }","extensions":{"a":1}}' })],
    [
      'that persists its query, and those for it',
      post({ body: persisted() }) +
        post({ body: persisted({ query: '{ __typename }' }) }) +
        post({ body: persisted() }),
    ],
    [
      'that persists a query which is not valid',
      post({ body: persisted({ query: '{ nothing }' }) }) + post({ body: persisted({ of: '{ nothing }' }) }),
    ],
    [
      'for a persisted query with another hash',
      post({ body: persisted({ query: '{ __typename }', of: 'a' }) }),
    ],
    ['for a persisted query of a version to come', post({ body: persisted({ version: 2 }) })],
    [
      'for a persisted query without a hash',
      post({ body: '{"extensions":{"persistedQuery":{"version":1}}}' }),
    ],
    ['several', post() + post({ body: '{"query":"{ nothing }"}' }) + post()],
  ])('%s', async (_name, request) => {
    const { plain, byNode } = await both(request + LAST);
    expect(plain).toEqual(byNode);
    expect(plain[0]).toMatch(/^HTTP\/1\.1 [24]00 /);
    expect(plain.at(-1)).toMatch(/{"status":"ok"}$/);
    // All but the last, which is not for the graph.
    expect(read.plain).toBe(plain.length - 1);
    expect(read.others).toBe(1);
  });
});

describe('Whatever is not plain is read by Node.js', () => {
  test.each<[string, string]>([
    [
      'a question to the graph by GET',
      `GET /graphql?query={__typename} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\r\n`,
    ],
    ['a page for browsers', 'GET /graphql HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n'],
    [
      'a preflight',
      'OPTIONS /graphql HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\nAccess-Control-Request-Method: POST\r\n\r\n',
    ],
    ['a query in the address', post({ requestLine: 'POST /graphql?a=b HTTP/1.1' })],
    ['another path', post({ requestLine: 'POST /graphqlx HTTP/1.1' })],
    ['the whole address', post({ requestLine: 'POST http://gateway.example/graphql HTTP/1.1' })],
    ['an escaped path', post({ requestLine: 'POST /%67raphql HTTP/1.1' })],
    ['HTTP/1.0', post({ requestLine: 'POST /graphql HTTP/1.0', fields: { Connection: 'keep-alive' } })],
    ['HTTP/1.2', post({ requestLine: 'POST /graphql HTTP/1.2' })],
    ['a method in lower case', post({ requestLine: 'post /graphql HTTP/1.1' })],
    ['two spaces', post({ requestLine: 'POST  /graphql HTTP/1.1' })],
    ['an empty line before', `\r\n${post()}`],
    ['no host', post({ fields: { Host: undefined } })],
    ['two hosts', post({ lines: 'Host: b\r\n' })],
    ['no length', post({ fields: { 'Content-Length': undefined } })],
    ['two lengths', post({ lines: `Content-Length: ${TYPENAME.length + hidden.length}\r\n` }) + hidden],
    ['one length twice', post({ lines: 'Content-Length: 26\r\n' })],
    ['a list of lengths', post({ fields: { 'Content-Length': '26, 26' } })],
    ['a length with a sign', post({ fields: { 'Content-Length': '+26' } })],
    ['a length that is negative', post({ fields: { 'Content-Length': '-1' } })],
    ['a length in hexadecimal digits', post({ fields: { 'Content-Length': '0x1a' } })],
    ['a length with a part', post({ fields: { 'Content-Length': '26.0' } })],
    ['a length with a tab after it', post({ fields: { 'Content-Length': '26\t' } })],
    ['a length of nothing', post({ fields: { 'Content-Length': '' } })],
    ['a length of many digits', post({ fields: { 'Content-Length': '99999999999999999999' } })],
    [
      'chunks',
      post({
        fields: { 'Content-Length': undefined },
        lines: 'Transfer-Encoding: chunked\r\n',
        body: chunked,
      }),
    ],
    ['chunks and a length', post({ lines: 'Transfer-Encoding: chunked\r\n', body: chunked }) + hidden],
    ['a coding that is unknown', post({ lines: 'Transfer-Encoding: xchunked\r\n' }) + hidden],
    [
      'a coding with a vertical tab',
      post({ lines: 'Transfer-Encoding:\x0bchunked\r\n', body: chunked }) + hidden,
    ],
    ['a space before the colon', post({ lines: 'Transfer-Encoding : chunked\r\n', body: chunked }) + hidden],
    ['a name with a space', post({ lines: 'X A: b\r\n' })],
    ['a name with a control character', post({ lines: 'X\x01A: b\r\n' })],
    ['no name', post({ lines: ': b\r\n' })],
    ['a line without a colon', post({ lines: 'X\r\n' })],
    ['a folded line', post({ lines: 'X-A: b\r\n c\r\n' })],
    [
      'a folded length',
      post({ fields: { 'Content-Length': undefined }, lines: 'Content-Length:\r\n 26\r\n' }),
    ],
    ['line feeds alone', post().replaceAll('\r\n', '\n')],
    ['one line feed alone', post({ lines: 'X-A: b\nX-B: c\r\n' })],
    ['a carriage return alone', post({ lines: 'X-A: b\rX-B: c\r\n' })],
    ['NUL in a value', post({ lines: 'X-A: \0\r\n' })],
    ['DEL in a value', post({ lines: 'X-A: \x7f\r\n' })],
    ['an expectation', post({ fields: { Expect: '100-continue' } })],
    ['an expectation of another kind', post({ fields: { Expect: 'more' } })],
    ['an upgrade', post({ fields: { Connection: 'upgrade', Upgrade: 'h2c' } })],
    ['a connection that ends', post({ fields: { Connection: 'close' } })],
    ['a list of options of the connection', post({ fields: { Connection: 'keep-alive, x-a' } })],
    ['a compressed body', post({ fields: { 'Content-Encoding': 'gzip' } })],
    ['two accepted types', post({ lines: 'Accept: text/html\r\nAccept: application/json\r\n' })],
    ['a head too large', post({ fields: { 'X-A': 'a'.repeat(16 * 1024) } })],
    ['a body over 64 KiB', post({ body: `${TYPENAME}${' '.repeat(65 * 1024)}` })],
    ['a body over the limit', post({ body: ' '.repeat(1024 * 1024 + 1) })],
    ['what is not HTTP', 'SSH-2.0-client\r\n\r\n'],
    ['the beginning of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('%s', async (_name, request) => {
    const { plain, byNode } = await both(request + LAST);
    expect(plain).toEqual(byNode);
    expect(read.plain).toBe(0);
  });

  test.each<[string, string]>([
    ['a batch', post({ body: '[]' })],
    ['what is not JSON', post({ body: 'nothing' })],
    ['no body', post({ body: '' })],
    ['extensions that are none', post({ body: '{"query":"{ __typename }","extensions":1}' })],
    ['neither a query nor a persisted one', post({ body: '{"extensions":{}}' })],
    ['an empty query', post({ body: persisted({ query: '' }) })],
    ['a prototype', post({ body: '{"query":"{ __typename }","__proto__":{"a":1}}' })],
    ['another content type', post({ fields: { 'Content-Type': 'text/plain' } })],
    ['no content type', post({ fields: { 'Content-Type': undefined } })],
    ['an answer of no type that there is', post({ fields: { Accept: 'text/html' } })],
  ])('and where only the body or the types tell: %s', async (_name, request) => {
    const { plain, byNode } = await both(post() + request + post() + LAST);
    expect(plain).toEqual(byNode);
    // The first was answered before the connection was handed over with the second, which was read twice.
    expect(read.plain).toBe(2);
    expect(read.others).toBe(3);
  });
});

/** Bytes that mean something in HTTP. */
const BYTES = [
  '\r\n',
  '\r',
  '\n',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '0',
  '9',
  'a',
  '\0',
  '\x80',
  '"',
  '{',
  '/',
  '\r\n\r\n',
];
const LINES = [
  'Content-Length: 26\r\n',
  'Content-Length: 0\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: identity\r\n',
  'Connection: close\r\n',
  'Connection: keep-alive\r\n',
  'Host: b\r\n',
  'Expect: 100-continue\r\n',
  'X-A: b\r\n',
  ' folded\r\n',
];

interface Change {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  // Most of what matters is in the head.
  at: fc.oneof(fc.nat(260), fc.nat(800)),
  remove: fc.oneof(fc.constant(0), fc.nat(3)),
  insert: fc.oneof(fc.constantFrom(...BYTES), fc.constantFrom(...LINES), fc.constant('')),
});

/** With changes at the beginnings of lines, if they are lines. */
function changed(bytes: string, changes: readonly Change[]): string {
  return changes.reduce((text, { at, remove, insert }) => {
    const place = insert.length > 4 ? text.indexOf('\n', at) + 1 : at;
    return text.slice(0, place) + insert + text.slice(place + remove);
  }, bytes);
}

test(`${RUNS} sequences of requests with random changes are answered as by Node.js alone`, async () => {
  const twice = post({ lines: 'Accept: */*\r\nX-A: b\r\n' }) + post() + LAST;
  const changes = fc.array(change, { minLength: 1, maxLength: 3 });
  const cases = fc.sample(changes, { numRuns: RUNS, seed: SEED });
  const different: unknown[] = [];
  for (let start = 0; start < cases.length; start += AT_ONCE) {
    await Promise.all(
      cases.slice(start, start + AT_ONCE).map(async (chosen) => {
        const bytes = changed(twice, chosen);
        const { plain, byNode } = await both(bytes);
        if (plain.join('') !== byNode.join('')) different.push({ bytes, plain, byNode });
      }),
    );
  }
  expect(different).toEqual([]);
  // Else nothing would have been compared.
  expect(read.plain).toBeGreaterThan(RUNS / 4);
  expect(read.others).toBeGreaterThan(RUNS / 4);
}, 60_000);
