import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { ids, paths, rest } from './demand.js';
import { useScripted } from './scripted.js';

const scripted = useScripted();

const LONG = paths.pauseJobs;
const SHORT = `${paths.project}/batch-jobs/pause`;

const PAUSE = `mutation ($input: PauseTargetGroupsInput!) {
  pauseTargetGroups(input: $input) { batchJob { id action } idempotencyKey userErrors { __typename code } }
}`;
const JOB = 'query ($id: ID!) { batchJob(id: $id) { id status } }';
const RESUME = `mutation ($input: ResumeTargetGroupsInput!) {
  resumeTargetGroups(input: $input) { batchJob { id } userErrors { __typename code } }
}`;

const input = { targetGroupIds: [ids.targetGroup], idempotencyKey: 'my-key' };

function answerWith(location: string | undefined): void {
  const headers = location === undefined ? {} : { location };
  scripted.upstream.on('POST', LONG, { status: 201, headers });
}

describe('a job with the Location', () => {
  test.each([
    ['an absolute URL', (origin: string) => `${origin}/v1${SHORT}/J1`],
    ['an absolute URL of the long form', (origin: string) => `${origin}/v1${LONG}/J1`],
    ['an absolute URL without /v1', (origin: string) => `${origin}${SHORT}/J1`],
    ['a path rooted at /demand', () => `${SHORT}/J1`],
    ['a path rooted at /v1/demand', () => `/v1${SHORT}/J1`],
    ['a path without /demand', () => `${SHORT.replace('/demand', '')}/J1`],
    ['a path of the long form', () => `${LONG}/J1`],
    ['a path with a slash at its end', () => `${SHORT}/J1/`],
    ['a path with percent-encoding', () => `${SHORT}/%4A1`],
    ['a bare id', () => 'J1'],
  ])('%s is read at its documented path, and has the short id', async (_what, location) => {
    answerWith(location(new URL(scripted.upstream.url).origin));
    scripted.upstream.on('GET', `${LONG}/J1`, { body: rest.batchJob });

    const created = await scripted.execute(PAUSE, { input });
    expect(created).toMatchObject({
      data: {
        pauseTargetGroups: {
          batchJob: { id: ids.batchJob, action: 'PAUSE' },
          idempotencyKey: 'my-key',
          userErrors: [],
        },
      },
      errors: [],
    });
    const read = await scripted.execute(JOB, { id: ids.batchJob });
    expect(read).toMatchObject({ data: { batchJob: { id: ids.batchJob, status: 'COMPLETED' } }, errors: [] });
    expect(scripted.calls()).toEqual([`POST /v1${LONG}`, `GET /v1${LONG}/J1`]);
  });
});

describe.each([ids.batchJob, `${ids.project}/pause-fielding-runs-by-target-group-id/J1`])(
  'a job requested by %s',
  (id) => {
    const read = (token?: string) => scripted.execute(JOB, { id }, token === undefined ? {} : { token });
    const found = { data: { batchJob: { id: ids.batchJob, status: 'COMPLETED' } }, errors: [] };
    const [long, short] = [`GET /v1${LONG}/J1`, `GET /v1${SHORT}/J1`];

    test('is read at the path in Location after a 404 at the documented path, and there first from then on', async () => {
      scripted.upstream.on('GET', `${SHORT}/J1`, { body: rest.batchJob });
      expect(await read()).toMatchObject(found);
      expect(scripted.calls()).toEqual([long, short]);
      expect(await read()).toMatchObject(found);
      expect(scripted.calls()).toEqual([long, short, short]);
      // Credentials do not share what is known of a job.
      expect(await read(randomUUID())).toMatchObject(found);
      expect(scripted.calls()).toEqual([long, short, short, long, short]);
    });

    test('is found at the documented path when the other path no longer has it', async () => {
      scripted.upstream.on('GET', `${SHORT}/J1`, [{ body: rest.batchJob }, { status: 404 }]);
      scripted.upstream.on('GET', `${LONG}/J1`, [{ status: 404 }, { body: rest.batchJob }]);
      expect(await read()).toMatchObject(found);
      expect(await read()).toMatchObject(found);
      expect(scripted.calls()).toEqual([long, short, short, long]);
    });

    test.each([400, 403, 404, 405, 410])(
      'is null if the undocumented path responds with %d',
      async (status) => {
        scripted.upstream.on('GET', `${SHORT}/J1`, { status });
        expect(await read()).toMatchObject({ data: { batchJob: null }, errors: [] });
        expect(scripted.calls()).toEqual([long, short]);
      },
    );

    test('is an error if a path fails', async () => {
      scripted.upstream.on('GET', `${SHORT}/J1`, { status: 401 });
      const { data, errors } = await read();
      expect(data).toEqual({ batchJob: null });
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    });

    test('is rejected like the documented path', async () => {
      scripted.upstream.on('GET', `${LONG}/J1`, { status: 403 });
      scripted.upstream.on('GET', `${SHORT}/J1`, { body: rest.batchJob });
      expect((await read()).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      expect(scripted.calls()).toEqual([long]);
    });
  },
);

test('both ids of a job in one operation are one read', async () => {
  scripted.upstream.on('GET', `${LONG}/J1`, { body: rest.batchJob });
  const { data, errors } = await scripted.execute(
    'query ($short: ID!, $long: ID!) { a: batchJob(id: $short) { id } b: batchJob(id: $long) { id } c: node(id: $long) { id } }',
    { short: ids.batchJob, long: `${ids.project}/pause-fielding-runs-by-target-group-id/J1` },
  );
  const job = { id: ids.batchJob };
  expect({ data, errors }).toEqual({ data: { a: job, b: job, c: job }, errors: [] });
  expect(scripted.calls()).toEqual([`GET /v1${LONG}/J1`]);
});

describe('a Location that must not be called', () => {
  const unknownOutcome = {
    code: 'UPSTREAM_BAD_RESPONSE',
    retryable: true,
    outcomeUnknown: true,
    idempotencyKey: 'my-key',
    upstream: { status: 201 },
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
  };

  test.each([
    ['missing', undefined],
    ['empty', ''],
    ['no address', 'somewhere else'],
    ['a way up', `${SHORT}/..`],
    ['of another project', '/demand/accounts/101/projects/P2/batch-jobs/pause/J1'],
    ['of another account', '/demand/accounts/102/projects/P1/batch-jobs/pause/J1'],
    ['of another kind of job', `${paths.project}/batch-jobs/resume/J1`],
    ['of no kind of job', `${paths.project}/batch-jobs/paused/J1`],
    ['of a path segment that only begins like a kind of job', `${paths.project}/batch-jobs/pause-foo/J1`],
    ['of another resource', paths.targetGroup],
  ])('%s: the job is unknown', async (_what, location) => {
    answerWith(location);
    const { data, errors } = await scripted.execute(PAUSE, { input });
    expect(data).toEqual({ pauseTargetGroups: null });
    expect(errors.map(({ extensions }) => extensions)).toEqual([unknownOutcome]);
    expect(scripted.calls()).toEqual([`POST /v1${LONG}`]);
  });

  test.each([
    ['absolute', (host: string) => `http://${host}/v1${SHORT}/J1`],
    ['protocol-relative', (host: string) => `//${host}/v1${SHORT}/J1`],
    ['with backslashes', (host: string) => `\\\\${host}\\v1${SHORT}/J1`],
    ['with a user', (host: string) => `http://127.0.0.1@${host}/v1${SHORT}/J1`],
  ])('of another server, %s: no request goes there', async (_what, location) => {
    const foreigner = await scripted.foreigner();
    answerWith(location(new URL(foreigner.url).host));
    const { data, errors } = await scripted.execute(PAUSE, { input });
    expect(data).toEqual({ pauseTargetGroups: null });
    expect(errors.map(({ extensions }) => extensions)).toEqual([unknownOutcome]);
    expect(JSON.stringify(errors)).not.toContain(new URL(foreigner.url).port);
    expect(foreigner.requests).toEqual([]);
    expect(scripted.calls()).toEqual([`POST /v1${LONG}`]);
  });

  test('keeps the key for its input: a retry is possible, other input is a conflict', async () => {
    answerWith(undefined);
    await scripted.execute(PAUSE, { input });

    const other = await scripted.execute(RESUME, { input });
    expect(other.data).toEqual({
      resumeTargetGroups: {
        batchJob: null,
        userErrors: [{ __typename: 'IdempotencyConflictError', code: 'IDEMPOTENCY_CONFLICT' }],
      },
    });

    answerWith(`${SHORT}/J1`);
    const again = await scripted.execute(PAUSE, { input });
    expect(again.data).toMatchObject({ pauseTargetGroups: { batchJob: { id: ids.batchJob } } });
    expect(scripted.upstream.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([
      'my-key',
      'my-key',
    ]);
  });

  test('returns the key that the gateway generated if the client sent none', async () => {
    answerWith(undefined);
    const { errors } = await scripted.execute(PAUSE, { input: { targetGroupIds: [ids.targetGroup] } });
    const [sent] = scripted.upstream.requests;
    expect(sent?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    expect(errors[0]?.extensions).toMatchObject({
      outcomeUnknown: true,
      idempotencyKey: sent?.headers['idempotency-key'],
    });
  });
});
