import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { demo } from '../../src/emulator/index.js';
import { demoIdentity, demoPeople, usesDemoIdentity } from '../../src/main/demo-identity.js';
import { callApi, startTestEmulator, type TestEmulator } from '../helpers/emulator.js';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

const service = { AUTH_MODE: 'service' };

test.each<[boolean, NodeJS.ProcessEnv]>([
  [true, service],
  [true, { ...service, PORT: '0', WORKERS: '2', IDEMPOTENCY_HMAC_KEY: 'a' }],
  [true, { ...service, DEMAND_API_URL: '', JWT_ISSUER: ' ' }],
  [false, {}],
  [false, { AUTH_MODE: 'forward' }],
  [false, { AUTH_MODE: 'services' }],
  [false, { ...service, DEMAND_API_URL: 'https://api.example/v1' }],
  [false, { ...service, JWT_ISSUER: 'https://issuer.example' }],
  [false, { ...service, JWT_CLOCK_TOLERANCE_S: '5' }],
  [false, { ...service, UPSTREAM_OAUTH_CLIENT_SECRET_FILE: '/run/secrets/client' }],
])('the emulator serves as identity provider: %j with %j', (expected, environment) => {
  expect(usesDemoIdentity(environment)).toBe(expected);
});

test('the settings find the keys of the tokens, and an access token for the API', async () => {
  const variables = demoIdentity(emulator);
  const issuer = variables['JWT_ISSUER']!;
  const metadata = await fetch(`${issuer}/.well-known/openid-configuration`);
  const { jwks_uri: keys } = (await metadata.json()) as { jwks_uri: string };
  const keySet = createRemoteJWKSet(new URL(keys));
  const people = await demoPeople(emulator);
  const now = Math.floor(Date.now() / 1000);
  const claims = await Promise.all(
    people.map(async ({ token }) => {
      const { payload } = await jwtVerify(token, keySet, { issuer, audience: variables['JWT_AUDIENCE']! });
      expect(payload.exp! - now).toBeGreaterThan(8 * 3600);
      return [
        payload.sub,
        payload[variables['JWT_ACCOUNTS_CLAIM']!],
        payload[variables['JWT_SCOPES_CLAIM']!],
      ];
    }),
  );
  expect(claims).toEqual([
    ['reader', ['101'], 'fielding:read'],
    ['operator', ['101'], 'fielding:read fielding:operate'],
    ['analyst', ['101', '202'], 'fielding:read'],
  ]);

  const response = await fetch(variables['UPSTREAM_OAUTH_TOKEN_URL']!, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: variables['UPSTREAM_OAUTH_CLIENT_ID']!,
      client_secret: variables['UPSTREAM_OAUTH_CLIENT_SECRET']!,
      audience: variables['UPSTREAM_OAUTH_AUDIENCE']!,
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  const accounts = await callApi(emulator, 'GET', '/accounts', { token });
  expect(await accounts.json()).toMatchObject({
    accounts: [{ id: demo.accountId }, { id: demo.other.accountId }],
  });
});
