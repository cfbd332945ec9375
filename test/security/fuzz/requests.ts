/** Random requests: most of them nearly right, so that they get far before they are rejected. */
import fc from 'fast-check';
import { codePoint } from '../../lib/http1/code-point.js';

export interface FuzzRequest {
  readonly method: string;
  /** The target of the request, as it is sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** One character for each byte. */
  readonly body: string;
}

const RUN = '101/P1/T1/R1';

const DOCUMENTS = [
  '{ __typename }',
  '{ accounts { id name } }',
  `query Run($id: ID!) { fieldingRun(id: $id) { status version availableActions } }`,
  `{ a: fieldingRun(id: "${RUN}") { status } b: node(id: "${RUN}") { id ... on FieldingRun { version } } }`,
  `{ targetGroups(projectId: "101/P1", first: 3) { nodes { id name fieldingRun { status } } pageInfo { hasNextPage } } }`,
  `mutation Pause($id: ID!) { pauseFieldingRun(input: { id: $id, version: "5" }) { fieldingRun { version } userErrors { code } } }`,
  `mutation { pauseTargetGroups(input: { targetGroupIds: ["101/P1/T1"], idempotencyKey: "k" }) { batchJob { id } userErrors { code } } }`,
  `subscription Live($id: ID!) { fieldingRunUpdated(id: $id) { status } }`,
  '{ __schema { types { name } } }',
  'query A { accounts { id } } query B { accounts { name } }',
  'query ($on: Boolean = true) { accounts { id @include(if: $on) ...F } } fragment F on Account { name @skip(if: $on) }',
];

const SNIPPETS = [
  '{',
  '}',
  '(',
  '"',
  '"""',
  '...',
  '@',
  '$',
  '!',
  '#',
  '\\u{0}',
  '\u0000',
  '\ufeff',
  'é',
  ' on ',
  '__typename ',
  'null',
  '1e999',
];

/** A text with some parts removed, repeated, or put in. */
export const mutated = (text: string): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.nat(text.length), fc.nat(12), fc.constantFrom('', '', ...SNIPPETS)), { maxLength: 3 })
    .map((edits) =>
      edits.reduce(
        (edited, [at, length, put]) => edited.slice(0, at) + put + edited.slice(at + length),
        text,
      ),
    );

const document = fc.oneof(
  { weight: 24, arbitrary: fc.constantFrom(...DOCUMENTS) },
  { weight: 4, arbitrary: fc.constantFrom(...DOCUMENTS).chain(mutated) },
  { weight: 1, arbitrary: fc.nat(600).map((depth) => `${'{ a '.repeat(depth)}${'}'.repeat(depth)}`) },
  {
    weight: 1,
    arbitrary: fc
      .nat(400)
      .map(
        (count) => `{ ${Array.from({ length: count }, (_, nth) => `a${nth}: accounts { id }`).join(' ')} }`,
      ),
  },
  { weight: 1, arbitrary: fc.string({ unit: codePoint, maxLength: 40 }) },
);

const id = fc.oneof(
  { weight: 6, arbitrary: fc.constant<unknown>(RUN) },
  fc.constantFrom<unknown>(RUN, '101/P1/T1', '101', '101/../x', '', 5, null, true, [], {}),
  fc.string({ unit: codePoint, maxLength: 12 }),
);
const variables = fc.oneof(
  { weight: 20, arbitrary: fc.record({ id }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(undefined, null, [], 'a', 5, JSON.parse('{"__proto__":{"id":1}}')),
  },
);

/** What a request asks for, mostly valid. */
export const operation = fc.record(
  {
    query: fc.oneof({ weight: 30, arbitrary: document }, fc.constantFrom<unknown>(null, 5, '', [], {})),
    variables,
    operationName: fc.oneof(
      { weight: 20, arbitrary: fc.constant(undefined) },
      fc.constantFrom<unknown>('A', 'B', 'Run', '', 5, null),
    ),
    extensions: fc.oneof(
      { weight: 20, arbitrary: fc.constant(undefined) },
      fc.constantFrom<unknown>(
        { persistedQuery: { version: 1, sha256Hash: 'ab' } },
        { persistedQuery: null },
        { persistedQuery: { version: 2 } },
        [],
        5,
        {},
      ),
    ),
  },
  { requiredKeys: ['query'] },
);

const latin1 = (text: string) => Buffer.from(text).toString('latin1');

const body = fc.oneof(
  { weight: 24, arbitrary: operation.map((value) => latin1(JSON.stringify(value))) },
  {
    weight: 1,
    arbitrary: fc.array(operation, { maxLength: 3 }).map((value) => latin1(JSON.stringify(value))),
  },
  { weight: 1, arbitrary: operation.chain((value) => mutated(latin1(JSON.stringify(value)))) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }).map(latin1) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  },
  { weight: 1, arbitrary: fc.nat(3000).map((depth) => '['.repeat(depth)) },
);

const parameters = operation.map((value) => {
  const params = new URLSearchParams();
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined)
      params.append(name, typeof member === 'string' ? member : JSON.stringify(member));
  }
  return `?${params}`;
});

const target = fc.oneof(
  { weight: 10, arbitrary: fc.constant('/graphql') },
  { weight: 6, arbitrary: parameters.map((query) => `/graphql${query}`) },
  {
    weight: 2,
    arbitrary: parameters.chain(mutated).map((query) => `/graphql${query.replace(/[^!-~]/g, '%')}`),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '/',
      '/graphql/',
      '//graphql',
      '/graphql%00',
      '/%67raphql',
      '/GRAPHQL',
      '/./graphql',
      '/healthz',
      '/readyz',
      '/graphiql',
      '/webhooks/demand',
      '/%zz',
      '*',
      'http://other.example/graphql',
      '/graphql?',
      '/graphql#a',
      '/graphql;a',
    ),
  },
);

const method = fc.oneof(
  { weight: 12, arbitrary: fc.constant('POST') },
  { weight: 6, arbitrary: fc.constant('GET') },
  fc.constantFrom('PUT', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'QUERY', 'get'),
);

const mostly = (usual: string, ...others: readonly (string | undefined)[]) =>
  fc.oneof(
    { weight: 16, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom<string | undefined>(undefined, ...others) },
  );
const VISIBLE = Array.from(' !"#$%&()*+,-./019:;<=>?@AZ[\\]^_`az{|}~\t\u0080\u00ff');
const visible = fc.string({
  unit: fc.constantFrom(...VISIBLE),
  maxLength: 30,
});
const rarely = (values: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 30, arbitrary: fc.constant(undefined) }, values);

const headers = fc
  .record({
    'content-type': mostly(
      'application/json',
      'application/json; charset=utf-8',
      'application/json;charset=utf-16',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/graphql',
      'application/json;;;"',
    ),
    authorization: mostly('Bearer demo', 'Bearer other', 'Basic x', 'Bearer', ''),
    accept: mostly(
      'application/json',
      '*/*',
      'application/graphql-response+json',
      'text/event-stream',
      'multipart/mixed;subscriptionSpec=1.0',
      'text/html',
      'text/event-stream, application/json',
      'image/png',
      'application/json;q=0',
      ',,;q=',
    ),
    'content-encoding': rarely(fc.constantFrom('gzip', 'deflate', 'br', 'identity', 'zstd, gzip')),
    origin: rarely(fc.constantFrom('https://app.example', 'null', 'https://evil.example')),
    'x-forwarded-for': rarely(visible),
    expect: rarely(fc.constantFrom('100-continue', '200-ok')),
    te: rarely(fc.constantFrom('trailers')),
    upgrade: rarely(fc.constantFrom('websocket', 'h2c')),
    tracestate: rarely(visible),
    cookie: rarely(visible),
    'apollo-require-preflight': rarely(visible),
    'x-fuzz': rarely(visible),
  })
  .map((all) =>
    Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  );

export const fuzzRequest: fc.Arbitrary<FuzzRequest> = fc.record({ method, target, headers, body });
