import { describe, expect, test } from '@jest/globals';
import { ConfigError, readConfig } from '../src/config.js';
import { configError } from './helpers/config-error.js';

test('every setting has a default', () => {
  expect(readConfig({})).toMatchObject({
    port: 4000,
    host: '127.0.0.1',
    workers: 1,
    redis: undefined,
    production: false,
    logLevel: 'info',
    authMode: 'forward',
    requestTimeoutMs: 15_000,
    maxDepth: 50,
    overload: { maxRequestsInFlight: 512, waitMs: 500 },
    demandApi: {
      url: undefined,
      version: '2025-12-18',
      timeoutMs: 5000,
      ifMatch: 'weak',
      concurrency: 64,
      proxy: undefined,
    },
    emulator: { port: 4010, data: '.data/demand.sqlite' },
  });
});

test('every setting can be set', () => {
  const environment = {
    PORT: '0',
    HOST: '0.0.0.0',
    WORKERS: '64',
    REDIS_URL: 'rediss://user:p%40ss@redis.example.com:6380/3',
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    AUTH_MODE: 'forward',
    REQUEST_TIMEOUT_MS: '1000',
    MAX_DEPTH: '200',
    MAX_REQUESTS_IN_FLIGHT: '10',
    OVERLOAD_WAIT_MS: '0',
    DEMAND_API_URL: 'https://api.cint.com/v1/',
    DEMAND_API_VERSION: '2025-03-01',
    DEMAND_API_TIMEOUT_MS: '100',
    DEMAND_API_IF_MATCH: 'strong',
    DEMAND_API_CONCURRENCY: '1',
    EMULATOR_PORT: '65535',
    EMULATOR_DATA: ':memory:',
    EMULATOR_SIMULATE: 'off',
  };
  expect(readConfig(environment)).toMatchObject({
    port: 0,
    host: '0.0.0.0',
    workers: 64,
    redis: {
      address: 'rediss://redis.example.com:6380/3',
      host: 'redis.example.com',
      port: 6380,
      tls: true,
      database: 3,
      username: 'user',
      password: 'p@ss',
      timeoutMs: 500,
    },
    production: true,
    logLevel: 'warn',
    requestTimeoutMs: 1000,
    maxDepth: 200,
    overload: { maxRequestsInFlight: 10, waitMs: 0 },
    demandApi: {
      url: 'https://api.cint.com/v1',
      version: '2025-03-01',
      timeoutMs: 100,
      ifMatch: 'strong',
      concurrency: 1,
    },
    emulator: { port: 65_535, data: ':memory:', simulate: false },
  });
});

test.each(['', ' ', '\t'])('a blank variable counts as unset: %j', (blank) => {
  const names = [
    'PORT',
    'HOST',
    'NODE_ENV',
    'LOG_LEVEL',
    'DEMAND_API_URL',
    'DEMAND_API_VERSION',
    'EMULATOR_DATA',
  ];
  expect(readConfig(Object.fromEntries(names.map((name) => [name, blank])))).toEqual(readConfig({}));
});

test('only `production` turns on production mode', () => {
  expect(
    ['production', 'test', 'development', 'staging'].map((name) => readConfig({ NODE_ENV: name }).production),
  ).toEqual([true, false, false, false]);
});

test.each(['Production', 'PRODUCTION', 'prod', ' production', 'Prod '])(
  'the misspelling NODE_ENV=%j is rejected, because production mode would stay off',
  (name) => {
    expect(configError({ NODE_ENV: name })).toBe('NODE_ENV must be exactly `production` for production');
  },
);

test.each([
  ['PORT', 'x'],
  ['PORT', '-1'],
  ['PORT', '65536'],
  ['PORT', '1e3'],
  ['PORT', '80.5'],
  ['WORKERS', '0'],
  ['WORKERS', '65'],
  ['WORKERS', 'auto'],
  ['REDIS_TIMEOUT_MS', '9'],
  ['REDIS_TIMEOUT_MS', '10001'],
  ['LOG_LEVEL', 'loud'],
  ['AUTH_MODE', 'none'],
  ['REQUEST_TIMEOUT_MS', '0'],
  ['REQUEST_TIMEOUT_MS', '600001'],
  ['MAX_DEPTH', '0'],
  ['MAX_DEPTH', '201'],
  ['MAX_REQUESTS_IN_FLIGHT', '0'],
  ['OVERLOAD_WAIT_MS', '-1'],
  ['DEMAND_API_URL', 'api.cint.com/v1'],
  ['DEMAND_API_URL', 'ftp://api.cint.com/v1'],
  ['DEMAND_API_URL', 'https://user:secret@api.cint.com/v1'],
  ['DEMAND_API_URL', 'https://api.cint.com/v1?x=1'],
  ['DEMAND_API_URL', 'https://api.cint.com/v1#x'],
  ['DEMAND_API_VERSION', 'latest'],
  ['DEMAND_API_VERSION', '2025-13-01'],
  ['DEMAND_API_TIMEOUT_MS', '5s'],
  ['DEMAND_API_IF_MATCH', 'none'],
  ['DEMAND_API_CONCURRENCY', '0'],
  ['EMULATOR_PORT', 'any'],
  ['EMULATOR_SIMULATE', 'perhaps'],
  ['HTTP_PROXY', 'socks5://user:secret@proxy.example:1080'],
  ['HTTP_PROXY', 'http://'],
  ['http_proxy', 'http://user:secret@proxy.example:99999'],
  ['HTTPS_PROXY', 'not a url'],
  ['HTTPS_PROXY', 'http://user:secret@proxy.example/path'],
  ['https_proxy', 'http://user:secret%zz@proxy.example'],
  ['https_proxy', 'http://user:secret@proxy.example?x'],
])('rejects %s=%s with one line that names it', (name, value) => {
  const message = configError({ [name]: value });
  expect(message.split('\n')).toHaveLength(1);
  expect(message).toMatch(new RegExp(`^${name} `));
  expect(message).not.toContain('secret');
});

test.each([
  [{ POLL_MIN_MS: '9000' }, 'POLL_MIN_MS=9000 is above POLL_MAX_MS=8000; raise POLL_MAX_MS'],
  [{ POLL_MAX_MS: '500' }, 'POLL_MIN_MS=1000 is above POLL_MAX_MS=500; raise POLL_MAX_MS'],
  [
    { DEMAND_API_RETRY_BASE_MS: '5000', DEMAND_API_RETRY_MAX_MS: '100' },
    'DEMAND_API_RETRY_BASE_MS=5000 is above DEMAND_API_RETRY_MAX_MS=100; raise DEMAND_API_RETRY_MAX_MS',
  ],
])('rejects %j, which contradicts itself or a default', (environment, message) => {
  expect(configError(environment)).toBe(message);
});

test('reports each invalid variable on its own line', () => {
  const lines = configError({ PORT: 'x', LOG_LEVEL: 'loud', DEMAND_API_CONCURRENCY: '-' }).split('\n');
  expect(lines.map((line) => line.split(' ')[0]).sort()).toEqual([
    'DEMAND_API_CONCURRENCY',
    'LOG_LEVEL',
    'PORT',
  ]);
});

describe('the proxy', () => {
  const proxyOf = (environment: NodeJS.ProcessEnv) => readConfig(environment).demandApi.proxy;
  const http = { DEMAND_API_URL: 'http://api.example/v1' };
  const https = { DEMAND_API_URL: 'https://api.example/v1' };
  const both = { HTTP_PROXY: 'http://plain.example:3128', HTTPS_PROXY: 'http://secure.example:3129' };
  const plain = { url: 'http://plain.example:3128', authorization: undefined };
  const secure = { url: 'http://secure.example:3129', authorization: undefined };

  test('is chosen by the protocol of the API', () => {
    expect(proxyOf({ ...http, ...both })).toEqual(plain);
    expect(proxyOf({ ...https, ...both })).toEqual(secure);
    expect(proxyOf({ ...http, HTTPS_PROXY: both.HTTPS_PROXY })).toBeUndefined();
    expect(proxyOf({ ...https, HTTP_PROXY: both.HTTP_PROXY })).toBeUndefined();
  });

  test('is not used for the emulator', () => {
    expect(proxyOf(both)).toBeUndefined();
  });

  test('is read from lowercase variables first, unless they are blank', () => {
    expect(proxyOf({ ...http, ...both, http_proxy: 'http://small.example' })?.url).toBe(
      'http://small.example',
    );
    expect(proxyOf({ ...https, https_proxy: both.HTTPS_PROXY })).toEqual(secure);
    expect(proxyOf({ ...http, ...both, http_proxy: '' })).toEqual(plain);
    expect(proxyOf({ ...http, ...both, no_proxy: 'other', NO_PROXY: '*' })).toEqual(plain);
  });

  test.each([
    ['proxy.example:3128', 'http://proxy.example:3128'],
    ['proxy.example', 'http://proxy.example'],
    ['HTTPS://Proxy.example/', 'https://proxy.example'],
    ['http://[::1]:3128', 'http://[::1]:3128'],
    ['http://127.0.0.1:80', 'http://127.0.0.1'],
  ])('can be written as %s', (written, url) => {
    expect(proxyOf({ ...http, HTTP_PROXY: written })).toEqual({ url, authorization: undefined });
  });

  test.each([
    ['http://user:p%40ss@proxy.example', 'user:p@ss'],
    ['user:pass@proxy.example', 'user:pass'],
    ['http://user@proxy.example', 'user:'],
  ])('has the credentials of %s', (written, credentials) => {
    expect(proxyOf({ ...http, HTTP_PROXY: written })).toEqual({
      url: 'http://proxy.example',
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    });
  });

  test('is skipped for hosts in NO_PROXY', () => {
    expect(proxyOf({ ...http, ...both, NO_PROXY: 'localhost, api.example' })).toBeUndefined();
    expect(proxyOf({ ...http, ...both, no_proxy: '*' })).toBeUndefined();
  });
});

describe('AUTH_MODE=service', () => {
  const credential = {
    UPSTREAM_OAUTH_TOKEN_URL: 'https://login.example.com/token',
    UPSTREAM_OAUTH_CLIENT_ID: 'gateway',
    UPSTREAM_OAUTH_CLIENT_SECRET: 'secret',
  };
  const demandApi = { AUTH_MODE: 'service', DEMAND_API_URL: 'https://api.cint.com/v1', ...credential };
  const service = {
    ...demandApi,
    JWT_ISSUER: 'https://login.example.com/',
    JWT_AUDIENCE: 'fieldgate',
  };

  test('has defaults for all but the issuer and the audience', () => {
    expect(readConfig(service).jwt).toEqual({
      jwksUrl: undefined,
      issuer: 'https://login.example.com/',
      audiences: ['fieldgate'],
      algorithms: ['RS256', 'ES256', 'PS256'],
      types: ['at+jwt', 'jwt'],
      clockToleranceS: 5,
      accountsClaim: 'accounts',
      scopesClaim: 'scope',
    });
  });

  test('can be set', () => {
    const environment = {
      ...service,
      JWT_JWKS_URL: 'https://login.example.com/keys?v=1',
      JWT_AUDIENCE: 'one, two',
      JWT_ALGORITHMS: 'EdDSA,ES384',
      JWT_TYPES: 'application/AT+JWT',
      JWT_CLOCK_TOLERANCE_S: '0',
      JWT_ACCOUNTS_CLAIM: 'https://example.com/accounts',
      JWT_SCOPES_CLAIM: 'realm_access.roles',
    };
    expect(readConfig(environment)).toMatchObject({
      authMode: 'service',
      jwt: {
        jwksUrl: 'https://login.example.com/keys?v=1',
        audiences: ['one', 'two'],
        algorithms: ['EdDSA', 'ES384'],
        types: ['at+jwt'],
        clockToleranceS: 0,
        accountsClaim: 'https://example.com/accounts',
        scopesClaim: 'realm_access.roles',
      },
    });
  });

  test.each([
    [demandApi, 'AUTH_MODE=service needs JWT_ISSUER or JWT_JWKS_URL and JWT_AUDIENCE, which must be set'],
    [
      { ...demandApi, JWT_AUDIENCE: 'a' },
      'AUTH_MODE=service needs JWT_ISSUER or JWT_JWKS_URL, which must be set',
    ],
    [
      { AUTH_MODE: 'service', JWT_ISSUER: 'https://login.example.com', ...credential },
      'AUTH_MODE=service needs JWT_AUDIENCE, which must be set',
    ],
    [
      { JWT_AUDIENCE: 'a', JWT_CLOCK_TOLERANCE_S: '1' },
      'AUTH_MODE must be `service` for JWT_AUDIENCE, JWT_CLOCK_TOLERANCE_S to have an effect',
    ],
    [
      { AUTH_MODE: 'forward', JWT_TYPES: 'JWT' },
      'AUTH_MODE must be `service` for JWT_TYPES to have an effect',
    ],
  ])('rejects an incomplete configuration: %j', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(new ConfigError(message));
  });

  test.each([
    ['AUTH_MODE', 'both'],
    ['JWT_JWKS_URL', 'keys.json'],
    ['JWT_JWKS_URL', 'file:///etc/keys.json'],
    ['JWT_JWKS_URL', 'https://user:secret@login.example.com/keys'],
    ['JWT_ISSUER', 'login.example.com'],
    ['JWT_ISSUER', 'https://login.example.com/?a=b'],
    ['JWT_AUDIENCE', ','],
    ['JWT_ALGORITHMS', 'none'],
    ['JWT_ALGORITHMS', 'HS256'],
    ['JWT_ALGORITHMS', 'RS256,HS512'],
    ['JWT_ALGORITHMS', 'rs256'],
    ['JWT_TYPES', ', ,'],
    ['JWT_CLOCK_TOLERANCE_S', '-1'],
    ['JWT_CLOCK_TOLERANCE_S', '601'],
  ])('rejects %s=%s and names the variable', (name, value) => {
    expect(() => readConfig({ ...service, [name]: value })).toThrow(new RegExp(`^${name} `));
    expect(() => readConfig({ ...service, [name]: value })).not.toThrow(/secret|\n/);
  });
});
