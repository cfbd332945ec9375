import { freePort } from '../../helpers/ports.js';
import { startTestGateway } from '../../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedResponse } from '../../helpers/scripted-upstream.js';
import { changeDocument, changes, run, runAnswer, type Change, type ChangeData } from './demand.js';
import { BROKEN, expectAttempts, failureOf, pause, useGatewayFixture } from './gateway-fixture.js';

const fixture = useGatewayFixture({ env: { DEMAND_API_TIMEOUT_MS: '1000' } });
const readRun = `GET ${run.path}`;
const pausing = changes[1]!;
const lost: ScriptedResponse = { fault: 'reset' };

/** Makes a change from version 5 with these responses to its attempts; a read of the run then returns `state`. */
async function change(
  changing: Change,
  attempts: readonly ScriptedResponse[],
  state: ScriptedResponse | readonly ScriptedResponse[],
) {
  fixture.on(readRun, state);
  fixture.on(changing.call, attempts);
  return await fixture.execute<ChangeData>(changeDocument(changing));
}

const done = { change: { fieldingRun: { version: '6' }, userErrors: [] } };
const unknown = { outcomeUnknown: true, retryable: true };

describe.each(changes)('$mutation rejected after a lost response', (changing) => {
  const { call, reached, missed } = changing;

  it.each([412, 422])(
    'with %d succeeded if the run is one change later, and in the expected state',
    async (status) => {
      const answer = await change(changing, [lost, { status }], runAnswer(6, reached.status, reached));
      expect(answer).toMatchObject({ data: done, errors: [] });
      expectAttempts(fixture.sent(call), 2);
      expect(fixture.sent(readRun)).toHaveLength(1);
    },
  );

  it.each([
    ['is unchanged', runAnswer(5, missed.status, missed)],
    ['is one change later, but not in the expected state', runAnswer(6, missed.status, missed)],
    ['is in the expected state, but two changes later', runAnswer(7, reached.status, reached)],
    ['is in the expected state, but at the same version', runAnswer(5, reached.status, reached)],
    ['is in the expected state, but at an older version', runAnswer(4, reached.status, reached)],
  ])('has an unknown outcome if the run %s', async (_what, state) => {
    const answer = await change(changing, [lost, { status: 412 }], state);
    expect(failureOf(answer)).toEqual({ code: 'UPSTREAM_UNAVAILABLE', ...unknown });
    expect(answer.data).toEqual({ change: null });
    expectAttempts(fixture.sent(call), 2);
  });
});

describe.each(changes)('$mutation of a run that was read before', (changing) => {
  const read = (state: ScriptedResponse) => {
    fixture.on(readRun, state);
    return fixture.execute(`{ fieldingRun(id: "${run.id}") { version } }`);
  };
  const { reached, missed } = changing;

  it('did not succeed if the run was already in the expected state: another change was made', async () => {
    await read(runAnswer(5, reached.status, reached));
    const answer = await change(changing, [lost, { status: 412 }], runAnswer(6, reached.status, reached));
    expect(failureOf(answer)).toEqual({ code: 'UPSTREAM_UNAVAILABLE', ...unknown });
  });

  it.each([
    ['was not', runAnswer(5, missed.status, missed)],
    ['was, at an older version', runAnswer(4, reached.status, reached)],
  ])('succeeded if the run %s', async (_what, state) => {
    await read(state);
    const answer = await change(changing, [lost, { status: 412 }], runAnswer(6, reached.status, reached));
    expect(answer).toMatchObject({ data: done, errors: [] });
  });
});

describe('the run is recognised', () => {
  const body = runAnswer(6, 'Paused').body as object;

  it.each<[string, ScriptedResponse]>([
    ['a weak tag', { headers: { etag: 'W/"6"' }, body }],
    ['a strong tag', { headers: { etag: '"6"' }, body }],
    ['a tag that the body contradicts', { headers: { etag: 'W/"6"' }, body: { ...body, version: 60 } }],
    ['the version in the body, without a tag', { body }],
    ['a status in another case', { body: { ...body, status: 'PAUSED' } }],
  ])('%s', async (_what, state) => {
    expect(await change(pausing, [lost, { status: 412 }], state)).toMatchObject({ data: done });
  });

  it.each<[string, ScriptedResponse]>([
    ['does not exist', { status: 404 }],
    ['may not be read', { status: 403 }],
    ['cannot be read', { status: 503 }],
    ['is not JSON', { body: '<html>' }],
    ['has no status', { body: { ...body, status: undefined } }],
    ['has no version', { body: { ...body, version: undefined } }],
    ['has a version that is not an integer', { body: { ...body, version: 'six' } }],
    [
      'has a tag that is no version, and another version',
      { headers: { etag: '"x"' }, body: { ...body, version: 7 } },
    ],
  ])('but not if it %s: the outcome is unknown', async (_what, state) => {
    const answer = await change(pausing, [lost, { status: 412 }], state);
    expect(failureOf(answer)).toEqual({ code: 'UPSTREAM_UNAVAILABLE', ...unknown });
    expectAttempts(fixture.sent(pausing.call), 2);
  });
});

describe('a response is lost', () => {
  const codes: Readonly<Record<string, string>> = { 'a timeout': 'UPSTREAM_TIMEOUT' };

  it.each(Object.entries(BROKEN))('by %s, which the error reports', async (what, answer) => {
    const failed = await change(pausing, [answer, { status: 412 }], runAnswer(9, 'Live'));
    expect(failureOf(failed)).toEqual({
      code: codes[what] ?? 'UPSTREAM_UNAVAILABLE',
      ...unknown,
      ...(answer.status !== undefined && { upstream: { status: answer.status } }),
    });
  });

  it.each([
    ['400', { status: 400 }],
    ['401', { status: 401 }],
    ['403', { status: 403 }],
    ['404', { status: 404 }],
    ['409', { status: 409 }],
    ['301', { status: 301, headers: { location: '/elsewhere' } }],
    ['500', { status: 500 }],
  ] as [string, ScriptedResponse][])('even if %s follows, and the run is not read', async (_what, answer) => {
    const failed = await change(pausing, [lost, answer], runAnswer(6, 'Paused'));
    expect(failureOf(failed)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', ...unknown });
    expectAttempts(fixture.sent(pausing.call), 2);
    expect(fixture.sent(readRun)).toEqual([]);
  });

  it('even if a 429 follows that outlasts the deadline', async () => {
    const answers = [lost, { status: 429, headers: { 'retry-after': '3600' } }];
    expect(failureOf(await change(pausing, answers, runAnswer(6, 'Paused')))).toEqual({
      code: 'UPSTREAM_UNAVAILABLE',
      retryAfterSeconds: 3600,
      ...unknown,
    });
    expectAttempts(fixture.sent(pausing.call), 2);
  });

  it('whatever attempts lie between it and the rejection', async () => {
    const answers = [lost, { status: 429, headers: { 'retry-after': '0' } }, { status: 412 }];
    expect(await change(pausing, answers, runAnswer(6, 'Paused'))).toMatchObject({ data: done });
    expectAttempts(fixture.sent(pausing.call), 3);
  });
});

describe('without a lost response', () => {
  /** A REST base that refuses connections. */
  const freeUrl = async () => `http://127.0.0.1:${await freePort()}/v1`;

  it.each<[string, readonly ScriptedResponse[]]>([
    ['the first response', [{ status: 412 }]],
    ['the response after a 429', [{ status: 429, headers: { 'retry-after': '0' } }, { status: 412 }]],
  ])('a 412 as %s is a version conflict in any state of the run', async (_what, answers) => {
    const answer = await change(pausing, answers, runAnswer(6, 'Paused'));
    expect(answer.data?.change?.userErrors).toEqual([{ __typename: 'VersionConflictError' }]);
    expect(answer.errors).toEqual([]);
    expectAttempts(fixture.sent(pausing.call), answers.length);
    expect(fixture.sent(readRun)).toEqual([]);
  });

  it('a 412 after a refused connection is a version conflict', async () => {
    const url = await freeUrl();
    const env = {
      DEMAND_API_MAX_ATTEMPTS: '20',
      DEMAND_API_RETRY_BASE_MS: '200',
      DEMAND_API_RETRY_MAX_MS: '200',
    };
    const gateway = await startTestGateway({ demandApiUrl: url, env });
    const answering = gateway.execute<ChangeData, object>(changeDocument(pausing));
    await pause(150);
    const api = await startScriptedUpstream({ port: Number(new URL(url).port) });
    api.on('POST', pausing.call.replace('POST ', ''), { status: 412 });
    api.on('GET', run.path, runAnswer(6, 'Paused'));
    const { data, errors } = await answering;
    await gateway.close();
    await api.close();
    expect(errors).toEqual([]);
    expect(data?.change?.userErrors).toEqual([{ __typename: 'VersionConflictError' }]);
    expect(api.requests).toHaveLength(1);
  });

  it('refused connections leave no outcome unknown', async () => {
    const url = await freeUrl();
    const gateway = await startTestGateway({ demandApiUrl: url, env: { DEMAND_API_RETRY_BASE_MS: '1' } });
    const answer = await gateway.execute(changeDocument(pausing));
    await gateway.close();
    expect(failureOf(answer)).toEqual({ code: 'UPSTREAM_UNAVAILABLE', retryable: true });
  });
});

describe('with strong tags', () => {
  const strong = useGatewayFixture({ env: { DEMAND_API_IF_MATCH: 'strong' } });

  it('each attempt sends the same tag', async () => {
    strong.on(pausing.call, [lost, pausing.done]);
    expect(await strong.execute(changeDocument(pausing))).toMatchObject({ data: done, errors: [] });
    expectAttempts(strong.sent(pausing.call), 2);
    expect(strong.sent(pausing.call)[0]?.headers['if-match']).toBe('"5"');
  });
});
