import { jest } from '@jest/globals';
import type { ScriptedResponse } from '../../helpers/scripted-upstream.js';
import { accounts, CREATE_JOB, created, creation, READ_ACCOUNTS } from './demand.js';
import { failureOf, until, useGatewayFixture } from './gateway-fixture.js';

const slow: readonly (readonly [string, ScriptedResponse])[] = [
  ['says nothing', { fault: 'hang' }],
  ['waits with the headers', { ...accounts, delayMs: 30_000 }],
  ['waits with half of the body', { ...accounts, bodyDelayMs: 30_000 }],
];

describe.each([
  ['An attempt', { DEMAND_API_TIMEOUT_MS: '300', DEMAND_API_MAX_ATTEMPTS: '1' }],
  ['A whole request', { REQUEST_TIMEOUT_MS: '300', DEMAND_API_TIMEOUT_MS: '30000' }],
])('%s that takes too long', (_what, env) => {
  const fixture = useGatewayFixture({ env, perTest: true });

  it.each(slow)('fails if the API %s, and frees the socket', async (_how, answer) => {
    fixture.on('GET /accounts', answer);
    const failed = await fixture.execute(READ_ACCOUNTS);
    expect(failureOf(failed)).toEqual({ code: 'UPSTREAM_TIMEOUT', retryable: true });
    expect(failed.data).toEqual({ accounts: null });
    await until(() => fixture.api.connections() === 0);
    expect(fixture.sent()).toHaveLength(1);
    expect(fixture.api.abandoned).toHaveLength(1);
  });
});

describe('a change with a success status', () => {
  const fixture = useGatewayFixture({ env: { DEMAND_API_TIMEOUT_MS: '300' }, perTest: true });

  it('succeeds although its body never ends, and frees the socket', async () => {
    fixture.on(creation, { ...created, body: { any: 'thing' }, bodyDelayMs: 30_000 });
    expect(await fixture.execute(CREATE_JOB, { key: 'key-1' })).toMatchObject({ errors: [] });
    await until(() => fixture.api.connections() === 0);
    expect(fixture.sent()).toHaveLength(1);
  });
});

describe('the deadline of an operation', () => {
  const fixture = useGatewayFixture({
    env: { REQUEST_TIMEOUT_MS: '1000', DEMAND_API_RETRY_BASE_MS: '10000', DEMAND_API_RETRY_MAX_MS: '10000' },
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('prevents waiting for a retry that would be too late', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    fixture.on('GET /accounts', { status: 503 });
    expect(failureOf(await fixture.execute(READ_ACCOUNTS))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(fixture.sent()).toHaveLength(1);
  });
});

describe('the deadline over all attempts', () => {
  const fixture = useGatewayFixture({
    env: { REQUEST_TIMEOUT_MS: '250', DEMAND_API_TIMEOUT_MS: '100', DEMAND_API_MAX_ATTEMPTS: '20' },
  });

  it.each([
    ['GET /accounts', READ_ACCOUNTS, {}],
    [creation, CREATE_JOB, { outcomeUnknown: true, idempotencyKey: 'key-1' }],
  ])('ends them: %s', async (call, document, more) => {
    fixture.on(call, { fault: 'hang' });
    const failed = await fixture.execute(document, { key: 'key-1' });
    expect(failureOf(failed)).toEqual({ code: 'UPSTREAM_TIMEOUT', retryable: true, ...more });
    expect(fixture.sent().length).toBeLessThanOrEqual(3);
    const sent = fixture.sent().length;
    await until(() => fixture.api.connections() === 0);
    expect(fixture.sent()).toHaveLength(sent);
  });
});

describe('with one permit', () => {
  const fixture = useGatewayFixture({ env: { DEMAND_API_CONCURRENCY: '1' }, perTest: true });

  it('all calls succeed, one after the other', async () => {
    fixture.on('GET /accounts', { ...accounts, delayMs: 10 });
    const tokens = ['a', 'b', 'c', 'd', 'e'];
    const answers = await Promise.all(tokens.map((token) => fixture.execute(READ_ACCOUNTS, {}, { token })));
    for (const answer of answers) expect(answer).toMatchObject({ errors: [], data: { accounts: [{}] } });
    expect(fixture.sent()).toHaveLength(tokens.length);
    expect(fixture.api.connections()).toBe(1);
  });
});

describe('with one permit and a short deadline', () => {
  const fixture = useGatewayFixture({
    env: { DEMAND_API_CONCURRENCY: '1', REQUEST_TIMEOUT_MS: '200', DEMAND_API_TIMEOUT_MS: '30000' },
    perTest: true,
  });

  it('a call that waits too long times out', async () => {
    fixture.on('GET /accounts', { fault: 'hang' });
    const [first, second] = await Promise.all(
      ['a', 'b'].map((token) => fixture.execute(READ_ACCOUNTS, {}, { token })),
    );
    for (const answer of [first!, second!])
      expect(failureOf(answer)).toEqual({ code: 'UPSTREAM_TIMEOUT', retryable: true });
  });
});
