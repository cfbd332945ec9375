import { describe, expect, it } from '@jest/globals';
import { demo } from '../../src/emulator/index.js';
import { principalByName, unusedIssuer } from '../helpers/test-principal.js';
import { startTokenEndpoint, type TestTokenEndpoint } from '../helpers/token-endpoint.js';
import { startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { useServiceGatewayFixture } from '../upstream/credential/service-gateway-fixture.js';
import {
  accounts,
  CREATE_JOB,
  created,
  creation,
  creations,
  job,
  READ_ACCOUNTS,
  READ_RUN,
  run,
  runAnswer,
} from '../upstream/faults/demand.js';
import { errorOf, failureOf, until } from '../upstream/faults/gateway-fixture.js';

const readRun = `GET ${run.path}`;
const FORBIDDEN = { code: 'FORBIDDEN', retryable: false };

/** Of these callers, only `carol` has no access to the account 101. */
const access = { accounts: { alice: ['101'], bob: ['101'], carol: ['202'] } };
const alice = { token: 'alice' };
const bob = { token: 'bob' };
const carol = { token: 'carol' };

interface JobData {
  readonly pauseTargetGroups: {
    readonly idempotencyKey: string;
    readonly batchJob: { readonly id: string } | null;
    readonly userErrors: readonly unknown[];
  };
}

describe('two principals under one credential', () => {
  const fixture = useServiceGatewayFixture(access);
  const keysSent = (call: string) => fixture.sent(call).map(({ headers }) => headers['idempotency-key']);

  it.each(creations)('create $kind each with the same key and input, and see their own key', async (each) => {
    fixture.on(each.call, each.done);
    const answers = await Promise.all(
      [alice, bob].map((caller) => fixture.execute(each.document, { key: 'k-1' }, caller)),
    );
    for (const { errors, data } of answers) {
      expect(errors).toEqual([]);
      expect(JSON.stringify(data)).toContain('"idempotencyKey":"k-1"');
    }
    const keys = keysSent(each.call);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(fixture.api.requests)).not.toContain('k-1');
  });

  it('can use the same key for other input, which for one of them is a conflict', async () => {
    fixture.on(creation, created);
    const launch = creations[1]!;
    fixture.on(launch.call, launch.done);
    expect(await fixture.execute(CREATE_JOB, { key: 'k' }, alice)).toMatchObject({ errors: [] });
    expect(await fixture.execute(launch.document, { key: 'k' }, bob)).toMatchObject({
      errors: [],
      data: { launchDraftTargetGroup: { draftLaunchJob: { id: launch.job.id }, userErrors: [] } },
    });
    expect(await fixture.execute(launch.document, { key: 'k' }, alice)).toMatchObject({
      data: { launchDraftTargetGroup: { draftLaunchJob: null, userErrors: [{}] } },
    });
    expect(fixture.sent(launch.call)).toHaveLength(1);
  });

  it('repeat a creation with the same key upstream, each with its own', async () => {
    fixture.on(creation, [{ status: 503 }, created]);
    expect(await fixture.execute(CREATE_JOB, { key: 'k' }, alice)).toMatchObject({ errors: [] });
    expect(await fixture.execute(CREATE_JOB, { key: 'k' }, alice)).toMatchObject({ errors: [] });
    expect(await fixture.execute(CREATE_JOB, { key: 'k' }, bob)).toMatchObject({ errors: [] });
    const [first, second, third, fourth] = keysSent(creation);
    expect([second, third]).toEqual([first, first]);
    expect(fourth).not.toBe(first);
  });

  it('get their own key in errors, even if the API repeats the one that was sent', async () => {
    fixture.on(creation, ({ headers }) => {
      const key = String(headers['idempotency-key']);
      const invalid = [{ name: 'idempotency-key', reason: `${key} is malformed` }];
      return { status: 400, body: { detail: `The key ${key} is malformed.`, invalid_params: invalid } };
    });
    const document = CREATE_JOB.replace('userErrors { code }', 'userErrors { code message }');
    const answer = JSON.stringify(await fixture.execute(document, { key: 'key-of-mine' }, alice));
    expect(answer).toContain('key-of-mine is malformed');
    expect(answer).not.toContain(keysSent(creation)[0]);
  });

  it('share a read in flight, except with a caller without access to the account', async () => {
    fixture.on(readRun, { ...runAnswer(5), delayMs: 1000 });
    const reading = [alice, bob].map((caller) => fixture.execute(READ_RUN, {}, caller));
    await until(() => fixture.sent(readRun).length > 0);
    expect(failureOf(await fixture.execute(READ_RUN, {}, carol))).toEqual(FORBIDDEN);
    for (const answer of await Promise.all(reading)) {
      expect(answer).toMatchObject({ errors: [], data: { fieldingRun: { version: '5' } } });
    }
    expect(fixture.sent()).toHaveLength(1);
  });

  it('share a body that the API has confirmed, except with a caller without access to the account', async () => {
    fixture.on(readRun, ({ headers }) =>
      headers['if-none-match'] === undefined ? runAnswer(5) : { status: 304, headers: { etag: 'W/"5"' } },
    );
    await fixture.execute(READ_RUN, {}, alice);
    expect(failureOf(await fixture.execute(READ_RUN, {}, carol))).toEqual(FORBIDDEN);
    expect(await fixture.execute(READ_RUN, {}, bob)).toMatchObject({
      data: { fieldingRun: { version: '5' } },
    });
    expect(fixture.sent().map(({ headers }) => headers['if-none-match'])).toEqual([undefined, 'W/"5"']);
  });

  it('see a body only as long as the API confirms it', async () => {
    fixture.on(readRun, [runAnswer(5), { status: 404 }, { status: 403 }]);
    await fixture.execute(READ_RUN, {}, alice);
    expect(await fixture.execute(READ_RUN, {}, bob)).toMatchObject({
      errors: [],
      data: { fieldingRun: null },
    });
    expect(failureOf(await fixture.execute(READ_RUN, {}, bob))).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('do not pause for each other after a 429', async () => {
    fixture.on('GET /accounts', [{ status: 429, headers: { 'retry-after': '60' } }, accounts]);
    const limited = { code: 'RATE_LIMITED', retryable: true, retryAfterSeconds: expect.any(Number) };
    expect(failureOf(await fixture.execute(READ_ACCOUNTS, {}, alice))).toMatchObject(limited);
    expect(await fixture.execute(READ_ACCOUNTS, {}, bob)).toMatchObject({ errors: [] });
    expect(failureOf(await fixture.execute(READ_ACCOUNTS, {}, alice))).toMatchObject(limited);
    expect(fixture.sent()).toHaveLength(2);
  });

  it('do not get the failure of a shared read that a 429 to the other ends', async () => {
    const limited = { status: 429, headers: { 'retry-after': '60' }, delayMs: 1000 };
    fixture.on(readRun, [limited, runAnswer(5)]);
    const first = fixture.execute(READ_RUN, {}, alice);
    await until(() => fixture.sent().length === 1);
    expect(await fixture.execute(READ_RUN, {}, bob)).toMatchObject({
      errors: [],
      data: { fieldingRun: { version: '5' } },
    });
    expect(failureOf(await first)).toMatchObject({ code: 'RATE_LIMITED' });
    expect(fixture.sent()).toHaveLength(2);
  });

  it('do not wait for each other where the calls of one pause after a 429', async () => {
    const limited = { status: 429, headers: { 'retry-after': '2' }, delayMs: 1000 };
    fixture.on(readRun, [limited, runAnswer(5)]);
    fixture.on('GET /accounts', accounts);
    const finished: string[] = [];
    const read = async (document: string, caller: { readonly token: string }) => {
      expect(await fixture.execute(document, {}, caller)).toMatchObject({ errors: [] });
      finished.push(caller.token);
    };
    // The read that gets the 429 has been joined by the other.
    const paused = read(READ_RUN, alice);
    await until(() => fixture.sent().length === 1);
    await read(READ_RUN, bob);
    // A read that begins during the pause.
    await Promise.all([read(READ_ACCOUNTS, alice), read(READ_ACCOUNTS, bob), paused]);
    expect(finished.slice(0, 2)).toEqual(['bob', 'bob']);
    expect(fixture.sent(readRun)).toHaveLength(3);
    expect(fixture.sent('GET /accounts')).toHaveLength(2);
  });

  it('do not see a job that the other has just created, and that the API does not show yet', async () => {
    const READ_JOB = `{ batchJob(id: "${job.id}") { status } }`;
    fixture.on(creation, created);
    await fixture.execute(CREATE_JOB, { key: 'k' }, alice);
    const sent = fixture.sent().length;
    expect(failureOf(await fixture.execute(READ_JOB, {}, carol))).toEqual(FORBIDDEN);
    expect(fixture.sent()).toHaveLength(sent);
    expect(await fixture.execute(READ_JOB, {}, alice)).toMatchObject({
      errors: [],
      data: { batchJob: { status: 'PROCESSING' } },
    });
    expect(await fixture.execute(READ_JOB, {}, bob)).toMatchObject({ errors: [], data: { batchJob: null } });
  });

  it('cannot change anything of an account that is not theirs', async () => {
    for (const each of creations) {
      expect(errorOf(await fixture.execute(each.document, { key: 'k' }, carol)).extensions?.['code']).toBe(
        'FORBIDDEN',
      );
    }
    expect(fixture.sent()).toEqual([]);
    expect(fixture.tokens.requests()).toEqual([]);
    // The rejection has not taken the key.
    fixture.on(creation, created);
    expect(await fixture.execute(CREATE_JOB, { key: 'k' }, alice)).toMatchObject({ errors: [] });
  });
});

describe('in front of the emulator', () => {
  let tokens: TestTokenEndpoint;
  let emulator: TestEmulator;
  const gateways: TestGateway[] = [];
  const groups = [demo.live.targetGroupId, demo.paused.targetGroupId];
  const pause = (gateway: TestGateway, token: string, group: string, key: string) =>
    gateway.execute<JobData, object>(
      `mutation ($input: PauseTargetGroupsInput!) {
        pauseTargetGroups(input: $input) { idempotencyKey batchJob { id } userErrors { __typename } }
      }`,
      {
        input: {
          targetGroupIds: [`${demo.accountId}/${demo.projectId}/${group}`],
          idempotencyKey: key,
        },
      },
      { token },
    );

  beforeAll(async () => {
    tokens = await startTokenEndpoint(() => demo.token);
    emulator = await startTestEmulator();
    const accounts = [String(demo.accountId)];
    for (let replica = 0; replica < 2; replica += 1) {
      gateways.push(
        await startTestGateway({
          demandApiUrl: emulator.url,
          env: { ...unusedIssuer, ...tokens.env },
          authenticate: principalByName({ alice: accounts, bob: accounts }),
        }),
      );
    }
  });
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await emulator.close();
    await tokens.close();
  });
  it('two principals get a job each for one key, whether the input is the same or not', async () => {
    const [gateway] = gateways;
    const answers = [
      await pause(gateway!, 'alice', groups[0]!, 'same'),
      await pause(gateway!, 'bob', groups[0]!, 'same'),
      await pause(gateway!, 'alice', groups[0]!, 'other'),
      await pause(gateway!, 'bob', groups[1]!, 'other'),
    ];
    const ids = answers.map(({ data }) => data?.pauseTargetGroups.batchJob?.id);
    expect(new Set(ids).size).toBe(4);
    expect(ids).not.toContain(undefined);
    expect(answers.map(({ data }) => data?.pauseTargetGroups.idempotencyKey)).toEqual([
      'same',
      'same',
      'other',
      'other',
    ]);
  });

  it('a principal gets the same job for one key from every replica', async () => {
    const ids = [];
    for (const gateway of gateways) {
      const { data } = await pause(gateway, 'alice', groups[1]!, 'over-replicas');
      ids.push(data?.pauseTargetGroups.batchJob?.id);
    }
    expect(ids).toEqual([expect.any(String), ids[0]]);
  });
});
