import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { ids, paths, rest } from './demand.js';
import { useScripted } from './scripted.js';

const scripted = useScripted();

const JOB = `query ($id: ID!) {
  draftLaunchJob(id: $id) {
    id status createdAt createdBy pollAfterSeconds
    failureReason { code description reasons { name reason detail } }
    fieldingRun { id }
  }
}`;

const [startAt, endAt] = ['2030-01-01T00:00:00.000Z', '2030-02-01T00:00:00.000Z'];
const kinds = [
  {
    kind: 'launch',
    path: paths.launchJobs,
    otherPath: paths.scheduleJobs,
    document: `mutation ($id: ID!, $key: String) {
      it: launchDraftTargetGroup(input: { id: $id, endAt: "${endAt}", idempotencyKey: $key }) {
        draftLaunchJob { id action } idempotencyKey userErrors { code field }
      }
    }`,
    body: { end_fielding_at: endAt },
  },
  {
    kind: 'schedule',
    path: paths.scheduleJobs,
    otherPath: paths.launchJobs,
    document: `mutation ($id: ID!, $key: String) {
      it: scheduleDraftTargetGroup(input: { id: $id, startAt: "${startAt}", endAt: "${endAt}", idempotencyKey: $key }) {
        draftLaunchJob { id action } idempotencyKey userErrors { code field }
      }
    }`,
    body: { start_fielding_at: startAt, end_fielding_at: endAt },
  },
];

function badAt(...path: readonly (string | number)[]) {
  return { path, extensions: { code: 'UPSTREAM_BAD_RESPONSE', retryable: false } };
}

async function read(body: unknown, id = ids.draftLaunchJob) {
  scripted.upstream.on('GET', paths.draftLaunchJob, { body });
  const { data, errors } = await scripted.execute(JOB, { id });
  return { data, errors };
}

describe.each(kinds)('the $kind of a draft', ({ kind, path, otherPath, document, body }) => {
  const nodeId = `${ids.targetGroup}/${kind}-from-draft/J1`;
  const create = (key: string | null = 'my-key') =>
    scripted.execute<object, object>(document, { id: ids.targetGroup, key });
  const answerWith = (location: string | undefined) => {
    const headers = location === undefined ? {} : { location };
    scripted.upstream.on('POST', path, { status: 201, headers });
  };

  test('is created with its times in UTC and its key, without a read', async () => {
    answerWith(`${path}/J1`);
    const { data, errors } = await create();
    expect({ data, errors }).toEqual({
      data: {
        it: {
          draftLaunchJob: { id: nodeId, action: kind.toUpperCase() },
          idempotencyKey: 'my-key',
          userErrors: [],
        },
      },
      errors: [],
    });
    const [request, ...others] = scripted.upstream.requests;
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      method: 'POST',
      path: `/v1${path}`,
      headers: { 'idempotency-key': 'my-key', 'content-type': 'application/json' },
    });
    expect(request?.headers).not.toHaveProperty('if-match');
    expect(JSON.parse(request!.body)).toEqual(body);
  });

  test.each([
    ['an absolute URL', (origin: string) => `${origin}/v1${path}/J1`],
    ['an absolute URL without /v1', (origin: string) => `${origin}${path}/J1`],
    ['a path rooted at /demand', () => `${path}/J1`],
    ['a path rooted at /v1/demand', () => `/v1${path}/J1`],
    ['a path without /demand', () => `${path.replace('/demand', '')}/J1`],
    ['a path with a slash at its end', () => `${path}/J1/`],
    ['a bare id', () => 'J1'],
  ])('with the Location %s is read at its documented path', async (_what, location) => {
    answerWith(location(new URL(scripted.upstream.url).origin));
    scripted.upstream.on('GET', `${path}/J1`, { body: rest.draftLaunchJob });
    expect(await create()).toMatchObject({ data: { it: { draftLaunchJob: { id: nodeId } } }, errors: [] });
    const job = await scripted.execute(JOB, { id: nodeId });
    expect(job).toMatchObject({ data: { draftLaunchJob: { id: nodeId, status: 'COMPLETED' } }, errors: [] });
    expect(scripted.calls()).toEqual([`POST /v1${path}`, `GET /v1${path}/J1`]);
  });

  test.each([
    ['missing', undefined],
    ['empty', ''],
    ['no address', 'somewhere else'],
    ['a way up', `${path}/..`],
    ['of the other kind', `${otherPath}/J1`],
    ['of another target group', `${path.replace('T1', 'T2')}/J1`],
    ['of another project', `${path.replace('P1', 'P2')}/J1`],
    ['of another account', `${path.replace('101', '102')}/J1`],
    ['of a batch job', paths.batchJobInLocation],
    ['of another origin', `https://elsewhere.example${path}/J1`],
  ])('with the Location %s has an unknown outcome, and keeps its key', async (_what, location) => {
    answerWith(location);
    const { data, errors } = await create();
    expect(data).toEqual({ it: null });
    expect(errors.map(({ extensions }) => extensions)).toMatchObject([
      { code: 'UPSTREAM_BAD_RESPONSE', outcomeUnknown: true, retryable: true, idempotencyKey: 'my-key' },
    ]);
    expect(scripted.calls()).toEqual([`POST /v1${path}`]);

    const other = await scripted.execute(document, { id: `${ids.project}/T2`, key: 'my-key' });
    expect(other.data).toMatchObject({
      it: { draftLaunchJob: null, userErrors: [{ code: 'IDEMPOTENCY_CONFLICT' }] },
    });
    answerWith(`${path}/J1`);
    expect((await create()).data).toMatchObject({ it: { draftLaunchJob: { id: nodeId } } });
    expect(scripted.calls()).toEqual([`POST /v1${path}`, `POST /v1${path}`]);
  });

  test('returns the key that the gateway generated', async () => {
    answerWith(undefined);
    const { errors } = await create(null);
    const [sent] = scripted.upstream.requests;
    expect(sent?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    expect(errors[0]?.extensions).toMatchObject({ idempotencyKey: sent?.headers['idempotency-key'] });
  });

  test.each([
    [400, { detail: 'The end is wrong.' }, { code: 'VALIDATION_FAILED', field: null }],
    [404, {}, { code: 'NOT_FOUND', field: ['id'] }],
    [422, {}, { code: 'INVALID_STATE', field: ['id'] }],
  ])('reports a rejection with %d', async (status, problem, userError) => {
    scripted.upstream.on('POST', path, { status, body: problem });
    const { data, errors } = await create();
    expect({ data, errors }).toEqual({
      data: { it: { draftLaunchJob: null, idempotencyKey: 'my-key', userErrors: [userError] } },
      errors: [],
    });
  });

  test('counts as in progress for its creator until the API shows it', async () => {
    answerWith('J1');
    await create();
    const job = await scripted.execute(JOB, { id: nodeId });
    expect({ data: job.data, errors: job.errors }).toEqual({
      data: {
        draftLaunchJob: {
          id: nodeId,
          status: 'PROCESSING',
          createdAt: null,
          createdBy: null,
          pollAfterSeconds: 1,
          failureReason: null,
          fieldingRun: null,
        },
      },
      errors: [],
    });
    const stranger = await scripted.execute(JOB, { id: nodeId }, { token: randomUUID() });
    expect(stranger).toMatchObject({ data: { draftLaunchJob: null }, errors: [] });
  });

  test('stays finished, with all of its properties', async () => {
    answerWith('J1');
    await create();
    scripted.upstream.on('GET', `${path}/J1`, [
      { body: { job_id: 'J1', status: 'Processing' } },
      { body: rest.draftLaunchJob },
      { body: { job_id: 'J1', status: 'Processing' } },
      { status: 404 },
    ]);
    const states: unknown[] = [];
    for (let round = 0; round < 4; round += 1) {
      const { data } = await scripted.execute<{ draftLaunchJob: object }, object>(JOB, { id: nodeId });
      states.push(data?.draftLaunchJob);
    }
    const over = { status: 'COMPLETED', pollAfterSeconds: null, fieldingRun: { id: ids.fieldingRun } };
    expect(states).toMatchObject([{ status: 'PROCESSING', fieldingRun: null }, over, over, over]);
  });
});

describe('a job that launches a draft', () => {
  const details = { name: 'end_fielding_at', reason: 'in_the_past', detail: 'The end has passed.' };
  const failure = { code: 'InvalidFieldingDates', description: 'The dates are wrong.', reasons: [details] };
  const sound = {
    id: ids.draftLaunchJob,
    status: 'COMPLETED',
    createdAt: rest.draftLaunchJob.created_at,
    createdBy: rest.draftLaunchJob.created_by,
    pollAfterSeconds: null,
    failureReason: null,
    fieldingRun: { id: ids.fieldingRun },
  };

  test.each<[string, object, object]>([
    ['that completed', rest.draftLaunchJob, sound],
    [
      'that completed, without optional properties',
      { ...rest.draftLaunchJob, failure_reason: undefined, job_trace_id: undefined },
      sound,
    ],
    [
      'that failed',
      { ...rest.draftLaunchJob, status: 'Failed', created_fielding_run_id: null, failure_reason: failure },
      { ...sound, status: 'FAILED', fieldingRun: null, failureReason: failure },
    ],
    [
      'that failed, in another letter case',
      { ...rest.draftLaunchJob, status: 'FAILED', created_fielding_run_id: null, failure_reason: failure },
      { ...sound, status: 'FAILED', fieldingRun: null, failureReason: failure },
    ],
    [
      'that failed for no single thing',
      {
        ...rest.draftLaunchJob,
        status: 'Failed',
        created_fielding_run_id: undefined,
        failure_reason: { ...failure, reasons: undefined },
      },
      { ...sound, status: 'FAILED', fieldingRun: null, failureReason: { ...failure, reasons: [] } },
    ],
    [
      'of an older version, which has fewer properties',
      { job_id: 'J1', status: 'Failed', failure_reason: { reasons: [{}, { name: 'x' }] } },
      {
        ...sound,
        status: 'FAILED',
        createdAt: null,
        createdBy: null,
        fieldingRun: null,
        failureReason: {
          code: null,
          description: null,
          reasons: [
            { name: null, reason: null, detail: null },
            { name: 'x', reason: null, detail: null },
          ],
        },
      },
    ],
    [
      'with an unknown status',
      { ...rest.draftLaunchJob, status: 'Dreaming' },
      { ...sound, status: 'UNKNOWN', pollAfterSeconds: 10 },
    ],
  ])('shows the valid parts of %s', async (_what, body, draftLaunchJob) => {
    expect(await read(body)).toEqual({ data: { draftLaunchJob }, errors: [] });
  });

  const failed = { ...rest.draftLaunchJob, status: 'Failed', created_fielding_run_id: null };
  const soundlyFailed = { ...sound, status: 'FAILED', fieldingRun: null, failureReason: failure };

  test.each<[string, object, object, (string | number)[]]>([
    ['time', { created_at: 'soon' }, { createdAt: null }, ['createdAt']],
    ['creator', { created_by: 7 }, { createdBy: null }, ['createdBy']],
    ['reason', { failure_reason: 'late' }, { failureReason: null }, ['failureReason']],
    [
      'code',
      { failure_reason: { ...failure, code: 7 } },
      { failureReason: { ...failure, code: null } },
      ['failureReason', 'code'],
    ],
    [
      'list of reasons',
      { failure_reason: { ...failure, reasons: 'many' } },
      { failureReason: { ...failure, reasons: null } },
      ['failureReason', 'reasons'],
    ],
    [
      'one of the reasons',
      { failure_reason: { ...failure, reasons: [details, null, details] } },
      { failureReason: { ...failure, reasons: [details, null, details] } },
      ['failureReason', 'reasons', 1],
    ],
    [
      'a part of a reason',
      { failure_reason: { ...failure, reasons: [{ ...details, detail: {} }, details] } },
      { failureReason: { ...failure, reasons: [{ ...details, detail: null }, details] } },
      ['failureReason', 'reasons', 0, 'detail'],
    ],
  ])('with a malformed %s succeeds without it', async (_what, broken, shown, path) => {
    const { data, errors } = await read({ ...failed, failure_reason: failure, ...broken });
    expect(data).toEqual({ draftLaunchJob: { ...soundlyFailed, ...shown } });
    expect(errors).toMatchObject([badAt('draftLaunchJob', ...path)]);
  });

  test.each([7, '', '..', 'R1/x', 'R1?x', 'é', 'x'.repeat(129)])(
    'succeeds without a run with the invalid id %j, and builds no path from it',
    async (created_fielding_run_id) => {
      scripted.upstream.on('GET', paths.draftLaunchJob, {
        body: { ...rest.draftLaunchJob, created_fielding_run_id },
      });
      const { data, errors } = await scripted.execute(
        'query ($id: ID!) { draftLaunchJob(id: $id) { status fieldingRun { status } } }',
        { id: ids.draftLaunchJob },
      );
      expect(data).toEqual({ draftLaunchJob: { status: 'COMPLETED', fieldingRun: null } });
      expect(errors).toMatchObject([badAt('draftLaunchJob', 'fieldingRun')]);
      expect(scripted.calls()).toEqual([`GET /v1${paths.draftLaunchJob}`]);
    },
  );

  test('succeeds if its run cannot be read', async () => {
    scripted.upstream.on('GET', paths.draftLaunchJob, { body: rest.draftLaunchJob });
    scripted.upstream.on('GET', paths.fieldingRun, { status: 403 });
    const { data, errors } = await scripted.execute(
      'query ($id: ID!) { draftLaunchJob(id: $id) { status fieldingRun { status } } }',
      { id: ids.draftLaunchJob },
    );
    expect(data).toEqual({ draftLaunchJob: { status: 'COMPLETED', fieldingRun: null } });
    expect(errors).toMatchObject([
      { path: ['draftLaunchJob', 'fieldingRun'], extensions: { code: 'FORBIDDEN' } },
    ]);
  });

  test.each(['status', 'job_id'])('without a %s is null if that is needed', async (name) => {
    const { data, errors } = await read({ ...rest.draftLaunchJob, [name]: undefined });
    // The ref contains its id.
    if (name === 'job_id') expect({ data, errors }).toEqual({ data: { draftLaunchJob: sound }, errors: [] });
    else {
      expect(data).toEqual({ draftLaunchJob: null });
      expect(errors).toMatchObject([badAt('draftLaunchJob', 'status')]);
    }
  });

  test('is read once per operation', async () => {
    scripted.upstream.on('GET', paths.draftLaunchJob, { body: rest.draftLaunchJob });
    const { errors } = await scripted.execute(
      'query ($id: ID!) { a: draftLaunchJob(id: $id) { status } b: node(id: $id) { ... on DraftLaunchJob { createdAt } } }',
      { id: ids.draftLaunchJob },
    );
    expect(errors).toEqual([]);
    expect(scripted.calls()).toEqual([`GET /v1${paths.draftLaunchJob}`]);
  });
});
