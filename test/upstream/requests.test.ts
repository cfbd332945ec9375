import { describe, expect, test } from '@jest/globals';
import { ids, paths, rest } from './demand.js';
import { useScripted } from './scripted.js';

const ACCOUNTS = '{ accounts { id } }';
const PAUSE = `mutation ($input: PauseTargetGroupsInput!) {
  pauseTargetGroups(input: $input) { batchJob { id } idempotencyKey userErrors { message } }
}`;
const RESUME = `mutation ($input: ResumeFieldingRunInput!) {
  resumeFieldingRun(input: $input) { fieldingRun { version } userErrors { message } }
}`;
const resume = { input: { id: ids.fieldingRun, version: '5' } };
const accounts = { body: { accounts: [] } };
const created = { status: 201, headers: { location: 'J1' } };

describe('the headers of a request', () => {
  const scripted = useScripted();

  test('include no headers of the caller but the documented ones', async () => {
    scripted.upstream.on('GET', '/accounts', accounts);
    await scripted.execute(
      ACCOUNTS,
      {},
      {
        token: 'the-token',
        headers: {
          cookie: 'session=secret',
          'x-forwarded-for': '203.0.113.7',
          'x-api-key': 'secret',
          'idempotency-key': 'of the caller',
          'if-match': '"1"',
          'if-none-match': '"1"',
          'cint-api-version': '1999-01-01',
          'user-agent': 'a browser',
          baggage: 'a=1',
          origin: 'https://app.example.com',
          referer: 'https://app.example.com/secret',
        },
      },
    );
    const [request] = scripted.upstream.requests;
    expect(request?.headers).toEqual({
      accept: 'application/json',
      authorization: 'Bearer the-token',
      'cint-api-version': '2025-12-18',
      connection: expect.any(String),
      host: new URL(scripted.upstream.url).host,
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/),
      'user-agent': 'fieldgate',
    });
  });

  test.each(['Bearer a.b.c', 'bearer  two  spaces', 'Basic dXNlcjpwYXNz', 'Custom x="1", y=2'])(
    'pass the Authorization %j on unchanged',
    async (authorization) => {
      scripted.upstream.on('GET', '/accounts', accounts);
      await scripted.execute(ACCOUNTS, {}, { token: null, headers: { authorization } });
      expect(scripted.upstream.requests.map(({ headers }) => headers.authorization)).toEqual([authorization]);
    },
  );

  test('pass the Idempotency-Key of the input on unchanged, without If-Match', async () => {
    const idempotencyKey = `!"#$%&'()*+,-./0:;<=>?@[\\]^_\`{|}~`;
    scripted.upstream.on('POST', paths.pauseJobs, created);
    const { data } = await scripted.execute(PAUSE, {
      input: { targetGroupIds: [`${ids.project}/T2`, ids.targetGroup, `${ids.project}/T2`], idempotencyKey },
    });
    expect(data).toMatchObject({ pauseTargetGroups: { idempotencyKey, userErrors: [] } });
    const [request] = scripted.upstream.requests;
    expect(request?.headers).toMatchObject({
      'idempotency-key': idempotencyKey,
      'content-type': 'application/json',
    });
    expect(request?.headers).not.toHaveProperty('if-match');
    expect(JSON.parse(request!.body)).toEqual({ target_group_ids: ['T2', 'T1'] });
  });

  test('of an action have no key and no content type', async () => {
    scripted.upstream.on('POST', `${paths.fieldingRun}/resume`, { status: 204, headers: { etag: '"6"' } });
    await scripted.execute(RESUME, resume);
    const [request] = scripted.upstream.requests;
    expect(request?.headers).toMatchObject({ 'if-match': 'W/"5"', 'content-length': '0' });
    expect(request?.headers).not.toHaveProperty('idempotency-key');
    expect(request?.headers).not.toHaveProperty('content-type');
  });
});

describe('the trace of a request', () => {
  const scripted = useScripted();
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

  test("continues the caller's trace, with its own parent for each call, and with its state", async () => {
    scripted.upstream.on('GET', '/accounts', accounts);
    scripted.upstream.on('GET', paths.project, { body: rest.project });
    await scripted.execute(
      'query ($id: ID!) { accounts { id } project(id: $id) { name } }',
      { id: ids.project },
      { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, tracestate: 'vendor=1,other=2' } },
    );
    const sent = scripted.upstream.requests.map(({ headers }) => headers);
    expect(sent.map(({ tracestate }) => tracestate)).toEqual(['vendor=1,other=2', 'vendor=1,other=2']);
    const parents = sent.map(({ traceparent }) =>
      new RegExp(`^00-${traceId}-([0-9a-f]{16})-01$`).exec(String(traceparent)),
    );
    expect(new Set(parents.map((match) => match?.[1])).size).toBe(2);
    expect(parents.map((match) => match?.[1])).not.toContain('00f067aa0ba902b7');
  });

  test('is in the extensions of an error', async () => {
    scripted.upstream.on('GET', '/accounts', { status: 403 });
    const { errors } = await scripted.execute(
      ACCOUNTS,
      {},
      { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } },
    );
    expect(errors).toMatchObject([{ extensions: { traceId } }]);
  });

  test("is new, without state, if the caller's is invalid", async () => {
    scripted.upstream.on('GET', '/accounts', accounts);
    await scripted.execute(ACCOUNTS, {}, { headers: { traceparent: 'x', tracestate: 'vendor=1' } });
    const [request] = scripted.upstream.requests;
    expect(request?.headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(request?.headers).not.toHaveProperty('tracestate');
  });
});

describe('with another version of the API', () => {
  const scripted = useScripted({ env: { DEMAND_API_VERSION: '2024-12-02' } });

  test('every request has it', async () => {
    scripted.upstream.on('GET', '/accounts', accounts);
    scripted.upstream.on('POST', paths.pauseJobs, created);
    await scripted.execute(ACCOUNTS);
    await scripted.execute(PAUSE, { input: { targetGroupIds: [ids.targetGroup] } });
    const versions = scripted.upstream.requests.map(({ headers }) => headers['cint-api-version']);
    expect(versions).toEqual(['2024-12-02', '2024-12-02']);
  });
});

describe.each(['/gw/v1', '/demand', ''])('below the base path %j', (basePath) => {
  const scripted = useScripted({ basePath });

  test('every request stays', async () => {
    const { upstream, execute } = scripted;
    upstream.on('GET', `${basePath}/accounts`, accounts);
    upstream.on('GET', basePath + paths.fieldingRun, { body: rest.fieldingRun });
    upstream.on('POST', `${basePath}${paths.fieldingRun}/resume`, { status: 204, headers: { etag: '"6"' } });
    upstream.on('POST', basePath + paths.pauseJobs, {
      status: 201,
      headers: { location: new URL(upstream.url).origin + basePath + paths.batchJobInLocation },
    });
    upstream.on('GET', basePath + paths.batchJob, { body: rest.batchJob });

    const answers = [
      await execute(ACCOUNTS),
      await execute('query ($id: ID!) { fieldingRun(id: $id) { status } }', { id: ids.fieldingRun }),
      await execute(RESUME, resume),
      await execute(PAUSE, { input: { targetGroupIds: [ids.targetGroup] } }),
      await execute('query ($id: ID!) { batchJob(id: $id) { status } }', { id: ids.batchJob }),
    ];
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(scripted.calls()).toEqual([
      `GET ${basePath}/accounts`,
      `GET ${basePath}${paths.fieldingRun}`,
      `POST ${basePath}${paths.fieldingRun}/resume`,
      `POST ${basePath}${paths.pauseJobs}`,
      `GET ${basePath}${paths.batchJob}`,
    ]);
  });
});
