import { describe, expect, it } from '@jest/globals';
import type { ScriptedResponse } from '../../helpers/scripted-upstream.js';
import { until } from '../../helpers/until.js';
import { accounts, CREATE_JOB, created, creation, READ_ACCOUNTS } from '../faults/demand.js';
import { failureOf } from '../faults/gateway-fixture.js';
import { tokenNumbers, useServiceGatewayFixture } from './service-gateway-fixture.js';

const readAccounts = 'GET /accounts';
const grant = { access_token: 'planted-token-x', token_type: 'Bearer', expires_in: 60 };

/** What a token endpoint may do instead of issuing a token, and what the log says of it. */
const FAILURES: readonly (readonly [string, ScriptedResponse, string])[] = [
  ['resets the connection', { fault: 'reset' }, 'broken'],
  ['breaks off in the response', { fault: 'truncate', body: grant }, 'broken'],
  ['is unavailable', { status: 503, body: 'planted-body' }, 'status 503'],
  ['limits the rate', { status: 429, headers: { 'retry-after': '7' } }, 'status 429'],
  [
    'does not know the client',
    { status: 401, headers: { 'www-authenticate': 'Basic' }, body: { error: 'invalid_client' } },
    'status 401: invalid_client',
  ],
  [
    'rejects with an error that is no code',
    { status: 400, body: { error: 'planted-client-secret is wrong' } },
    'status 400',
  ],
  ['redirects', { status: 307, headers: { location: 'https://elsewhere.test/token' } }, 'status 307'],
  ['sends a page', { body: '<h1>planted-body</h1>' }, 'the response is not a token response'],
  ['sends no token', { body: { token_type: 'Bearer' } }, 'the response is not a token response'],
  [
    'sends a token of another type',
    { body: { ...grant, token_type: 'mac' } },
    'the response is not a token response',
  ],
  [
    'sends a token with a line break',
    { body: { ...grant, access_token: 'planted-token-x\r\nx-evil: 1' } },
    'the access token is malformed',
  ],
  ['sends an expired token', { body: { ...grant, expires_in: 0 } }, 'the access token has expired already'],
  ['sends a huge response', { body: { ...grant, x: 'x'.repeat(100_000) } }, 'too-large'],
];

describe('a token endpoint that', () => {
  // So short that nothing is retried before the pause is over.
  const fixture = useServiceGatewayFixture({ env: { REQUEST_TIMEOUT_MS: '900' } });

  it.each(FAILURES)(
    '%s is a failure that can be retried, and nothing is sent',
    async (_, response, reason) => {
      fixture.on(readAccounts, accounts);
      fixture.on(creation, created);
      fixture.tokens.respond(response);
      const answers = await Promise.all([
        fixture.execute(READ_ACCOUNTS),
        fixture.execute(READ_ACCOUNTS, {}, { token: 'bob' }),
        fixture.execute(CREATE_JOB, { key: 'k' }),
      ]);
      const failure = {
        code: 'UPSTREAM_UNAVAILABLE',
        retryable: true,
        retryAfterSeconds: reason.includes('429') ? 7 : 1,
      };
      expect(answers.map(failureOf)).toEqual([failure, failure, { ...failure, idempotencyKey: 'k' }]);
      expect(answers[0].errors[0]!.message).toBe(
        'The gateway cannot obtain an access token for the Demand API at the moment.',
      );
      // One request for all, and none in the pause after it.
      expect(failureOf(await fixture.execute(READ_ACCOUNTS))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      expect(fixture.tokens.requests()).toHaveLength(1);
      expect(fixture.sent()).toEqual([]);
      expect(fixture.log()).toContain(`"reason":"${reason}"`);
      for (const text of [fixture.log(), JSON.stringify(answers)]) expect(text).not.toContain('planted');
    },
  );

  it('is down heals by itself, and a failed creation can be repeated with its key', async () => {
    fixture.on(creation, created);
    fixture.tokens.respond({ status: 503 });
    expect(failureOf(await fixture.execute(CREATE_JOB, { key: 'k' }))).toMatchObject({ retryable: true });
    fixture.tokens.heal();
    await until(async () => (await fixture.execute(CREATE_JOB, { key: 'k' })).errors.length === 0);
    expect(fixture.sent(creation)).toHaveLength(1);
    expect(fixture.log()).toContain('The token endpoint issues access tokens again.');
  });

  it('is down does not affect calls while the last token is valid', async () => {
    fixture.on(readAccounts, accounts);
    fixture.tokens.respond(() => fixture.tokens.token({ expires_in: 4 }));
    expect(await fixture.execute(READ_ACCOUNTS)).toMatchObject({ errors: [] });
    fixture.tokens.respond({ status: 503 });
    await until(async () => {
      expect(await fixture.execute(READ_ACCOUNTS)).toMatchObject({ errors: [] });
      return fixture.tokens.requests().length > 1;
    });
    expect(await fixture.execute(READ_ACCOUNTS)).toMatchObject({ errors: [] });
    expect(new Set(tokenNumbers(fixture.sent()))).toEqual(new Set([1]));
  });
});

describe('a single failure of the token endpoint', () => {
  const fixture = useServiceGatewayFixture();

  it('does not reach callers that can wait', async () => {
    fixture.on(readAccounts, accounts);
    fixture.tokens.respond((nth) => (nth === 0 ? { fault: 'reset', delayMs: 1000 } : fixture.tokens.token()));
    const answers = await Promise.all(
      ['alice', 'bob'].map((token) => fixture.execute(READ_ACCOUNTS, {}, { token })),
    );
    for (const { errors } of answers) expect(errors).toEqual([]);
    expect(fixture.tokens.requests()).toHaveLength(2);
  });
});
