import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { configError } from '../helpers/config-error.js';

const URL = { UPSTREAM_OAUTH_TOKEN_URL: 'https://auth.example/oauth/token?tenant=a' };
const ID = { UPSTREAM_OAUTH_CLIENT_ID: 'gateway' };
const SECRET = { UPSTREAM_OAUTH_CLIENT_SECRET: 'planted secret' };
const JWT = { JWT_ISSUER: 'https://issuer.example', JWT_AUDIENCE: 'gateway' };
const API = { DEMAND_API_URL: 'https://api.example/v1' };
const service = { AUTH_MODE: 'service', ...JWT, ...API, ...URL, ...ID, ...SECRET };

const folder = mkdtempSync(join(tmpdir(), 'upstream-oauth-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The path of a new file. */
function file(contents: string | Buffer): string {
  const path = join(folder, `${Math.random()}`);
  writeFileSync(path, contents);
  return path;
}

test('is read in AUTH_MODE=service', () => {
  expect(
    readConfig({ ...service, UPSTREAM_OAUTH_AUDIENCE: 'demand', UPSTREAM_OAUTH_PARAMS: 'a=b+c&d' }),
  ).toMatchObject({
    authMode: 'service',
    upstreamOAuth: {
      tokenUrl: 'https://auth.example/oauth/token?tenant=a',
      clientId: 'gateway',
      clientSecret: 'planted secret',
      params: [
        ['audience', 'demand'],
        ['a', 'b c'],
        ['d', ''],
      ],
      proxy: undefined,
    },
  });
});

test('is absent in AUTH_MODE=forward', () => {
  expect(readConfig({}).upstreamOAuth).toBeUndefined();
});

test('has the proxy for the token endpoint, not for the API', () => {
  const proxy = { HTTPS_PROXY: 'http://proxy.example:3128', NO_PROXY: 'api.example' };
  const config = readConfig({ ...service, ...proxy });
  expect(config.demandApi.proxy).toBeUndefined();
  expect(config.upstreamOAuth?.proxy?.url).toBe('http://proxy.example:3128');
});

describe('the client secret', () => {
  const inFile = (path: string) =>
    ({
      AUTH_MODE: 'service',
      ...JWT,
      ...API,
      ...URL,
      ...ID,
      UPSTREAM_OAUTH_CLIENT_SECRET_FILE: path,
    }) as const;

  test.each(['planted', 'planted\n', 'planted\r\n'])('is read from a file with %j', (contents) => {
    expect(readConfig(inFile(file(contents))).upstreamOAuth?.clientSecret).toBe('planted');
  });

  test.each([
    ['that is empty', file(''), 'contents must have visible ASCII characters only'],
    ['with two lines', file('a\nplanted\n'), 'contents must have visible ASCII characters only'],
    ['that is huge', '/dev/zero', 'contents must have at most 16384 bytes'],
    ['that is a folder', folder, 'cannot be read: EISDIR'],
    ['that does not exist', join(folder, 'planted'), 'cannot be read: ENOENT'],
  ])('is not read from a file %s', (_, path, problem) => {
    expect(configError(inFile(path))).toBe(`UPSTREAM_OAUTH_CLIENT_SECRET_FILE ${problem}`);
  });

  test('must not be set in two places', () => {
    expect(configError({ ...service, UPSTREAM_OAUTH_CLIENT_SECRET_FILE: file('planted') })).toBe(
      'UPSTREAM_OAUTH_CLIENT_SECRET and UPSTREAM_OAUTH_CLIENT_SECRET_FILE must not both be set',
    );
  });
});

describe('the key of idempotency keys', () => {
  const keyOf = (environment: NodeJS.ProcessEnv) =>
    readConfig({ ...service, ...environment }).upstreamOAuth?.idempotencyHmacKey;

  test('is derived from the client secret, equally in every process', () => {
    expect(keyOf({})).toEqual(keyOf({ UPSTREAM_OAUTH_CLIENT_ID: 'other' }));
    expect(keyOf({})).not.toEqual(keyOf({ UPSTREAM_OAUTH_CLIENT_SECRET: 'other' }));
    expect(keyOf({})).toHaveLength(32);
    expect(keyOf({})!.toString('latin1')).not.toContain('planted');
  });

  test('outlives the client secret if it is configured', () => {
    const own = { IDEMPOTENCY_HMAC_KEY: 'k'.repeat(32) };
    expect(keyOf(own)).toEqual(keyOf({ ...own, UPSTREAM_OAUTH_CLIENT_SECRET: 'other' }));
    expect(keyOf(own)).not.toEqual(keyOf({}));
  });
});

test.each([
  [
    'nothing',
    {},
    'UPSTREAM_OAUTH_TOKEN_URL and UPSTREAM_OAUTH_CLIENT_ID and UPSTREAM_OAUTH_CLIENT_SECRET (or UPSTREAM_OAUTH_CLIENT_SECRET_FILE)',
  ],
  ['no secret', { ...URL, ...ID }, 'UPSTREAM_OAUTH_CLIENT_SECRET (or UPSTREAM_OAUTH_CLIENT_SECRET_FILE)'],
  ['no client', { ...URL, ...SECRET }, 'UPSTREAM_OAUTH_CLIENT_ID'],
  ['a blank client', { ...URL, ...SECRET, UPSTREAM_OAUTH_CLIENT_ID: ' ' }, 'UPSTREAM_OAUTH_CLIENT_ID'],
  ['no endpoint', { ...ID, ...SECRET }, 'UPSTREAM_OAUTH_TOKEN_URL'],
])('with %s, one line says what is missing', (_, given, missing) => {
  expect(configError({ AUTH_MODE: 'service', ...JWT, ...API, ...given })).toBe(
    `AUTH_MODE=service needs ${missing}, which must be set`,
  );
});

test('one setting without an API is an incomplete credential', () => {
  expect(configError({ AUTH_MODE: 'service', ...JWT, ...URL })).toMatch(
    /^AUTH_MODE=service needs .* must be set$/,
  );
});

test.each([
  [
    { ...URL, ...ID, ...SECRET },
    'UPSTREAM_OAUTH_TOKEN_URL, UPSTREAM_OAUTH_CLIENT_ID, UPSTREAM_OAUTH_CLIENT_SECRET',
  ],
  [{ IDEMPOTENCY_HMAC_KEY: 'planted'.repeat(8) }, 'IDEMPOTENCY_HMAC_KEY'],
])('%j is rejected in AUTH_MODE=forward, where it would do nothing', (given, names) => {
  for (const mode of [{}, { AUTH_MODE: 'forward' }]) {
    expect(configError({ ...mode, ...given })).toBe(
      `AUTH_MODE must be \`service\` for ${names} to have an effect`,
    );
  }
});

test.each([
  ['UPSTREAM_OAUTH_TOKEN_URL', 'auth.example/planted'],
  ['UPSTREAM_OAUTH_TOKEN_URL', 'ftp://auth.example/planted'],
  ['UPSTREAM_OAUTH_TOKEN_URL', 'https://user:planted@auth.example/'],
  ['UPSTREAM_OAUTH_TOKEN_URL', 'https://auth.example/#planted'],
  ['UPSTREAM_OAUTH_CLIENT_ID', 'planted\n'],
  ['UPSTREAM_OAUTH_CLIENT_SECRET', 'plantéd'],
  ['UPSTREAM_OAUTH_AUDIENCE', 'planted\u0000'],
  ['UPSTREAM_OAUTH_PARAMS', 'a=planted%zz'],
  ['UPSTREAM_OAUTH_PARAMS', '=planted'],
  ['UPSTREAM_OAUTH_PARAMS', 'a=planted&a=planted'],
  ['UPSTREAM_OAUTH_PARAMS', 'a=1&client_secret=planted'],
  ['UPSTREAM_OAUTH_PARAMS', 'grant_type=planted'],
  ['UPSTREAM_OAUTH_PARAMS', 'audience=planted'],
  ['UPSTREAM_OAUTH_PARAMS', 'client%5Fid=planted'],
  ['IDEMPOTENCY_HMAC_KEY', 'planted'],
])('rejects %s=%j with one line that names it and shows no secret', (name, value) => {
  const message = configError({ ...service, [name]: value });
  expect(message.split('\n')).toHaveLength(1);
  expect(message).toMatch(new RegExp(`^${name} `));
  expect(message).not.toContain('planted');
});
