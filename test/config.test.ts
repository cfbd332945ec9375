import { ConfigError, readConfig } from '../src/config.js';

test('everything has a default', () => {
  expect(readConfig({})).toMatchObject({
    port: 4000,
    host: '127.0.0.1',
    workers: 1,
    production: false,
    logLevel: 'info',
    authMode: 'forward',
    requestTimeoutMs: 15_000,
    maxDepth: 50,
    overload: { maxRequestsInFlight: 1000, waitMs: 500 },
    demandApi: {
      url: undefined,
      version: '2025-12-18',
      timeoutMs: 5000,
      ifMatch: 'weak',
      concurrency: 64,
    },
    emulator: { port: 4010, data: '.data/demand.sqlite' },
  });
});

test('everything can be set', () => {
  const environment = {
    PORT: '0',
    HOST: '0.0.0.0',
    WORKERS: '64',
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
  };
  expect(readConfig(environment)).toMatchObject({
    port: 0,
    host: '0.0.0.0',
    workers: 64,
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
    emulator: { port: 65_535, data: ':memory:' },
  });
});

test.each(['', ' ', '\t'])('a variable that is blank counts as unset: %j', (blank) => {
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

test('only `production` is production', () => {
  expect(
    ['production', 'test', 'development'].map((name) => readConfig({ NODE_ENV: name }).production),
  ).toEqual([true, false, false]);
});

test.each([
  ['PORT', 'x'],
  ['PORT', '-1'],
  ['PORT', '65536'],
  ['PORT', '1e3'],
  ['PORT', '80.5'],
  ['WORKERS', '0'],
  ['WORKERS', '65'],
  ['WORKERS', 'auto'],
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
])('%s=%s is refused in one line that names it', (name, value) => {
  const message = refusal({ [name]: value });
  expect(message.split('\n')).toHaveLength(1);
  expect(message).toMatch(new RegExp(`^${name} `));
  expect(message).not.toContain('secret');
});

test('each variable that is unusable has its line', () => {
  const lines = refusal({ PORT: 'x', LOG_LEVEL: 'loud', DEMAND_API_CONCURRENCY: '-' }).split('\n');
  expect(lines.map((line) => line.split(' ')[0]).sort()).toEqual([
    'DEMAND_API_CONCURRENCY',
    'LOG_LEVEL',
    'PORT',
  ]);
});

function refusal(environment: NodeJS.ProcessEnv): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('Nothing was refused.');
}
