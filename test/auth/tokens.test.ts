import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pino from 'pino';
import { importPKCS8, importSPKI } from 'jose';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import {
  newSigningKey,
  startTestIssuer,
  unsignedToken,
  type SigningKey,
  type TestIssuer,
  type TokenOptions,
} from '../helpers/issuer.js';
import { startTokenEndpoint, type TestTokenEndpoint } from '../helpers/token-endpoint.js';

let issuer: TestIssuer;
let tokens: TestTokenEndpoint;
let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  issuer = await startTestIssuer('RS256');
  tokens = await startTokenEndpoint();
  upstream = await startScriptedUpstream();
  upstream.on('GET', '/accounts', { body: { accounts: [{ id: 101, name: 'One' }] } });
  gateway = await startTestGateway({
    demandApiUrl: upstream.url,
    env: { ...issuer.env, ...tokens.credentialEnv },
  });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
  await issuer.close();
  await tokens.close();
});

const nowS = () => Math.floor(Date.now() / 1000);

/** One operation with an `Authorization` header as it stands. */
async function send(authorization: string | undefined, query = '{ accounts { id } }') {
  const before = upstream.requests.length;
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
    body: JSON.stringify({ query }),
  });
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    body: (await response.json()) as { data?: unknown; errors?: unknown[] },
    calls: upstream.requests.slice(before),
  };
}

test('a valid token is accepted, and is not sent upstream', async () => {
  const token = await issuer.token();
  const { status, body, calls } = await send(`Bearer ${token}`);
  expect({ status, body }).toMatchObject({ status: 200, body: { data: { accounts: [{ id: '101' }] } } });
  expect(calls.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${tokens.issued().at(-1)}`]);
  expect(JSON.stringify(calls)).not.toContain(token);
});

// Made when the test runs: a busy machine can take longer than the tolerance to load this file.
test.each<[string, () => TokenOptions]>([
  ['the type `JWT`', () => ({ header: { typ: 'JWT' } })],
  ['a media type as its type', () => ({ header: { typ: 'application/AT+JWT' } })],
  ['one audience of several', () => ({ claims: { aud: ['https://other.test', 'https://fieldgate.test'] } })],
  ['an expiry within the tolerance', () => ({ claims: { exp: nowS() - 1 } })],
  ['a beginning within the tolerance', () => ({ claims: { nbf: nowS() + 4 } })],
  ['a beginning in the past', () => ({ claims: { nbf: nowS() - 60 } })],
])('accepts %s', async (_what, options) => {
  expect((await send(`bearer ${await issuer.token(options())}`)).status).toBe(200);
});

describe('rejects', () => {
  const bad: Record<string, (() => Promise<string | undefined>) | TokenOptions> = {
    'a token signed with another key': async () =>
      await issuer.token({ key: { ...(await newSigningKey('RS256')), kid: issuer.key.kid } }),
    'a token whose claims were changed': async () => {
      const [header, , signature] = (await issuer.token()).split('.');
      const [, claims] = (await issuer.token({ claims: { accounts: [101, 202] } })).split('.');
      return [header, claims, signature].join('.');
    },
    'a token without its signature': async () => (await issuer.token()).replace(/\.[^.]*$/, '.'),
    'alg none': async () => {
      const [, claims = ''] = (await issuer.token()).split('.');
      const parsed = JSON.parse(Buffer.from(claims, 'base64url').toString()) as object;
      return unsignedToken({ alg: 'none', typ: 'at+jwt', kid: issuer.key.kid }, parsed);
    },
    'alg NONE': async () => {
      const [, claims = '', signature] = (await issuer.token()).split('.');
      const parsed = JSON.parse(Buffer.from(claims, 'base64url').toString()) as object;
      return unsignedToken({ alg: 'NONE', typ: 'at+jwt', kid: issuer.key.kid }, parsed, signature);
    },
    'HS256 with the public key as PEM': async () => await issuer.token({ key: hmacKey(issuer.key.pem) }),
    'HS256 with the public key as JWK': async () =>
      await issuer.token({ key: hmacKey(JSON.stringify(issuer.key.publicJwk)) }),
    'an algorithm that is not accepted': async () =>
      await issuer.token({ key: await withAlgorithm('RS512') }),
    'a key in the token itself': async () => {
      const own = await newSigningKey('RS256');
      return await issuer.token({ key: own, header: { jwk: own.publicJwk, kid: issuer.key.kid } });
    },
    'a URL of a key set in the token': async () => {
      const own = await newSigningKey('RS256');
      return await issuer.token({ key: own, header: { jku: `${issuer.url}/evil`, kid: own.kid } });
    },
    'an unknown critical parameter': async () => {
      const [, claims, signature] = (await issuer.token()).split('.');
      const header = { alg: 'RS256', typ: 'at+jwt', kid: issuer.key.kid, crit: ['x'], x: 1 };
      const encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
      return [encoded, claims, signature].join('.');
    },
    'a token without expiry': { claims: { exp: undefined } },
    'an expiry that is text': { claims: { exp: String(nowS() + 300) } },
    'a token of tomorrow': { claims: { nbf: nowS() + 60 } },
    'another audience': { claims: { aud: 'https://other.test' } },
    'a part of the audience': { claims: { aud: 'https://fieldgate' } },
    'no audience': { claims: { aud: undefined } },
    'another issuer': { claims: { iss: 'https://other.test' } },
    'an issuer with another path': async () => await issuer.token({ claims: { iss: `${issuer.url}/` } }),
    'no issuer': { claims: { iss: undefined } },
    'no subject': { claims: { sub: undefined } },
    'the type of a logout token': { header: { typ: 'logout+jwt' } },
    'the type of a proof of possession': { header: { typ: 'dpop+jwt' } },
    'no type': { header: { typ: undefined } },
    'a type that is no text': { header: { typ: ['at+jwt'] } },
    'no key id': { header: { kid: undefined } },
    'an empty key id': { header: { kid: '' } },
    'an unknown key id': { header: { kid: 'unknown' } },
    'a path as key id': { header: { kid: '../../../../dev/null' } },
    'a URL as key id': async () => await issuer.token({ header: { kid: `${issuer.url}/evil` } }),
    'SQL as key id': { header: { kid: "' OR 1=1 --" } },
    'the name of a prototype as key id': { header: { kid: '__proto__' } },
    'a very long key id': { header: { kid: 'k'.repeat(5000) } },
    'no token': () => Promise.resolve(undefined),
    'an empty header': () => Promise.resolve(''),
    'a scheme alone': () => Promise.resolve('Bearer'),
    garbage: () => Promise.resolve('Bearer garbage'),
    'three parts of garbage': () => Promise.resolve('Bearer a.b.c'),
    'an encrypted token': () => Promise.resolve('Bearer a.b.c.d.e'),
    'another scheme': async () => `Basic ${await issuer.token()}`,
    'a token without scheme': async () => await issuer.token(),
    'two tokens': async () => `Bearer ${await issuer.token()}, Bearer ${await issuer.token()}`,
  };
  const BY_HEADER = new Set([
    'no token',
    'an empty header',
    'a scheme alone',
    'garbage',
    'three parts of garbage',
    'an encrypted token',
    'another scheme',
    'a token without scheme',
    'two tokens',
  ]);

  test.each(Object.entries(bad))('%s', async (name, given) => {
    const text = typeof given === 'function' ? await given() : await issuer.token(given);
    const authorization = text === undefined || BY_HEADER.has(name) ? text : `Bearer ${text}`;
    const { status, challenge, body, calls } = await send(authorization);
    expect({ status, calls }).toEqual({ status: 401, calls: [] });
    expect(challenge).toMatch(/^Bearer(?: error="invalid_token")?$/);
    expect(body).toEqual({
      errors: [
        {
          message: expect.stringMatching(
            /^(?:The token is not valid|Authenticate with `Authorization: Bearer <token>`)\.$/,
          ),
          extensions: { code: 'UNAUTHENTICATED', retryable: false, traceId: expect.any(String) },
        },
      ],
    });
    expect(issuer.requests).not.toContain('/evil');
  });

  test('an expired token, and says that it has expired', async () => {
    const token = await issuer.token({ claims: { exp: nowS() - 60 } });
    expect(await send(`Bearer ${token}`)).toMatchObject({
      status: 401,
      challenge: 'Bearer error="invalid_token", error_description="The token has expired."',
      body: { errors: [{ message: 'The token has expired.', extensions: { code: 'UNAUTHENTICATED' } }] },
      calls: [],
    });
  });

  test('a forged token that has expired, without saying that it has', async () => {
    const key = { ...(await newSigningKey('RS256')), kid: issuer.key.kid };
    const token = await issuer.token({ key, claims: { exp: nowS() - 60 } });
    expect((await send(`Bearer ${token}`)).body).toMatchObject({
      errors: [{ message: 'The token is not valid.' }],
    });
  });

  test.each([
    '{ __typename }',
    '{ __schema { queryType { name } } }',
    '{ accounts { id } }',
    '{ nothing }',
    'no GraphQL at all',
    'mutation { pauseFieldingRun(input: { id: "1", version: "1" }) { userErrors { message } } }',
    'subscription { nothing }',
  ])('%s alike', async (query) => {
    const [none, wrong] = [await send(undefined, query), await send('Bearer a.b.c', query)];
    for (const { status, calls } of [none, wrong])
      expect({ status, calls }).toEqual({ status: 401, calls: [] });
    const shown = ({ body }: typeof none) => JSON.stringify(body).replace(/"traceId":"[^"]+"/, '');
    expect(shown(none)).toBe(shown(await send(undefined)));
    expect(shown(wrong)).toBe(shown(await send('Bearer a.b.c')));
  });

  test('queries by GET, and persisted queries', async () => {
    const hash = 'ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38';
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hash } });
    for (const parameters of [{ query: '{ __typename }' }, { extensions }]) {
      const response = await fetch(`${gateway.url}/graphql?${new URLSearchParams(parameters).toString()}`, {
        headers: { 'apollo-require-preflight': '1' },
      });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    }
  });
});

describe('accounts whose id cannot be read', () => {
  const ask = async (accounts: readonly number[]) => {
    upstream.on('GET', '/accounts', {
      body: { accounts: [{ name: 'Unreadable' }, { id: 101 }, { id: 202 }] },
    });
    const answer = await send(`Bearer ${await issuer.token({ claims: { accounts } })}`);
    return answer.body;
  };

  test("are left out where all of the caller's are readable", async () => {
    expect(await ask([101])).toMatchObject({ data: { accounts: [{ id: '101' }] } });
  });

  test("are shown as errors where one of the caller's is missing", async () => {
    expect(await ask([101, 303])).toMatchObject({
      data: { accounts: [null, { id: '101' }] },
      errors: [{ path: ['accounts', 0], extensions: { code: 'UPSTREAM_BAD_RESPONSE' } }],
    });
  });
});

test('says that tokens cannot be verified while the keys cannot be read, and logs no token', async () => {
  const away = await startTestIssuer();
  away.setFault('error');
  const lines: string[] = [];
  const other = await startTestGateway({
    demandApiUrl: upstream.url,
    env: away.env,
    logger: pino({ level: 'trace' }, { write: (line: string) => lines.push(line) }),
  });
  try {
    const token = await away.token();
    const answers = [
      await other.execute('{ __typename }', {}, { token }),
      await other.execute('{ __typename }', {}, { token: 'a.b.c' }),
    ];
    expect(answers[0]).toMatchObject({
      status: 503,
      data: undefined,
      errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true, retryAfterSeconds: 2 } }],
    });
    expect(answers[0]?.headers.get('retry-after')).toBe('2');
    expect(answers[1]?.status).toBe(401);
    const log = lines.join('');
    expect(log).toContain('The status of the response is 503, not 200.');
    expect(log).toContain('A token was rejected.');
    for (const secret of [token, 'a.b.c', away.url]) expect(log).not.toContain(secret);
  } finally {
    await other.close();
    await away.close();
  }
});

function hmacKey(text: string): SigningKey {
  return { ...issuer.key, alg: 'HS256', privateKey: new TextEncoder().encode(text) };
}

/** The issuer's key, to be used with another algorithm. */
async function withAlgorithm(alg: string): Promise<SigningKey> {
  const { exportPKCS8 } = await import('jose');
  const { privateKey } = issuer.key;
  if (privateKey instanceof Uint8Array) throw new Error('The key of the issuer is not a pair.');
  expect(await importSPKI(issuer.key.pem, alg)).toBeDefined();
  return { ...issuer.key, alg, privateKey: await importPKCS8(await exportPKCS8(privateKey), alg) };
}
