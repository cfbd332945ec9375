import { describe, expect, it } from '@jest/globals';
import { until } from '../../helpers/until.js';
import { accounts, changeDocument, changes, creations, READ_ACCOUNTS, runAnswer } from '../faults/demand.js';
import { failureOf, pause } from '../faults/gateway-fixture.js';
import { tokenNumbers, useServiceGatewayFixture } from './service-gateway-fixture.js';

const readAccounts = 'GET /accounts';

/** A query with many different reads, and their calls. */
const RUNS = Array.from({ length: 30 }, (_, index) => `R${index}`);
const FAN_OUT = `{ ${RUNS.map((run) => `${run}: fieldingRun(id: "101/P1/T1/${run}") { status }`).join(' ')} }`;
const runCall = (run: string) => `GET /demand/accounts/101/projects/P1/target-groups/T1/fielding-runs/${run}`;

describe('the access token', () => {
  const fixture = useServiceGatewayFixture({
    env: {
      UPSTREAM_OAUTH_AUDIENCE: 'https://api.test/demand',
      UPSTREAM_OAUTH_PARAMS: 'lucid_scopes=app%3Aread+app%3Aoperate&x=',
    },
  });

  it('is requested with the credentials and parameters of the client', async () => {
    fixture.on(readAccounts, accounts);
    expect(await fixture.execute(READ_ACCOUNTS)).toMatchObject({ errors: [] });
    expect(fixture.tokens.requests()).toEqual([
      {
        headers: expect.objectContaining({
          accept: 'application/json',
          'content-type': expect.stringMatching(/^application\/x-www-form-urlencoded/),
        }),
        params: {
          grant_type: 'client_credentials',
          client_id: 'fieldgate-test',
          client_secret: 'planted-client-secret',
          audience: 'https://api.test/demand',
          lucid_scopes: 'app:read app:operate',
          x: '',
        },
      },
    ]);
  });

  it('is requested once for concurrent operations and kept, and replaces the credential of each caller', async () => {
    fixture.on(readAccounts, { ...accounts, delayMs: 20 });
    fixture.tokens.respond(() => ({ ...fixture.tokens.token(), delayMs: 100 }));
    const names = ['alice', 'bob', 'carol'];
    for (let round = 0; round < 3; round += 1) {
      for (const { errors } of await Promise.all(
        names.map((token) => fixture.execute(READ_ACCOUNTS, {}, { token })),
      ))
        expect(errors).toEqual([]);
    }
    expect(fixture.tokens.requests()).toHaveLength(1);
    expect(new Set(tokenNumbers(fixture.sent()))).toEqual(new Set([1]));
  });

  it('is not requested by an operation that makes no calls', async () => {
    expect(await fixture.execute('{ __typename }')).toMatchObject({ errors: [], data: {} });
    expect(fixture.tokens.requests()).toEqual([]);
  });

  it('is renewed once before it expires, under load and without a failure', async () => {
    fixture.on(readAccounts, accounts);
    fixture.tokens.respond((nth) => ({
      ...fixture.tokens.token(nth === 0 ? { expires_in: 2 } : {}),
      // While it is renewed, the old token is still in use.
      ...(nth > 0 && { delayMs: 50 }),
    }));
    let isOver = false;
    const load = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(async (token) => {
      while (!isOver)
        expect(await fixture.execute(READ_ACCOUNTS, {}, { token })).toMatchObject({ errors: [] });
    });
    await until(() => tokenNumbers(fixture.sent()).includes(2));
    isOver = true;
    await Promise.all(load);
    expect(fixture.tokens.requests()).toHaveLength(2);
  });

  it('that expired unused is requested anew', async () => {
    fixture.on(readAccounts, accounts);
    fixture.tokens.respond(() => fixture.tokens.token({ expires_in: 1 }));
    expect(await fixture.execute(READ_ACCOUNTS)).toMatchObject({ errors: [] });
    fixture.revoke();
    await pause(1050);
    expect(await fixture.execute(READ_ACCOUNTS)).toMatchObject({ errors: [] });
    expect(tokenNumbers(fixture.sent())).toEqual([1, 2]);
  });
});

describe('a token that the API rejects', () => {
  const fixture = useServiceGatewayFixture();

  it('in the middle of a fan-out is renewed once, and each read is sent at most twice', async () => {
    let calls = 0;
    for (const run of RUNS) {
      fixture.on(runCall(run), () => {
        if (++calls === 5) fixture.revoke();
        return { ...runAnswer(1), body: { ...(runAnswer(1).body as object), id: run }, delayMs: 10 };
      });
    }
    const answer = await fixture.execute<Record<string, { status: string }>>(FAN_OUT);
    expect(answer.errors).toEqual([]);
    expect(Object.keys(answer.data ?? {})).toEqual(RUNS);
    expect(fixture.tokens.requests()).toHaveLength(2);
    for (const run of RUNS)
      expect([[1], [2], [1, 2]]).toContainEqual(tokenNumbers(fixture.sent(runCall(run))));
    expect(fixture.sent().length).toBeGreaterThan(RUNS.length);
  });

  it('is renewed once for the operations of all callers', async () => {
    fixture.on(readAccounts, accounts);
    await fixture.execute(READ_ACCOUNTS);
    fixture.revoke();
    for (const run of RUNS) fixture.on(runCall(run), { ...runAnswer(1), delayMs: 10 });
    const answers = await Promise.all(
      RUNS.map((run) =>
        fixture.execute(`{ fieldingRun(id: "101/P1/T1/${run}") { status } }`, {}, { token: run }),
      ),
    );
    for (const { errors } of answers) expect(errors).toEqual([]);
    expect(fixture.tokens.requests()).toHaveLength(2);
  });

  it.each(changes)('does not fail $mutation, which is sent again once', async (change) => {
    fixture.on(readAccounts, accounts);
    await fixture.execute(READ_ACCOUNTS);
    fixture.revoke();
    fixture.on(change.call, change.done);
    const answer = await fixture.execute(changeDocument(change));
    expect(answer).toMatchObject({
      errors: [],
      data: { change: { fieldingRun: { version: '6' }, userErrors: [] } },
    });
    expect(tokenNumbers(fixture.sent(change.call))).toEqual([1, 2]);
    expect(fixture.sent(change.call).map(({ headers }) => headers['if-match'])).toEqual(['W/"5"', 'W/"5"']);
  });

  it.each(creations)(
    'does not fail the creation of $kind, which is sent again with its key',
    async (creation) => {
      fixture.on(readAccounts, accounts);
      await fixture.execute(READ_ACCOUNTS);
      fixture.revoke();
      fixture.on(creation.call, creation.done);
      expect(await fixture.execute(creation.document, { key: 'k' })).toMatchObject({ errors: [] });
      const [first, second, ...others] = fixture.sent(creation.call);
      expect(tokenNumbers([first!, second!])).toEqual([1, 2]);
      expect(second!.headers['idempotency-key']).toBe(first!.headers['idempotency-key']);
      expect(others).toEqual([]);
    },
  );

  it('twice is a failure of the gateway, not of the caller, and heals', async () => {
    fixture.api.on('GET', '/accounts', { status: 401, body: { id: 'e-1' } });
    expect(failureOf(await fixture.execute(READ_ACCOUNTS))).toEqual({
      code: 'UPSTREAM_UNAVAILABLE',
      retryable: true,
      upstream: { status: 401, errorId: 'e-1' },
    });
    expect(tokenNumbers(fixture.sent())).toEqual([1, 2]);
    fixture.on(readAccounts, accounts);
    expect(await fixture.execute(READ_ACCOUNTS)).toMatchObject({ errors: [] });
    expect(tokenNumbers(fixture.sent())).toEqual([1, 2, 3]);
  });

  it('again and again is renewed less and less, and still does for other calls', async () => {
    fixture.api.on('GET', '/accounts', { status: 401 });
    fixture.on(runCall('R1'), runAnswer(1));
    for (let round = 0; round < 10; round += 1) {
      expect(failureOf(await fixture.execute(READ_ACCOUNTS))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      expect(await fixture.execute('{ fieldingRun(id: "101/P1/T1/R1") { status } }')).toMatchObject({
        errors: [],
      });
    }
    expect(fixture.tokens.requests().length).toBeLessThan(8);
  });
});

describe('a call that waits for a token', () => {
  const fixture = useServiceGatewayFixture({ env: { REQUEST_TIMEOUT_MS: '600' } });

  it('waits no longer than its operation, and leaves the request to others', async () => {
    fixture.on(readAccounts, accounts);
    fixture.tokens.respond(() => ({ ...fixture.tokens.token(), delayMs: 1500 }));
    expect(failureOf(await fixture.execute(READ_ACCOUNTS))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      retryable: true,
    });
    await until(async () => (await fixture.execute(READ_ACCOUNTS)).errors.length === 0);
    expect(fixture.tokens.requests()).toHaveLength(1);
    expect(tokenNumbers(fixture.sent())).toEqual([1]);
  });

  it('stops waiting when its caller disconnects', async () => {
    fixture.on(readAccounts, accounts);
    fixture.tokens.respond({ fault: 'hang' });
    const abort = new AbortController();
    const abandoned = fixture.execute(READ_ACCOUNTS, {}, { signal: abort.signal }).catch(() => 'gone');
    await until(() => fixture.tokens.requests().length === 1);
    abort.abort();
    expect(await abandoned).toBe('gone');
    expect(fixture.sent()).toEqual([]);
  });
});
