import type * as rest from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import {
  FieldingRunDocument,
  PauseFieldingRunDocument,
  ResumeFieldingRunDocument,
  UpdateFieldingPeriodDocument,
} from '../generated/documents.js';
import { demoPaths, readApi } from '../helpers/emulator.js';
import { startTestGateway } from '../helpers/gateway.js';
import { actions, payloadOf, readRun, type FieldingRunPayload } from './changes.js';
import {
  callOf,
  dataOf,
  errorOf,
  expectBadUserInput,
  ids,
  inDays,
  UNKNOWN_ID,
  useStack,
  type FieldingRunRef,
} from './stack.js';

const stack = useStack();
const { run: runPath } = demoPaths;

describe('fieldingRun', () => {
  test('returns the REST properties, with the version in the entity tag', async () => {
    const run = await readApi<rest.FieldingRun>(stack.emulator, runPath(demo.live));
    await stack.forgetCalls();

    const data = dataOf(await stack.execute(FieldingRunDocument, { id: ids.run(demo.live) }));
    expect(data.fieldingRun).toEqual({
      id: ids.run(demo.live),
      fieldingRunId: demo.live.fieldingRunId,
      status: 'LIVE',
      startAt: run.start_fielding_at,
      endAt: run.end_fielding_at,
      lastChangedAt: run.last_changed_at,
      lastChangedBy: run.last_changed_by,
      version: '5',
      availableActions: ['PAUSE', 'COMPLETE'],
    });
    expect(await stack.calls()).toEqual([`GET ${runPath(demo.live)}`]);
  });

  test.each([
    { name: 'scheduled', run: demo.scheduled, available: ['LAUNCH_NOW', 'COMPLETE'] },
    { name: 'live', run: demo.live, available: ['PAUSE', 'COMPLETE'] },
    { name: 'paused', run: demo.paused, available: ['RESUME'] },
    { name: 'paused past its end', run: demo.pausedPastEnd, available: [] },
    { name: 'completed', run: demo.completed, available: ['RELAUNCH'] },
    { name: 'completed past its end', run: demo.completedPastEnd, available: [] },
  ])('that is $name has the available actions $available', async ({ run, available }) => {
    expect((await readRun(stack, run)).availableActions).toEqual(available);
  });

  test.each([
    ids.run({ ...demo.live, fieldingRunId: UNKNOWN_ID }),
    ids.run({ targetGroupId: demo.paused.targetGroupId, fieldingRunId: demo.live.fieldingRunId }),
  ])('is null if it does not exist: %s', async (id) => {
    expect(dataOf(await stack.execute(FieldingRunDocument, { id }))).toEqual({ fieldingRun: null });
  });

  test.each(['', ids.targetGroup(demo.live), `${ids.run(demo.live)}/x`, ids.job('pause', 'x')])(
    'rejects the id %j',
    async (id) => {
      expectBadUserInput(await stack.execute(FieldingRunDocument, { id }), '`id`');
      expect(await stack.calls()).toEqual([]);
    },
  );

  test('of another account is forbidden', async () => {
    const result = await stack.execute(FieldingRunDocument, { id: ids.other.run });
    expect(result.data).toEqual({ fieldingRun: null });
    expect(errorOf(result)).toMatchObject({ path: ['fieldingRun'], extensions: { code: 'FORBIDDEN' } });
  });
});

describe.each(actions)('$name', ({ document, path, from, to, rejected }) => {
  test(`makes the run ${to}`, async () => {
    const before = await readRun(stack, from);
    await stack.forgetCalls();

    const input = { id: before.id, version: before.version };
    const { fieldingRun, userErrors } = payloadOf(await stack.execute(document, { input }));
    expect(userErrors).toEqual([]);
    expect(fieldingRun).toMatchObject({
      id: before.id,
      status: to,
      version: String(Number(before.version) + 1),
    });

    const [action, ...others] = await stack.requests();
    expect(callOf(action!)).toBe(`POST ${runPath(from)}/${path}`);
    expect(action!.headers).toMatchObject({ 'if-match': `W/"${before.version}"`, 'content-length': '0' });
    expect(action!.headers).not.toHaveProperty('content-type');
    expect(action!.headers).not.toHaveProperty('idempotency-key');
    expect(others.map(callOf)).toEqual([`GET ${runPath(from)}`]);
  });

  test('is a conflict if somebody else has changed the run first', async () => {
    const current = await readRun(stack, from);
    await stack.forgetCalls();

    const stale = String(Number(current.version) - 1);
    const result = await stack.execute(document, { input: { id: current.id, version: stale } });
    expect(payloadOf(result)).toEqual<FieldingRunPayload>({
      fieldingRun: null,
      userErrors: [
        {
          __typename: 'VersionConflictError',
          code: 'VERSION_CONFLICT',
          message: expect.any(String),
          field: ['version'],
          expectedVersion: stale,
          current: {
            id: current.id,
            status: current.status,
            startAt: current.startAt,
            endAt: current.endAt,
            version: current.version,
            availableActions: current.availableActions,
          },
        },
      ],
    });
    expect(await stack.calls()).toEqual([`POST ${runPath(from)}/${path}`, `GET ${runPath(from)}`]);
  });

  test('is rejected if the state does not allow it', async () => {
    const { id, version, status } = await readRun(stack, rejected);
    await stack.forgetCalls();

    const { fieldingRun, userErrors } = payloadOf(await stack.execute(document, { input: { id, version } }));
    expect(fieldingRun).toBeNull();
    expect(userErrors).toEqual([
      {
        __typename: 'InvalidStateError',
        code: 'INVALID_STATE',
        message: expect.any(String),
        field: ['id'],
        current: expect.objectContaining({ id, version, status }),
      },
    ]);
    expect(await stack.calls()).toEqual([`POST ${runPath(rejected)}/${path}`, `GET ${runPath(rejected)}`]);
  });

  test('is a NotFoundError if the run does not exist', async () => {
    const unknownRun = { ...from, fieldingRunId: UNKNOWN_ID };
    const result = await stack.execute(document, { input: { id: ids.run(unknownRun), version: '1' } });
    expect(payloadOf(result)).toEqual({
      fieldingRun: null,
      userErrors: [
        { __typename: 'NotFoundError', code: 'NOT_FOUND', message: expect.any(String), field: ['id'] },
      ],
    });
    expect(await stack.calls()).toEqual([`POST ${runPath(unknownRun)}/${path}`]);
  });

  test.each(['', 'x', ids.targetGroup(from), `${ids.run(from)}/..`])('rejects the run id %j', async (id) => {
    const result = await stack.execute(document, { input: { id, version: '1' } });
    expect(payloadOf(result)).toEqual({
      fieldingRun: null,
      userErrors: [
        {
          __typename: 'ValidationError',
          code: 'VALIDATION_FAILED',
          message: expect.stringContaining('`id`'),
          field: ['id'],
        },
      ],
    });
    expect(await stack.calls()).toEqual([]);
  });

  test('is forbidden on the run of another account', async () => {
    const result = await stack.execute(document, { input: { id: ids.other.run, version: '1' } });
    expect(Object.values(result.data!)).toEqual([null]);
    expect(errorOf(result).extensions).toMatchObject({ code: 'FORBIDDEN', upstream: { status: 403 } });
    expect(await stack.calls()).toHaveLength(1);
  });
});

test('launchNow moves the start to now', async () => {
  const { id, version } = await readRun(stack, demo.scheduled);
  await stack.forgetCalls();
  const query = `mutation ($input: LaunchNowInput!) {
    launchNow(input: $input) { fieldingRun { startAt endAt version } userErrors { code } }
  }`;
  interface Launched {
    launchNow: { fieldingRun: { startAt: string; endAt: string; version: string }; userErrors: [] };
  }
  const result = await stack.execute<Launched, unknown>(query, { input: { id, version } });
  expect(await stack.calls()).toEqual([`POST ${runPath(demo.scheduled)}/launch-now`]);
  const { startAt, endAt, version: newVersion } = await readRun(stack, demo.scheduled);
  expect(dataOf(result).launchNow).toEqual({
    fieldingRun: { startAt, endAt, version: newVersion },
    userErrors: [],
  });
});

describe('updateFieldingPeriod', () => {
  const ref: FieldingRunRef = demo.scheduled;
  const period = (startAt: string, endAt: string) => ({ startAt, endAt });
  const change = async (version: string, { startAt, endAt }: ReturnType<typeof period>, run = ref) =>
    payloadOf(
      await stack.execute(UpdateFieldingPeriodDocument, {
        input: { id: ids.run(run), version, startAt, endAt },
      }),
    );

  test('reschedules the run', async () => {
    const { version } = await readRun(stack, ref);
    await stack.forgetCalls();

    const wanted = period(inDays(3), inDays(20));
    const { fieldingRun, userErrors } = await change(version, wanted);
    expect(userErrors).toEqual([]);
    expect(fieldingRun).toMatchObject({
      ...wanted,
      version: String(Number(version) + 1),
      status: 'SCHEDULED',
    });

    const [put, ...others] = await stack.requests();
    expect(callOf(put!)).toBe(`PUT ${runPath(ref)}`);
    expect(put!.headers).toMatchObject({ 'if-match': `W/"${version}"`, 'content-type': 'application/json' });
    expect(others.map(callOf)).toEqual([`GET ${runPath(ref)}`]);
  });

  test('accepts times with any offset', async () => {
    const { version } = await readRun(stack, ref);
    const { fieldingRun } = await change(
      version,
      period('2999-01-01T01:30:00+01:30', '2999-02-01T00:00:00Z'),
    );
    expect(fieldingRun).toMatchObject(period('2999-01-01T00:00:00.000Z', '2999-02-01T00:00:00.000Z'));
  });

  test.each([period(inDays(9), inDays(8)), period('2999-01-01T00:00:00Z', '2999-01-01T00:00:00Z')])(
    'rejects an end that is not after the start, without a call: $startAt to $endAt',
    async (wanted) => {
      expect(await change('1', wanted)).toEqual({
        fieldingRun: null,
        userErrors: [
          {
            __typename: 'ValidationError',
            code: 'VALIDATION_FAILED',
            message: expect.stringContaining('`endAt`'),
            field: ['endAt'],
          },
        ],
      });
      expect(await stack.calls()).toEqual([]);
    },
  );

  test('passes on what the API rejects: a start in the past', async () => {
    const { version } = await readRun(stack, ref);
    const { fieldingRun, userErrors } = await change(version, period(inDays(-1), inDays(8)));
    expect(fieldingRun).toBeNull();
    expect(userErrors).toEqual([
      {
        __typename: 'ValidationError',
        code: 'VALIDATION_FAILED',
        message: '`startAt`: must not be in the past',
        field: ['startAt'],
      },
    ]);
  });

  test('is a conflict if somebody else has changed the run first', async () => {
    const { version } = await readRun(stack, ref);
    const { userErrors } = await change('0', period(inDays(3), inDays(20)));
    expect(userErrors).toMatchObject([
      { __typename: 'VersionConflictError', expectedVersion: '0', current: { version } },
    ]);
  });

  test('is rejected for a completed run', async () => {
    const { version } = await readRun(stack, demo.completed);
    const { userErrors } = await change(version, period(inDays(3), inDays(20)), demo.completed);
    expect(userErrors).toMatchObject([
      { __typename: 'InvalidStateError', current: { version, status: 'COMPLETED' } },
    ]);
  });

  test('is a NotFoundError if the run does not exist', async () => {
    const unknownRun = { ...ref, fieldingRunId: UNKNOWN_ID };
    const { userErrors } = await change('1', period(inDays(3), inDays(20)), unknownRun);
    expect(userErrors).toMatchObject([{ __typename: 'NotFoundError', field: ['id'] }]);
  });
});

describe('The cost of a change', () => {
  const pausePath = `${runPath(demo.live)}/pause`;
  // The variable is also used on the root field, because an unused variable is invalid.
  const pause = (payload: string, version = '5') => `mutation ($no: Boolean = false) {
    pauseFieldingRun(input: { id: "${ids.run(demo.live)}", version: "${version}" }) @skip(if: $no) { ${payload} }
  }`;

  test.each([
    { payload: 'userErrors { code }', gets: 0 },
    { payload: 'fieldingRun { __typename id fieldingRunId version }', gets: 0 },
    { payload: 'fieldingRun { version targetGroup { id project { id } } }', gets: 0 },
    { payload: 'fieldingRun { version status @include(if: false) }', gets: 0 },
    { payload: 'fieldingRun { version ... @skip(if: true) { status } }', gets: 0 },
    { payload: 'fieldingRun { version status @include(if: $no) }', gets: 0 },
    { payload: 'fieldingRun { version status @skip(if: $no) }', gets: 1 },
    { payload: 'fieldingRun { status }', gets: 1 },
    { payload: 'fieldingRun { version endAt }', gets: 1 },
    { payload: 'fieldingRun { ... on FieldingRun { ... on Node { id } availableActions } }', gets: 1 },
    { payload: 'fieldingRun { version } again: fieldingRun { version status }', gets: 1 },
    { payload: 'a: fieldingRun { status } b: fieldingRun { lastChangedAt }', gets: 1 },
  ])('is $gets reads for { $payload }', async ({ payload, gets }) => {
    dataOf(await stack.execute(pause(payload)));
    const reads = Array.from({ length: gets }, () => `GET ${runPath(demo.live)}`);
    expect(await stack.calls()).toEqual([`POST ${pausePath}`, ...reads]);
  });

  test.each([
    { payload: 'userErrors { code ... on VersionConflictError { expectedVersion } }', gets: 0 },
    { payload: 'userErrors { ... on VersionConflictError @skip(if: true) { current { id } } }', gets: 0 },
    { payload: 'userErrors { ... on InvalidStateError { current { id } } }', gets: 0 },
    { payload: 'userErrors { ... on VersionConflictError { current { version } } }', gets: 1 },
  ])('is $gets reads for the conflict { $payload }', async ({ payload, gets }) => {
    dataOf(await stack.execute(pause(payload, '4')));
    const reads = Array.from({ length: gets }, () => `GET ${runPath(demo.live)}`);
    expect(await stack.calls()).toEqual([`POST ${pausePath}`, ...reads]);
  });
});

describe('Several changes in one operation', () => {
  test('are made in order, each seeing the result of the one before', async () => {
    const id = ids.run(demo.live);
    const result = await stack.execute(`mutation {
      first: pauseFieldingRun(input: { id: "${id}", version: "5" }) { fieldingRun { status version } }
      stale: resumeFieldingRun(input: { id: "${id}", version: "5" }) { userErrors { code } }
      second: resumeFieldingRun(input: { id: "${id}", version: "6" }) { userErrors { code } }
      late: pauseFieldingRun(input: { id: "${id}", version: "6" }) {
        userErrors { ... on VersionConflictError { current { status version } } }
      }
    }`);
    expect(dataOf(result)).toEqual({
      first: { fieldingRun: { status: 'PAUSED', version: '6' } },
      stale: { userErrors: [{ code: 'VERSION_CONFLICT' }] },
      second: { userErrors: [] },
      late: { userErrors: [{ current: { status: 'LIVE', version: '7' } }] },
    });
  });

  test('keep the results of earlier changes when one fails', async () => {
    await stack.emulator.control.faults.add({ path: '/resume$', status: 403 });
    const result = await stack.execute(`mutation {
      first: pauseFieldingRun(input: { id: "${ids.run(demo.live)}", version: "5" }) { fieldingRun { version } }
      second: resumeFieldingRun(input: { id: "${ids.run(demo.live)}", version: "6" }) { userErrors { code } }
    }`);
    expect(result.data).toEqual({ first: { fieldingRun: { version: '6' } }, second: null });
    expect(errorOf(result)).toMatchObject({ path: ['second'], extensions: { code: 'FORBIDDEN' } });
  });
});

test('a change is sent with a strong entity tag if the API requires it', async () => {
  const gateway = await startTestGateway({
    demandApiUrl: stack.emulator.url,
    env: { DEMAND_API_IF_MATCH: 'strong' },
  });
  try {
    const input = { id: ids.run(demo.live), version: '5' };
    expect(payloadOf(await gateway.execute(PauseFieldingRunDocument, { input })).userErrors).toEqual([]);
    expect((await stack.requests())[0]!.headers['if-match']).toBe('"5"');
  } finally {
    await gateway.close();
  }
});

describe('A malformed scalar', () => {
  const versions: unknown[] = [
    '',
    'x',
    'W/"5"',
    '"5"',
    '05',
    '-5',
    '5.0',
    ' 5',
    5.5,
    -1,
    true,
    [['5']],
    { v: 5 },
  ];
  test.each(versions)('rejects the version %j in a variable', async (version) => {
    const query = `mutation ($input: PauseFieldingRunInput!) { pauseFieldingRun(input: $input) { userErrors { code } } }`;
    const result = await stack.execute(query, { input: { id: ids.run(demo.live), version } });
    expectBadUserInput(result, 'ersion');
    expect(await stack.calls()).toEqual([]);
  });

  test.each(['"x"', '"W/\\"5\\""', '5.5', 'true', '["5"]', 'FIVE', '{ v: 5 }'])(
    'rejects the version %s in the document',
    async (version) => {
      const query = `mutation { pauseFieldingRun(input: { id: "${ids.run(demo.live)}", version: ${version} }) { userErrors { code } } }`;
      expectBadUserInput(await stack.execute(query), 'ersion');
      expect(await stack.calls()).toEqual([]);
    },
  );

  const times = [
    '',
    'tomorrow',
    '2026-03-01',
    '2026-03-01T09:00:00',
    '2026-13-01T09:00:00Z',
    '2026-02-30T09:00:00Z',
  ];
  test.each([...times, 1_772_355_600_000, {}])('rejects the time %j in a variable', async (startAt) => {
    const query = `mutation ($input: UpdateFieldingPeriodInput!) { updateFieldingPeriod(input: $input) { userErrors { code } } }`;
    const input = { id: ids.run(demo.scheduled), version: '1', startAt, endAt: inDays(20) };
    expectBadUserInput(await stack.execute(query, { input }), 'startAt');
    expect(await stack.calls()).toEqual([]);
  });

  test.each([...times.map((time) => JSON.stringify(time)), '5', 'null'])(
    'rejects the time %s in the document',
    async (endAt) => {
      const query = `mutation {
        updateFieldingPeriod(input: { id: "${ids.run(demo.scheduled)}", version: "1", startAt: "${inDays(1)}", endAt: ${endAt} }) {
          userErrors { code }
        }
      }`;
      const { errors } = await stack.execute(query);
      expect(errors).toMatchObject([
        { extensions: { code: expect.stringMatching(/^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/) } },
      ]);
      expect(await stack.calls()).toEqual([]);
    },
  );

  test('accepts an integer as a version', async () => {
    const query = `mutation { pauseFieldingRun(input: { id: "${ids.run(demo.live)}", version: 5 }) { fieldingRun { version } } }`;
    expect(dataOf(await stack.execute(query))).toEqual({
      pauseFieldingRun: { fieldingRun: { version: '6' } },
    });
  });
});

test('only one of two concurrent changes of a version succeeds, and the other sees its result', async () => {
  const rounds = 20;
  const ref = demo.scheduled;
  let { version } = await readRun(stack, ref);
  for (let round = 0; round < rounds; round += 1) {
    const ends = [inDays(100 + round), inDays(200 + round)];
    const clients = [demo.token, demo.bothToken];
    const payloads = await Promise.all(
      clients.map(async (token, client) => {
        const input = { id: ids.run(ref), version, startAt: inDays(10), endAt: ends[client]! };
        return payloadOf(await stack.execute(UpdateFieldingPeriodDocument, { input }, { token }));
      }),
    );
    const winner = payloads.findIndex(({ userErrors }) => userErrors.length === 0);
    expect(winner).not.toBe(-1);
    const { fieldingRun } = payloads[winner]!;
    expect(fieldingRun?.endAt).toBe(ends[winner]);
    expect(payloads[1 - winner]).toEqual({
      fieldingRun: null,
      userErrors: [
        expect.objectContaining({
          __typename: 'VersionConflictError',
          expectedVersion: version,
          current: fieldingRun,
        }),
      ],
    });
    version = fieldingRun!.version;
  }
  const changes = (await stack.emulator.control.effects()).filter(
    ({ operation }) => operation === 'update_period',
  );
  expect(changes).toHaveLength(rounds);
});

test('a client with an outdated version can retry with the current one', async () => {
  const id = ids.run(demo.paused);
  const stale = payloadOf(await stack.execute(ResumeFieldingRunDocument, { input: { id, version: '0' } }));
  const [conflict] = stale.userErrors;
  if (conflict?.__typename !== 'VersionConflictError') throw new Error('There is no conflict.');
  const { version } = conflict.current!;
  const { fieldingRun } = payloadOf(
    await stack.execute(ResumeFieldingRunDocument, { input: { id, version } }),
  );
  expect(fieldingRun).toMatchObject({ status: 'LIVE' });
});
