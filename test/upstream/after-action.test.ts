import { describe, expect, test } from '@jest/globals';
import type { ScriptedResponse } from '../helpers/scripted-upstream.js';
import { ids, paths, rest } from './demand.js';
import { useScripted } from './scripted.js';

const scripted = useScripted();

const input = { id: ids.fieldingRun, version: '5' };
const period = { start_fielding_at: '2126-01-01T00:00:00.000Z', end_fielding_at: '2126-02-01T00:00:00.000Z' };
const GET = `GET /v1${paths.fieldingRun}`;

/** A mutation that selects these fields of the run. */
function change(mutation: string, fields: string): string {
  const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
  return `mutation ($input: ${type}!) {
    payload: ${mutation}(input: $input) { fieldingRun { ${fields} } userErrors { code message } }
  }`;
}

function onAction(action: string, answer: ScriptedResponse): void {
  scripted.upstream.on('POST', `${paths.fieldingRun}/${action}`, answer);
}

function onRead(...versions: readonly number[]): void {
  scripted.upstream.on(
    'GET',
    paths.fieldingRun,
    versions.map((version) => ({
      headers: { etag: `W/"${version}"` },
      body: { ...rest.fieldingRun, version, status: version > 5 ? 'Live' : 'Paused' },
    })),
  );
}

describe('each action', () => {
  test.each([
    ['launchNow', 'launch-now', 200],
    ['pauseFieldingRun', 'pause', 204],
    ['resumeFieldingRun', 'resume', 204],
    ['completeFieldingRun', 'complete', 204],
    ['relaunchFieldingRun', 'relaunch', 204],
  ])('%s sends one POST of %s without a body, and no GET for the version', async (...parameters) => {
    const [mutation, action, status] = parameters;
    onAction(action, { status, headers: { etag: 'W/"6"' } });
    const { data, errors } = await scripted.execute(change(mutation, 'id version fieldingRunId'), { input });
    expect({ data, errors }).toEqual({
      data: {
        payload: {
          fieldingRun: { id: ids.fieldingRun, version: '6', fieldingRunId: 'R1' },
          userErrors: [],
        },
      },
      errors: [],
    });
    expect(scripted.upstream.requests).toMatchObject([
      {
        method: 'POST',
        path: `/v1${paths.fieldingRun}/${action}`,
        body: '',
        headers: { 'content-length': '0' },
      },
    ]);
  });

  test('updateFieldingPeriod sends one PUT of the new period', async () => {
    scripted.upstream.on('PUT', paths.fieldingRun, {
      status: 202,
      headers: { etag: 'W/"6"' },
      body: { id: 'R1' },
    });
    const startAt = '2126-01-01T01:00:00+01:00';
    const { data } = await scripted.execute(change('updateFieldingPeriod', 'version'), {
      input: { ...input, startAt, endAt: period.end_fielding_at },
    });
    expect(data).toEqual({ payload: { fieldingRun: { version: '6' }, userErrors: [] } });
    expect(scripted.calls()).toEqual([`PUT /v1${paths.fieldingRun}`]);
    expect(JSON.parse(scripted.upstream.requests[0]!.body)).toEqual(period);
  });
});

describe('the run after an action', () => {
  test('shows the period in the response of the launch, without a GET', async () => {
    onAction('launch-now', { status: 200, headers: { etag: '"6"' }, body: { ...period, mood: 'fine' } });
    const { data } = await scripted.execute(change('launchNow', 'version startAt endAt'), { input });
    expect(data).toEqual({
      payload: {
        fieldingRun: { version: '6', startAt: period.start_fielding_at, endAt: period.end_fielding_at },
        userErrors: [],
      },
    });
    expect(scripted.calls()).toHaveLength(1);
  });

  test('comes entirely from one GET if the selection needs more', async () => {
    onAction('launch-now', { status: 200, headers: { etag: 'W/"6"' }, body: period });
    onRead(7);
    const { data } = await scripted.execute(change('launchNow', 'version status startAt availableActions'), {
      input,
    });
    expect(data).toMatchObject({
      payload: {
        fieldingRun: {
          version: '7',
          status: 'LIVE',
          startAt: rest.fieldingRun.start_fielding_at,
          availableActions: ['PAUSE', 'COMPLETE'],
        },
      },
    });
    expect(scripted.calls().slice(1)).toEqual([GET]);
  });

  test('is reread while it is older than the change', async () => {
    onAction('resume', { status: 204, headers: { etag: 'W/"6"' } });
    onRead(5, 5, 6);
    const { data, errors } = await scripted.execute(change('resumeFieldingRun', 'version status'), { input });
    expect({ data, errors }).toEqual({
      data: { payload: { fieldingRun: { version: '6', status: 'LIVE' }, userErrors: [] } },
      errors: [],
    });
    expect(scripted.calls().slice(1)).toEqual([GET, GET, GET]);
  });

  test('fails alone if it stays older; the change succeeds', async () => {
    onAction('resume', { status: 204, headers: { etag: 'W/"6"' } });
    onRead(5);
    const { data, errors } = await scripted.execute(change('resumeFieldingRun', 'status'), { input });
    expect(data).toEqual({ payload: { fieldingRun: null, userErrors: [] } });
    expect(errors).toMatchObject([
      { path: ['payload', 'fieldingRun'], extensions: { code: 'UPSTREAM_BAD_RESPONSE', retryable: false } },
    ]);
    expect(errors[0]?.extensions).not.toHaveProperty('outcomeUnknown');
  });

  test('fails alone if it cannot be read; the change succeeds', async () => {
    onAction('resume', { status: 204, headers: { etag: 'W/"6"' } });
    scripted.upstream.on('GET', paths.fieldingRun, { status: 403 });
    const { data, errors } = await scripted.execute(change('resumeFieldingRun', 'status'), { input });
    expect(data).toEqual({ payload: { fieldingRun: null, userErrors: [] } });
    expect(errors).toMatchObject([
      { path: ['payload', 'fieldingRun'], extensions: { code: 'FORBIDDEN', retryable: false } },
    ]);
    expect(errors[0]?.extensions).not.toHaveProperty('outcomeUnknown');
  });

  test.each([null, 7, ['Live']])('fails alone if its status is malformed: %j', async (status) => {
    onAction('resume', { status: 204, headers: { etag: 'W/"6"' } });
    scripted.upstream.on('GET', paths.fieldingRun, {
      headers: { etag: 'W/"6"' },
      body: { ...rest.fieldingRun, version: 6, status },
    });
    const { data, errors } = await scripted.execute(change('resumeFieldingRun', 'status'), { input });
    expect(data).toEqual({ payload: { fieldingRun: null, userErrors: [] } });
    expect(errors).toMatchObject([
      {
        message: expect.stringMatching(/^The change was made, .*`status`/),
        path: ['payload', 'fieldingRun'],
      },
    ]);

    const other = await scripted.execute(change('resumeFieldingRun', 'startAt'), { input });
    expect(other).toMatchObject({
      data: { payload: { fieldingRun: { startAt: expect.any(String) } } },
      errors: [],
    });
  });

  test('reports an error that is not retryable, even if the run could be read later', async () => {
    onAction('resume', { status: 204, headers: { etag: 'W/"6"' } });
    scripted.upstream.on('GET', paths.fieldingRun, { status: 503, headers: { 'retry-after': '3600' } });
    const { data, errors } = await scripted.execute(change('resumeFieldingRun', 'status'), { input });
    expect(data).toEqual({ payload: { fieldingRun: null, userErrors: [] } });
    expect(errors).toMatchObject([
      {
        message: expect.stringMatching(/^The change was made, /),
        path: ['payload', 'fieldingRun'],
        extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: false },
      },
    ]);
  });

  test('reports errors of related objects as not retryable, too', async () => {
    onAction('resume', { status: 204, headers: { etag: 'W/"6"' } });
    scripted.upstream.on('GET', `${paths.targetGroup}/overview`, {
      status: 503,
      headers: { 'retry-after': '3600' },
    });
    const selection = 'version targetGroup { name }';
    const { data, errors } = await scripted.execute(change('resumeFieldingRun', selection), { input });
    expect(data).toEqual({ payload: { fieldingRun: { version: '6', targetGroup: null }, userErrors: [] } });
    expect(errors).toMatchObject([
      {
        path: ['payload', 'fieldingRun', 'targetGroup'],
        extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: false, traceId: expect.any(String) },
      },
    ]);

    onAction('pause', { status: 503, headers: { 'retry-after': '3600' } });
    const failed = await scripted.execute(change('pauseFieldingRun', 'version'), { input });
    expect(failed.errors).toMatchObject([{ path: ['payload'], extensions: { retryable: true } }]);
  });

  test.each([
    ['no entity tag', {}],
    ['an entity tag without a version', { etag: '"abc"' }],
  ])('is read once if the response had %s', async (_what, headers) => {
    onAction('resume', { status: 204, headers });
    onRead(6);
    const { data, errors } = await scripted.execute(change('resumeFieldingRun', 'version'), { input });
    expect({ data, errors }).toEqual({
      data: { payload: { fieldingRun: { version: '6' }, userErrors: [] } },
      errors: [],
    });
    expect(scripted.calls().slice(1)).toEqual([GET]);
  });

  test('is read after a change even if the operation read it before', async () => {
    onAction('resume', { status: 204, headers: { etag: 'W/"6"' } });
    onAction('pause', { status: 204, headers: { etag: 'W/"7"' } });
    onRead(6, 7);
    const { data } = await scripted.execute(
      `mutation ($first: ResumeFieldingRunInput!, $second: PauseFieldingRunInput!) {
        first: resumeFieldingRun(input: $first) { fieldingRun { status version } }
        second: pauseFieldingRun(input: $second) { fieldingRun { status version } }
      }`,
      { first: input, second: { ...input, version: '6' } },
    );
    expect(data).toMatchObject({
      first: { fieldingRun: { version: '6' } },
      second: { fieldingRun: { version: '7' } },
    });
  });
});

describe.each([
  ['that its state does not allow', 422, 'INVALID_STATE'],
  ['from another version', 412, 'VERSION_CONFLICT'],
])('the run after a change %s', (_of, rejection, code) => {
  const rejected = `mutation ($input: PauseFieldingRunInput!) {
    payload: pauseFieldingRun(input: $input) {
      userErrors {
        code
        ... on InvalidStateError { current { version status } }
        ... on VersionConflictError { current { version status } }
      }
    }
  }`;
  const expected = (version: string, status: string) => ({
    data: { payload: { userErrors: [{ code, current: { version, status } }] } },
    errors: [],
  });

  test.each([
    ['is read once at a later version', [7], expected('7', 'LIVE'), 1],
    ['is reread while a replica shows an older version', [3, 4, 6], expected('6', 'LIVE'), 3],
    ["is shown as it is if it stays older than the client's version", [4], expected('4', 'PAUSED'), 4],
  ])('%s', async (_what, versions, answer, reads) => {
    onAction('pause', { status: rejection, body: { detail: 'Not now.' } });
    onRead(...versions);
    const { data, errors } = await scripted.execute(rejected, { input });
    expect({ data, errors }).toEqual(answer);
    expect(scripted.calls().slice(1)).toEqual(Array.from({ length: reads }, () => GET));
  });
});

describe('a documented 2xx with a later version is a success with any body:', () => {
  test.each<[string, ScriptedResponse]>([
    ['none', {}],
    ['HTML', { body: '<html><body>It works!</body></html>' }],
    ['truncated JSON', { body: '{"start_fielding_at":"2126-01-0' }],
    ['a body that is cut off', { body: period, fault: 'truncate' }],
    ['a list', { body: [] }],
    ['null', { body: 'null' }],
    ['a period of another type', { body: { start_fielding_at: 5, end_fielding_at: null } }],
    ['a period without valid dates', { body: { start_fielding_at: 'soon', end_fielding_at: 'later' } }],
    ['half of a period', { body: { start_fielding_at: period.start_fielding_at } }],
  ])('%s', async (_what, answer) => {
    onAction('launch-now', { status: 200, headers: { etag: 'W/"6"' }, ...answer });
    onRead(6);
    const { data, errors } = await scripted.execute(change('launchNow', 'version startAt'), { input });
    expect({ data, errors }).toEqual({
      data: {
        payload: {
          fieldingRun: { version: '6', startAt: rest.fieldingRun.start_fielding_at },
          userErrors: [],
        },
      },
      errors: [],
    });
    expect(scripted.calls().slice(1)).toEqual([GET]);
  });
});

describe('a job that was started', () => {
  const start = `mutation ($input: PauseTargetGroupsInput!) {
    payload: pauseTargetGroups(input: $input) { batchJob { status } idempotencyKey userErrors { code } }
  }`;

  test.each<[string, ScriptedResponse, string]>([
    ['is not allowed', { status: 403 }, 'FORBIDDEN'],
    ['is unavailable for long', { status: 503, headers: { 'retry-after': '3600' } }, 'UPSTREAM_UNAVAILABLE'],
    ['returns a body that is not JSON', { body: '<html></html>' }, 'UPSTREAM_BAD_RESPONSE'],
    ['returns no status', { body: { ...rest.batchJob, status: null } }, 'UPSTREAM_BAD_RESPONSE'],
  ])('is named by the error if reading it %s', async (_what, answer, code) => {
    scripted.upstream.on('POST', paths.pauseJobs, {
      status: 201,
      headers: { location: paths.batchJobInLocation },
    });
    scripted.upstream.on('GET', paths.batchJob, answer);
    const { data, errors } = await scripted.execute(start, {
      input: { targetGroupIds: [ids.targetGroup], idempotencyKey: 'key-1' },
    });
    expect(data).toEqual({ payload: { batchJob: null, idempotencyKey: 'key-1', userErrors: [] } });
    expect(errors).toMatchObject([
      {
        message: expect.stringMatching(
          /^The job `101\/P1\/pause\/J1` was started, but its state cannot be read\. The /,
        ),
        path: ['payload', 'batchJob'],
        extensions: { code, retryable: false },
      },
    ]);
  });
});
