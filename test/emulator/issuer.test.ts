import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  jwtVerify,
  SignJWT,
  generateKeyPair,
} from 'jose';
import { demo } from '../../src/emulator/index.js';
import { callApi, demoPaths, jobPath, startTestEmulator, type TestEmulator } from '../helpers/emulator.js';

const { client } = demo;

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
beforeEach(() => emulator.control.reset());
afterAll(() => emulator.close());

interface Metadata {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly token_endpoint: string;
}

async function discover(): Promise<Metadata> {
  return (await (await fetch(`${emulator.issuer}/.well-known/openid-configuration`)).json()) as Metadata;
}

/** Verifies a token as a gateway does, with keys that are fetched anew. */
async function verify(token: string, audience: string = demo.gatewayAudience) {
  const { issuer, jwks_uri: keys } = await discover();
  return jwtVerify(token, createRemoteJWKSet(new URL(keys)), { issuer, audience });
}

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const asClient = { authorization: basic(client.id, client.secret) };
const GRANT = { grant_type: 'client_credentials' };

async function requestToken(
  form: Readonly<Record<string, string>> | [string, string][],
  headers: Readonly<Record<string, string>> = {},
) {
  const response = await fetch(emulator.tokenUrl, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body };
}

async function accessToken(): Promise<string> {
  const { status, body } = await requestToken(GRANT, asClient);
  expect(status).toBe(200);
  return String(body['access_token']);
}

async function accountsStatus(token: string): Promise<number> {
  return (await callApi(emulator, 'GET', '/accounts', { token })).status;
}

test('describes itself at the discovery URL', async () => {
  expect(await discover()).toMatchObject({
    issuer: emulator.issuer,
    jwks_uri: `${emulator.issuer}/.well-known/jwks.json`,
    token_endpoint: emulator.tokenUrl,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  });
});

test.each(['ES256', 'RS256', 'PS256'])(
  'publishes only the public part of a key for %s',
  async (algorithm) => {
    await emulator.control.identity.rotateKey({ algorithm });
    const { keys } = (await (await fetch((await discover()).jwks_uri)).json()) as { keys: object[] };
    const parameters = algorithm === 'ES256' ? ['crv', 'x', 'y'] : ['n', 'e'];
    expect(Object.keys(keys[0]!).sort()).toEqual([...parameters, 'alg', 'kid', 'kty', 'use'].sort());
    expect(keys[0]).toMatchObject({ alg: algorithm, use: 'sig' });

    const { protectedHeader } = await verify(
      await emulator.control.identity.issueUserToken({ subject: 'a' }),
    );
    expect(protectedHeader.alg).toBe(algorithm);
  },
);

test('issues tokens that name key, type, subject, times and the given claims', async () => {
  await emulator.control.identity.rotateKey();
  const before = Math.floor(Date.now() / 1000);
  const token = await emulator.issueUserToken({
    subject: 'reader',
    expiresIn: 60,
    claims: { accounts: ['101'], scope: 'fielding:read' },
  });
  const { payload, protectedHeader } = await verify(token);
  expect(protectedHeader).toEqual({ alg: 'ES256', kid: expect.any(String), typ: 'at+jwt' });
  expect(payload).toEqual({
    iss: emulator.issuer,
    aud: demo.gatewayAudience,
    sub: 'reader',
    accounts: ['101'],
    scope: 'fielding:read',
    iat: expect.any(Number),
    exp: payload.iat! + 60,
    jti: expect.any(String),
  });
  expect(payload.iat).toBeGreaterThanOrEqual(before);
});

test('issues expired tokens and tokens with other claims on request', async () => {
  const issue = emulator.control.identity.issueUserToken;
  await expect(verify(await issue({ subject: 'a', expires_in: -60 }))).rejects.toMatchObject({
    code: 'ERR_JWT_EXPIRED',
  });
  const nbf = Math.floor(Date.now() / 1000) + 600;
  await expect(verify(await issue({ subject: 'a', claims: { nbf } }))).rejects.toMatchObject({
    claim: 'nbf',
  });
  await expect(verify(await issue({ subject: 'a', claims: { aud: 'b' } }))).rejects.toMatchObject({
    claim: 'aud',
  });
});

test('rotates keys, and withdraws earlier ones on request', async () => {
  const { identity } = emulator.control;
  const first = await identity.issueUserToken({ subject: 'a' });
  await identity.rotateKey();
  const second = await identity.issueUserToken({ subject: 'a' });
  expect(decodeProtectedHeader(second).kid).not.toBe(decodeProtectedHeader(first).kid);
  await verify(first);
  await verify(second);

  await identity.rotateKey({ withdraw: true });
  for (const token of [first, second]) {
    await expect(verify(token)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  }
  await verify(await identity.issueUserToken({ subject: 'a' }));
});

test.each([
  ['client_secret_basic', GRANT, asClient],
  ['client_secret_post', { ...GRANT, client_id: client.id, client_secret: client.secret }, {}],
])('issues access tokens to a client that authenticates by %s', async (_method, form, headers) => {
  const { status, headers: received, body } = await requestToken(form, headers);
  expect(status).toBe(200);
  expect(received.get('cache-control')).toBe('no-store');
  expect(body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 86_400 });
  const token = String(body['access_token']);
  const { payload } = await verify(token, demo.apiAudience);
  expect(payload).toMatchObject({ sub: client.id, client_id: client.id, exp: payload.iat! + 86_400 });
});

test('decodes form-encoded Basic credentials', async () => {
  const encoded = Buffer.from(client.secret).toString('hex').replaceAll(/../g, '%$&');
  expect((await requestToken(GRANT, { authorization: basic(client.id, encoded) })).status).toBe(200);
});

test("ignores a vendor's parameters and empty ones, and grants the requested scope", async () => {
  const form = { ...GRANT, audience: demo.apiAudience, lucid_scopes: 'a b', client_secret: '', scope: 'x y' };
  const { status, body } = await requestToken(form, asClient);
  expect({ status, scope: body['scope'] }).toEqual({ status: 200, scope: 'x y' });
  expect(decodeJwt(String(body['access_token']))).toMatchObject({ scope: 'x y' });
});

const post = { client_id: client.id, client_secret: client.secret };
test.each<[string, Record<string, string> | [string, string][], Record<string, string>, number, string]>([
  ['no client', GRANT, {}, 401, 'invalid_client'],
  ['an unknown client', GRANT, { authorization: basic('other', client.secret) }, 401, 'invalid_client'],
  ['a wrong secret', { ...GRANT, ...post, client_secret: 'wrong' }, {}, 401, 'invalid_client'],
  ['a client id without a secret', { ...GRANT, client_id: client.id }, {}, 401, 'invalid_client'],
  ['a Bearer token', GRANT, { authorization: 'Bearer demo' }, 401, 'invalid_client'],
  ['Basic without a colon', GRANT, { authorization: 'Basic Zm9v' }, 401, 'invalid_client'],
  ['a broken escape', GRANT, { authorization: basic(client.id, '%') }, 401, 'invalid_client'],
  ['two authentications', { ...GRANT, ...post }, asClient, 400, 'invalid_request'],
  ['no grant type', {}, asClient, 400, 'invalid_request'],
  ['another grant type', { grant_type: 'password' }, asClient, 400, 'unsupported_grant_type'],
  ['another audience', { ...GRANT, audience: 'elsewhere' }, asClient, 400, 'invalid_target'],
  [
    'a repeated parameter',
    [...Object.entries(GRANT), ...Object.entries(GRANT)],
    asClient,
    400,
    'invalid_request',
  ],
  ['a JSON body', GRANT, { ...asClient, 'content-type': 'application/json' }, 400, 'invalid_request'],
  ['a text body', GRANT, { ...asClient, 'content-type': 'text/plain' }, 400, 'invalid_request'],
])('rejects a token to %s', async (_case, form, headers, status, error) => {
  const rejected = await requestToken(form, headers);
  expect(rejected).toMatchObject({ status, body: { error, error_description: expect.any(String) } });
  expect(Object.keys(rejected.body)).toHaveLength(2);
  expect(rejected.headers.get('cache-control')).toBe('no-store');
  expect(rejected.headers.get('www-authenticate')).toEqual(
    status === 401 ? expect.stringMatching(/^Basic realm=/) : null,
  );
});

test('access tokens give access to all accounts', async () => {
  const token = await accessToken();
  const response = await callApi(emulator, 'GET', '/accounts', { token });
  expect(await response.json()).toMatchObject({ accounts: [{ id: 101 }, { id: 202 }] });
  expect((await callApi(emulator, 'GET', demoPaths.project, { token })).status).toBe(200);
  const paused = await callApi(emulator, 'POST', `${demoPaths.run(demo.live)}/pause`, {
    token,
    headers: { 'if-match': '*' },
  });
  expect(paused.status).toBe(204);
});

test('an idempotency key belongs to the client, whichever of its access tokens is sent', async () => {
  const request = {
    headers: { 'idempotency-key': 'k' },
    body: { target_group_ids: [demo.live.targetGroupId] },
  };
  const path = demoPaths.batchJobs('pause');
  const tokens = [await accessToken(), await accessToken()];
  expect(tokens[0]).not.toBe(tokens[1]);
  const locations = await Promise.all(
    tokens.map(async (token) => {
      const created = await callApi(emulator, 'POST', path, { ...request, token });
      expect(created.status).toBe(201);
      return created.headers.get('location')!;
    }),
  );
  expect(locations[0]).toBe(locations[1]);
  expect((await callApi(emulator, 'GET', jobPath(locations[0]!), { token: tokens[1]! })).status).toBe(200);
});

test('access tokens expire at the end of their lifetime', async () => {
  await emulator.control.identity.setAccessTokenSeconds(5);
  const { body } = await requestToken(GRANT, asClient);
  expect(body['expires_in']).toBe(5);
  const token = String(body['access_token']);
  expect(await accountsStatus(token)).toBe(200);
  await emulator.control.clock.advance(5000);
  expect(await accountsStatus(token)).toBe(401);
  expect(await accountsStatus(await accessToken())).toBe(200);
});

test('access tokens expire on request, and when their key is withdrawn', async () => {
  const { identity } = emulator.control;
  const expired = await accessToken();
  await identity.expireAccessTokens();
  expect(await accountsStatus(expired)).toBe(401);

  const withdrawn = await accessToken();
  expect(await accountsStatus(withdrawn)).toBe(200);
  await identity.rotateKey({ withdraw: true });
  expect(await accountsStatus(withdrawn)).toBe(401);
  expect(await accountsStatus(await accessToken())).toBe(200);
});

test('the API rejects tokens for the gateway, forged tokens, and tokens of another issuer', async () => {
  const user = await emulator.issueUserToken({ subject: 'reader', expiresIn: 60 });
  expect(await accountsStatus(user)).toBe(401);

  const token = await accessToken();
  const { privateKey } = await generateKeyPair('ES256');
  const forged = await new SignJWT(decodeJwt(token))
    .setProtectedHeader({ ...decodeProtectedHeader(token), alg: 'ES256' })
    .sign(privateKey);
  expect(await accountsStatus(forged)).toBe(401);
  const [, payload] = token.split('.');
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
  expect(await accountsStatus(`${none}.${payload}.`)).toBe(401);

  const issue = emulator.control.identity.issueUserToken;
  const claims = decodeJwt(token);
  for (const request of [
    { claims: { ...claims, iss: 'https://elsewhere.example' } },
    { claims: { ...claims, aud: demo.gatewayAudience } },
    { claims, type: 'JWT' },
  ]) {
    expect(await accountsStatus(await issue({ subject: client.id, ...request }))).toBe(401);
  }
  expect(await accountsStatus(await issue({ subject: client.id, claims }))).toBe(200);
});

test('faults cause outages of keys, metadata and tokens, which the request log shows', async () => {
  await emulator.control.faults.add({ path: '^/oauth/token$', status: 503, times: 1 });
  await emulator.control.faults.add({ path: '^/\\.well-known/jwks', reset: true, times: 1 });
  await emulator.control.faults.add({ path: 'openid-configuration$', status: 200, body: '{', times: 1 });
  const keys = `${emulator.issuer}/.well-known/jwks.json`;
  await expect(discover()).rejects.toThrow('JSON');
  expect((await fetch(emulator.tokenUrl, { method: 'POST' })).status).toBe(503);
  await expect(fetch(keys)).rejects.toThrow('fetch failed');

  await verify(await accessToken(), demo.apiAudience);
  expect(
    (await emulator.control.requests()).map(({ method, path, status }) => [method, path, status]),
  ).toEqual([
    ['GET', '/.well-known/openid-configuration', 200],
    ['POST', '/oauth/token', 503],
    ['GET', '/.well-known/jwks.json', null],
    ['POST', '/oauth/token', 200],
    ['GET', '/.well-known/openid-configuration', 200],
    ['GET', '/.well-known/jwks.json', 200],
  ]);
});

test('a reset restores lifetimes and keeps keys', async () => {
  const { identity } = emulator.control;
  const user = await emulator.issueUserToken({ subject: 'reader', expiresIn: 60 });
  const access = await accessToken();
  await identity.setAccessTokenSeconds(1);
  await identity.expireAccessTokens();
  await emulator.control.reset();
  await verify(user);
  expect(await accountsStatus(access)).toBe(200);
  expect((await requestToken(GRANT, asClient)).body['expires_in']).toBe(86_400);
});

test.each([
  ['/identity/access-tokens', {}],
  ['/identity/access-tokens', { seconds: 0 }],
  ['/identity/keys', { algorithm: 'HS256' }],
  ['/identity/keys', { algorithm: 'none' }],
  ['/identity/user-tokens', { claims: {} }],
  ['/identity/user-tokens', { subject: 'a', expires_in: '5' }],
])('the control surface rejects %s %j', async (path, body) => {
  const response = await fetch(emulator.controlUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(400);
});

test('signs with ES256 at first, and keeps its keys over a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'issuer-'));
  const data = join(folder, 'demand.sqlite');
  try {
    const before = await startTestEmulator({ data });
    await before.control.identity.rotateKey({ algorithm: 'RS256' });
    const token = await before.issueUserToken({ subject: 'reader', expiresIn: 60 });
    await before.close();

    const after = await startTestEmulator({ data });
    try {
      const keySet = createRemoteJWKSet(new URL(`${after.issuer}/.well-known/jwks.json`));
      await jwtVerify(token, keySet, { issuer: before.issuer });
      const next = await after.issueUserToken({ subject: 'reader', expiresIn: 60 });
      expect(decodeProtectedHeader(next)).toEqual(decodeProtectedHeader(token));
      expect(keySet.jwks()?.keys.map(({ alg }) => alg)).toEqual(['RS256', 'ES256']);
    } finally {
      await after.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
