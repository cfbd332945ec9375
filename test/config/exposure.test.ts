import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { unsafeSettings } from '../../src/config/unsafe-settings.js';
import { configError } from '../helpers/config-error.js';

const SERVICE = {
  AUTH_MODE: 'service',
  JWT_ISSUER: 'https://issuer.example',
  JWT_AUDIENCE: 'gateway',
  UPSTREAM_OAUTH_TOKEN_URL: 'https://issuer.example/token',
  UPSTREAM_OAUTH_CLIENT_ID: 'id',
  UPSTREAM_OAUTH_CLIENT_SECRET: 'secret',
  IDEMPOTENCY_HMAC_KEY: 'k'.repeat(32),
};

test('By default, any origin may call, no proxy is trusted, and there is no rate limit', () => {
  expect(readConfig({})).toMatchObject({
    exposure: { corsOrigins: '*', trustProxy: undefined, maxConnectionsPerAddress: 20_000 },
    rateLimits: { costPerMinute: 0, addressCostPerMinute: 0, authFailuresPerMinute: 0, isChosen: false },
  });
});

describe('CORS_ORIGINS', () => {
  test.each([
    ['*', '*'],
    ['none', []],
    ['https://app.example', ['https://app.example']],
    [' https://app.example , http://localhost:3000', ['https://app.example', 'http://localhost:3000']],
    ['http://[::1]:8080', ['http://[::1]:8080']],
  ])('%s', (value, corsOrigins) => {
    expect(readConfig({ CORS_ORIGINS: value }).exposure).toMatchObject({ corsOrigins });
  });

  test.each([
    'app.example',
    'https://app.example/',
    'https://app.example/path',
    'https://app.example:443',
    'https://APP.example',
    'https://*.app.example',
    'https://user@app.example',
    'null',
    '*,https://app.example',
    'https://app.example,none',
    'https://app.example,,https://b.example',
    'file://a',
  ])('is not %s', (value) => {
    expect(configError({ CORS_ORIGINS: value })).toMatch(
      /CORS_ORIGINS.*which is no origin.*https:\/\/app\.example/s,
    );
  });
});

describe('TRUST_PROXY', () => {
  test.each([
    ['1', 1],
    ['loopback', ['loopback']],
    ['10.0.0.0/8, fd00::/8', ['10.0.0.0/8', 'fd00::/8']],
  ])('%s', (value, trustProxy) => {
    expect(readConfig({ TRUST_PROXY: value }).exposure).toMatchObject({ trustProxy });
  });

  test.each(['0', '33', 'true', '*', '10.0.0.0/33', 'proxy.example', '10.0.0.1,'])('is not %s', (value) => {
    expect(configError({ TRUST_PROXY: value })).toMatch(/TRUST_PROXY/);
  });
});

describe('Rate limits', () => {
  test('per address default to ten times those per principal, and do not apply in AUTH_MODE=service', () => {
    expect(readConfig({ RATE_LIMIT_COST_PER_MINUTE: '500' }).rateLimits).toMatchObject({
      costPerMinute: 500,
      addressCostPerMinute: 5000,
      isChosen: true,
    });
    expect(readConfig({ ...SERVICE, RATE_LIMIT_COST_PER_MINUTE: '500' }).rateLimits).toMatchObject({
      costPerMinute: 500,
      addressCostPerMinute: 0,
    });
  });

  test('that would be ignored are rejected', () => {
    expect(configError({ ...SERVICE, RATE_LIMIT_ADDRESS_COST_PER_MINUTE: '1' })).toMatch(
      /AUTH_MODE must be `forward`/,
    );
    expect(configError({ RATE_LIMIT_AUTH_FAILURES_PER_MINUTE: '1' })).toMatch(/AUTH_MODE must be `service`/);
  });
});

describe('In production, the log warns', () => {
  const API = { NODE_ENV: 'production', DEMAND_API_URL: 'https://api.example/v1' };
  const warnings = (environment: NodeJS.ProcessEnv) => unsafeSettings(readConfig(environment)).join('\n');

  test('of the emulator', () => {
    expect(warnings({ NODE_ENV: 'production' })).toMatch(/DEMAND_API_URL is not set/);
  });

  test('of credentials that are sent without encryption', () => {
    expect(warnings({ ...API, DEMAND_API_URL: 'http://api.example/v1' })).toMatch(/in the clear/);
    expect(warnings({ ...API, DEMAND_API_URL: 'http://127.0.0.1:8080/v1' })).not.toMatch(/in the clear/);
  });

  test('of missing rate limits, unless they were turned off', () => {
    expect(warnings(API)).toMatch(/^RATE_LIMIT_COST_PER_MINUTE is not set/);
    expect(warnings({ ...API, RATE_LIMIT_COST_PER_MINUTE: '0' })).toBe('');
  });

  test('of limits on addresses that may be those of a proxy', () => {
    expect(warnings({ ...API, RATE_LIMIT_COST_PER_MINUTE: '500' })).toMatch(/TRUST_PROXY is not set/);
    expect(warnings({ ...API, RATE_LIMIT_COST_PER_MINUTE: '500', TRUST_PROXY: '1' })).toBe('');
  });

  test('of nothing else', () => {
    expect(warnings({ DEMAND_API_URL: 'http://api.example/v1' })).toBe('');
  });
});
