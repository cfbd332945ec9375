/** With a safelist, nothing else is executed, over any transport. */
import {
  ApolloClient,
  ApolloLink,
  CombinedGraphQLErrors,
  gql,
  HttpLink,
  InMemoryCache,
} from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import fc from 'fast-check';
import { getIntrospectionQuery, Lexer, parse, print, Source, stripIgnoredCharacters } from 'graphql';
import type { Principal, Scope } from '../../src/auth/principal.js';
import { liveRunId, RUN, RUN_UPDATED } from '../live/live-fixture.js';
import { randomRuns } from '../helpers/random-runs.js';
import {
  codeOf,
  persisted,
  sha256,
  startSafelistFixture,
  streams,
  transports,
  type SafelistFixture,
  type Sent,
} from './safelist-fixture.js';

const variables = { id: liveRunId };
const OTHER = 'query Run($id: ID!) { fieldingRun(id: $id) { status version id } }';
const OTHER_UPDATED = 'subscription Run($id: ID!) { fieldingRunUpdated(id: $id) { status id } }';
const TWO = `query A($id: ID!) { fieldingRun(id: $id) { status } } query B { accounts { id } }`;
const PAUSE =
  'mutation Pause($input: PauseFieldingRunInput!) { pauseFieldingRun(input: $input) { userErrors { message } } }';
/** As Relay's compiler and the client preset of GraphQL Code Generator write them. */
const documents = { run: RUN, updated: RUN_UPDATED, two: TWO, pause: PAUSE, gone: '{ gone }' };
const expected = { fieldingRun: { status: 'LIVE', version: '5' } };

/** Anybody is who the token says, with the scopes that it names. */
function byScopes(authorization: string | undefined): Principal {
  const scopes = (authorization ?? '').replace(/^Bearer /, '').split('+') as Scope[];
  return {
    key: authorization ?? '',
    grants: { accounts: new Set(['101']), scopes: new Set(scopes) },
    authorization: 'Bearer demo',
  };
}

describe('With SAFELIST_MODE=enforce', () => {
  let fixture: SafelistFixture;
  beforeAll(async () => {
    fixture = await startSafelistFixture(documents);
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.upstream());

  describe.each(transports)('over %s', (name, send) => {
    const ask = (sent: Sent) => send(fixture.live.gateway, { variables, ...sent });

    test.each<[string, Sent]>([
      ['its id as hash', persisted('run')],
      ['its hash', persisted(sha256(RUN))],
      ['the hash of the printed document', persisted(sha256(print(parse(RUN))))],
      ['its id as documentId', { documentId: 'run' }],
      ['its hash as documentId', { documentId: `sha256:${sha256(RUN)}` }],
      ['its id as doc_id', { doc_id: 'run' }],
      ['its text', { query: RUN }],
      ['its text in another form', { query: `# my query\n${RUN.replaceAll(' ', ',\n ')}` }],
      ['its text and id', { query: RUN, documentId: 'run' }],
      ['its text, to register it', { query: print(parse(RUN)), ...persisted(sha256(print(parse(RUN)))) }],
    ])('a listed document is executed by %s', async (_, sent) => {
      expect(await ask(sent)).toEqual({ data: expected });
      expect(await fixture.upstream()).toBe(1);
    });

    test.each<[string, Sent, string]>([
      ['text', { query: OTHER }, 'DOCUMENT_NOT_ALLOWED'],
      ['a mutation', { query: PAUSE.replace('message', 'message field') }, 'DOCUMENT_NOT_ALLOWED'],
      ['a subscription', { query: OTHER_UPDATED }, 'DOCUMENT_NOT_ALLOWED'],
      ['text that is no document', { query: '{' }, 'DOCUMENT_NOT_ALLOWED'],
      ['text that has no tokens', { query: '{ "' }, 'DOCUMENT_NOT_ALLOWED'],
      ['a comment alone', { query: '# a' }, 'DOCUMENT_NOT_ALLOWED'],
      ['text to register', { query: OTHER, ...persisted(sha256(OTHER)) }, 'DOCUMENT_NOT_ALLOWED'],
      ['a hash', persisted(sha256(OTHER)), 'PERSISTED_QUERY_NOT_FOUND'],
      ['a documentId', { documentId: 'other' }, 'PERSISTED_QUERY_NOT_FOUND'],
      ['a doc_id', { doc_id: '__proto__' }, 'PERSISTED_QUERY_NOT_FOUND'],
      ['text with the id of a listed document', { query: OTHER, documentId: 'run' }, 'BAD_USER_INPUT'],
      ['text with the hash of a listed document', { query: OTHER, ...persisted('run') }, 'BAD_USER_INPUT'],
      ['listed text with the hash of another', { query: RUN, ...persisted(sha256(OTHER)) }, 'BAD_USER_INPUT'],
      ['listed text with the id of another', { query: RUN, documentId: 'two' }, 'BAD_USER_INPUT'],
      ['two ids', { ...persisted('run'), documentId: 'two' }, 'BAD_USER_INPUT'],
      [
        'a malformed hash',
        { extensions: { persistedQuery: { version: 1, sha256Hash: ['run'] } } },
        'BAD_USER_INPUT',
      ],
      [
        'another version',
        { extensions: { persistedQuery: { version: 2, sha256Hash: 'run' } } },
        'BAD_USER_INPUT',
      ],
      ['a listed document that is not valid', { documentId: 'gone' }, 'GRAPHQL_VALIDATION_FAILED'],
      [
        'an operation that the document does not have',
        { documentId: 'run', operationName: 'B' },
        'BAD_USER_INPUT',
      ],
    ])('%s is rejected, and nothing is done', async (_, sent, code) => {
      const result = await ask(sent);
      expect(codeOf(result)).toBe(code);
      expect(result.data).toBeUndefined();
      expect(await fixture.upstream()).toBe(0);
    });

    test('no document can be registered, however often it is sent', async () => {
      for (let nth = 0; nth < 2; nth += 1) {
        expect(codeOf(await ask({ query: OTHER, ...persisted(sha256(OTHER)) }))).toBe('DOCUMENT_NOT_ALLOWED');
        expect(codeOf(await ask(persisted(sha256(OTHER))))).toBe('PERSISTED_QUERY_NOT_FOUND');
      }
      expect(await fixture.upstream()).toBe(0);
    });

    test('the name of an operation chooses among those of the document', async () => {
      expect(await ask({ documentId: 'two', operationName: 'A' })).toEqual({
        data: { fieldingRun: { status: 'LIVE' } },
      });
      expect(codeOf(await ask({ documentId: 'two' }))).toBe('BAD_USER_INPUT');
      expect(await fixture.upstream()).toBe(1);
    });

    test('a listed mutation is executed, except by GET', async () => {
      const input = { id: liveRunId, version: '1' };
      const result = await ask({ documentId: 'pause', variables: { input } });
      if (name === 'GET') {
        expect(codeOf(result)).toBe('BAD_REQUEST');
        expect(await fixture.upstream()).toBe(0);
      } else {
        expect(result).toMatchObject({ data: { pauseFieldingRun: { userErrors: [{}] } } });
      }
    });
  });

  test.each([
    ['an unknown hash', persisted('x'), 200, 'PersistedQueryNotFound'],
    ['an unknown id', { documentId: 'x' }, 400, 'No document of the safelist has this id.'],
    ['other text', { query: OTHER }, 400, expect.stringContaining('not in the safelist')],
  ])('%s has the status and message that clients go by', async (_, sent, status, message) => {
    const { gateway } = fixture.live;
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer demo' },
      body: JSON.stringify(sent),
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      errors: [
        { message, extensions: expect.objectContaining({ retryable: false, traceId: expect.any(String) }) },
      ],
    });
  });

  test('a document of more tokens than are read is rejected', async () => {
    const [, send] = transports[0]!;
    const query = `${RUN} query Other { ${'__typename '.repeat(20_000)} }`;
    const operation = { query, operationName: 'Run', variables };
    expect(codeOf(await send(fixture.live.gateway, operation))).toBe('DOCUMENT_NOT_ALLOWED');
    expect(await fixture.upstream()).toBe(0);
  });

  test('rejects a variation of a listed document with other tokens', async () => {
    const [, send] = transports[0]!;
    const tokens = wordsOf(RUN);
    const ignored = fc.constantFrom(' ', '\n', ' , ', '\t', ' # { accounts { nodes { id } } }\n', '\uFEFF ');
    const word = fc.constantFrom(
      ...tokens,
      ...['id', '__typename', 'accounts', '...', 'F', 'fragment F on FieldingRun { id }', '@skip(if: true)'],
      ...['query X { accounts { nodes { id } } }', 'mutation', 'x:', '"""#"""', '"\\u0022"', '#', '{', '}'],
    );
    const change = fc.record({
      at: fc.nat(tokens.length),
      remove: fc.nat(2),
      insert: fc.array(word, { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 2 }),
        fc.array(ignored, { minLength: 1, maxLength: 8 }),
        fc.option(fc.constantFrom('Run', 'X'), { nil: undefined }),
        fc.boolean(),
        async (changes, between, operationName, registers) => {
          const words = [...tokens];
          for (const { at, remove, insert } of changes) words.splice(at, remove, ...insert);
          const query = words.map((each, nth) => each + between[nth % between.length]!).join('');
          const isListed = minimal(query) === minimal(RUN);
          await fixture.upstream();
          const result = await send(fixture.live.gateway, {
            query,
            variables,
            ...(operationName !== undefined && { operationName }),
            ...(registers && persisted(sha256(query))),
          });
          if (!isListed) {
            expect(codeOf(result)).toBe('DOCUMENT_NOT_ALLOWED');
            expect(await fixture.upstream()).toBe(0);
          } else if (operationName !== 'X') {
            expect(result).toEqual({ data: expected });
          }
        },
      ),
      { numRuns: randomRuns(150, 50) },
    );
  });
});

describe('Apollo Client', () => {
  // It adds the names of types before it sends a document, and so does what makes the manifest.
  const body = print(parse('query Run($id: ID!) { fieldingRun(id: $id) { status version __typename } }'));
  const named = { fieldingRun: { ...expected.fieldingRun, __typename: 'FieldingRun' } };
  let fixture: SafelistFixture;
  beforeAll(async () => {
    fixture = await startSafelistFixture({
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: 'run-1', name: 'Run', type: 'query', body }],
    });
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.upstream());

  const query = async (text: string, ...links: ApolloLink[]) => {
    const http = new HttpLink({
      uri: `${fixture.live.gateway.url}/graphql`,
      headers: { authorization: 'Bearer demo' },
    });
    const client = new ApolloClient({ link: ApolloLink.from([...links, http]), cache: new InMemoryCache() });
    try {
      return await client.query({ query: gql(text), variables, fetchPolicy: 'no-cache' });
    } finally {
      client.stop();
    }
  };

  test.each<[string, ApolloLink[]]>([
    ['by the id of the manifest', [new PersistedQueryLink({ generateHash: () => 'run-1' })]],
    ['by its hash', [new PersistedQueryLink({ sha256 })]],
    ['by its hash, with GET', [new PersistedQueryLink({ sha256, useGETForHashedQueries: true })]],
    ['by its text', []],
  ])('gets a listed document %s', async (_, links) => {
    expect(await query(RUN, ...links)).toMatchObject({ data: named });
    expect(await fixture.upstream()).toBe(1);
  });

  test('sends the text of a document that is not found, and gets an error that it is not listed', async () => {
    const error: unknown = await query(OTHER, new PersistedQueryLink({ sha256 })).catch(
      (thrown: unknown) => thrown,
    );
    expect(CombinedGraphQLErrors.is(error) && error.errors).toMatchObject([
      { extensions: { code: 'DOCUMENT_NOT_ALLOWED' } },
    ]);
    expect(await fixture.upstream()).toBe(0);
  });
});

describe('Streams with SAFELIST_MODE=enforce', () => {
  let fixture: SafelistFixture;
  beforeAll(async () => {
    fixture = await startSafelistFixture(documents);
  });
  afterAll(() => fixture.close());

  test.each(streams)('a listed subscription is opened over %s', async (_, send) => {
    for (const sent of [
      { documentId: 'updated' },
      persisted('updated'),
      { query: `${RUN_UPDATED} # mine` },
    ]) {
      expect(await send(fixture.live.gateway, { ...sent, variables })).toEqual({
        data: { fieldingRunUpdated: { status: 'LIVE', version: '5' } },
      });
    }
  });
});

describe('Introspection', () => {
  const both = getIntrospectionQuery().replace('{', '{ accounts { id }');

  test.each(transports)('works over %s outside production', async (_, send) => {
    const fixture = await startSafelistFixture(documents, { env: { NODE_ENV: 'development' } });
    await fixture.upstream();
    expect(await send(fixture.live.gateway, { query: getIntrospectionQuery() })).toMatchObject({
      data: { __schema: { queryType: { name: 'Query' } } },
    });
    expect(codeOf(await send(fixture.live.gateway, { query: both }))).toBe('DOCUMENT_NOT_ALLOWED');
    expect(await fixture.upstream()).toBe(0);
    await fixture.close();
  });

  test('is rejected in production like any other document', async () => {
    const fixture = await startSafelistFixture(documents);
    const [, send] = transports[0]!;
    expect(codeOf(await send(fixture.live.gateway, { query: '{ __schema { description } }' }))).toBe(
      'DOCUMENT_NOT_ALLOWED',
    );
    await fixture.close();
  });
});

describe('A caller with the scope `graphql:explore`', () => {
  let fixture: SafelistFixture;
  beforeAll(async () => {
    fixture = await startSafelistFixture(documents, { authenticate: byScopes });
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.upstream());

  test.each(transports)('may send any document over %s', async (_, send) => {
    const { gateway } = fixture.live;
    const token = 'fielding:read+graphql:explore';
    expect(await send(gateway, { query: OTHER, variables }, token)).toMatchObject({
      data: { fieldingRun: { status: 'LIVE' } },
    });
    expect(codeOf(await send(gateway, { query: OTHER, variables }, 'fielding:read+fielding:operate'))).toBe(
      'DOCUMENT_NOT_ALLOWED',
    );
    expect(await fixture.upstream()).toBe(1);
  });

  test('may register documents, which others cannot ask for', async () => {
    const [, send] = transports[0]!;
    const { gateway } = fixture.live;
    const explorer = 'fielding:read+graphql:explore';
    const registered = { variables, ...persisted(sha256(OTHER)) };
    expect(await send(gateway, { query: OTHER, ...registered }, explorer)).toMatchObject({ data: {} });
    expect(await send(gateway, registered, explorer)).toMatchObject({ data: {} });
    await fixture.upstream();
    expect(codeOf(await send(gateway, registered, 'fielding:read'))).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(await fixture.upstream()).toBe(0);
  });

  test('may do no more than its other scopes allow', async () => {
    const [, send] = transports[0]!;
    const input = { id: liveRunId, version: '5' };
    const result = await send(
      fixture.live.gateway,
      { query: PAUSE, variables: { input } },
      'graphql:explore',
    );
    expect(codeOf(result)).toBe('FORBIDDEN');
    expect(await fixture.upstream()).toBe(0);
  });
});

describe('With SAFELIST_MODE=log', () => {
  let fixture: SafelistFixture;
  beforeAll(async () => {
    fixture = await startSafelistFixture(documents, { env: { SAFELIST_MODE: 'log' } });
  });
  afterAll(() => fixture.close());

  test.each(transports)('over %s every document is executed, and ids are known', async (_, send) => {
    const ask = (sent: Sent) => send(fixture.live.gateway, { variables, ...sent });
    for (const sent of [
      { query: OTHER },
      { query: OTHER, ...persisted(sha256(OTHER)) },
      persisted(sha256(OTHER)),
    ]) {
      expect(await ask(sent)).toMatchObject({ data: { fieldingRun: { status: 'LIVE' } } });
    }
    for (const sent of [
      { query: RUN },
      { documentId: 'run' },
      persisted('run'),
      { query: RUN, ...persisted('run') },
    ]) {
      expect(await ask(sent)).toEqual({ data: expected });
    }
    expect(codeOf(await ask({ documentId: 'other' }))).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  test('each document that is not listed is logged once, without its variables', async () => {
    const [, send] = transports[0]!;
    const logged = () => fixture.log.filter(({ msg }) => msg === 'A document is not in the safelist.');
    expect(logged()).toEqual([
      expect.objectContaining({ sha256: sha256(OTHER), operationName: 'Run', mode: 'log' }),
    ]);
    await send(fixture.live.gateway, { query: `${OTHER} # again`, variables });
    expect(logged()).toHaveLength(1);
    const text = JSON.stringify(fixture.log);
    expect(text).not.toContain(liveRunId);
    expect(text).not.toContain('fieldingRun(');
  });

  test('no more than a thousand documents are logged', async () => {
    for (let first = 0; first < 1010; first += 10) {
      const documents = Array.from(
        { length: 10 },
        (_, nth) => `{ a${first + nth}: __typename accounts { nodes { idd } } }`,
      );
      const response = await fetch(`${fixture.live.gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer demo' },
        body: JSON.stringify(documents.map((query) => ({ query }))),
      });
      expect(await response.json()).toHaveLength(10);
    }
    const logged = fixture.log.filter(({ msg }) => msg === 'A document is not in the safelist.');
    expect(logged).toHaveLength(1000);
    expect(fixture.log.at(-1)).toMatchObject({ msg: expect.stringContaining('Further ones are not logged') });
  });
});

describe('Without a safelist', () => {
  test('an id of a document is rejected with a reason', async () => {
    const fixture = await startSafelistFixture(documents, { env: { SAFELIST_FILE: '', SAFELIST_MODE: '' } });
    for (const [, send] of transports) {
      const result = await send(fixture.live.gateway, { documentId: 'run', variables });
      expect(result.errors?.[0]?.message).toContain('the gateway has none');
      expect(await send(fixture.live.gateway, { query: RUN, documentId: 'x', variables })).toEqual({
        data: expected,
      });
    }
    await fixture.close();
  });
});

function wordsOf(text: string): string[] {
  const lexer = new Lexer(new Source(text));
  const words: string[] = [];
  for (let token = lexer.advance(); token.kind !== '<EOF>'; token = lexer.advance()) {
    words.push(text.slice(token.start, token.end));
  }
  return words;
}

/** How the reference implementation tells the same documents. */
function minimal(text: string): string | undefined {
  try {
    return stripIgnoredCharacters(text);
  } catch {
    return undefined;
  }
}
