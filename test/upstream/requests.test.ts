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

describe('Concurrency', () => {
  const refs = Array.from({ length: 24 }, (_, index) => ({ alias: `p${index}`, projectId: `P${index}` }));
  const EVERY_PROJECT = `{
  ${refs.map(({ alias, projectId }) => `${alias}: project(id: "101/${projectId}") { name }`).join('\n')}
}`;

  describe.each([1, 3])('with DEMAND_API_CONCURRENCY=%i', (most) => {
    const scripted = useScripted({ env: { DEMAND_API_CONCURRENCY: String(most) } });

    test('bounds the requests in flight of all callers, and all succeed', async () => {
      scripted.upstream.on('GET', /^\/demand\/accounts\/101\/projects\/P\d+$/, ({ path }) => {
        const id = path.slice(path.lastIndexOf('/') + 1);
        return { body: { ...rest.project, id, name: `Project ${id}` }, delayMs: 5 };
      });
      const tokens = ['alice', 'bob'];
      const answers = await Promise.all(
        tokens.map((token) => scripted.execute(EVERY_PROJECT, {}, { token })),
      );
      for (const { data, errors } of answers) {
        expect(errors).toEqual([]);
        expect(data).toEqual(
          Object.fromEntries(refs.map(({ alias, projectId }) => [alias, { name: `Project ${projectId}` }])),
        );
      }
      expect(scripted.upstream.requests).toHaveLength(tokens.length * refs.length);
      expect(scripted.upstream.maxInFlight()).toBe(most);
    });

    test('a failed request frees its permit', async () => {
      scripted.upstream.on('GET', /./, ({ path }) =>
        path.endsWith('0') ? { status: 403 } : { body: { ...rest.project, name: 'Pets' } },
      );
      const { data, errors } = await scripted.execute(EVERY_PROJECT);
      expect(errors).toHaveLength(3);
      expect(data).toMatchObject({ p0: null, p1: { name: 'Pets' }, p23: { name: 'Pets' } });
      expect(scripted.calls()).toContain(`GET /v1${paths.projects}/P23`);
    });
  });
});

describe('Redirects', () => {
  const scripted = useScripted();

  const RUN = 'query ($id: ID!) { it: fieldingRun(id: $id) { status } }';
  const RESUME = `mutation ($input: ResumeFieldingRunInput!) {
  it: resumeFieldingRun(input: $input) { fieldingRun { id } userErrors { message } }
}`;
  const PAUSE = `mutation ($input: PauseTargetGroupsInput!) {
  it: pauseTargetGroups(input: $input) { batchJob { id } userErrors { message } }
}`;
  const GROUP = 'query ($id: ID!) { it: targetGroup(id: $id) { name status createdAt } }';

  const documents = [
    { what: 'a query', document: RUN, variables: { id: ids.fieldingRun }, expected: { retryable: false } },
    {
      what: 'an action',
      document: RESUME,
      variables: { input: { id: ids.fieldingRun, version: '5' } },
      expected: { retryable: false, outcomeUnknown: true },
    },
    {
      what: 'a creation',
      document: PAUSE,
      variables: { input: { targetGroupIds: [ids.targetGroup], idempotencyKey: 'key-1' } },
      // Retrying with the key creates nothing twice.
      expected: { retryable: true, outcomeUnknown: true, idempotencyKey: 'key-1' },
    },
  ];

  describe.each([301, 302, 303, 307, 308])('a %i to another server', (status) => {
    test.each(documents)(
      'is not followed by $what: no request and no token goes there',
      async (operation) => {
        const foreigner = await scripted.foreigner();
        foreigner.on('GET', /./, { body: rest.fieldingRun });
        const answer = { status, headers: { location: `${foreigner.url}/anywhere` }, body: 'moved' };
        for (const method of ['GET', 'POST']) scripted.upstream.on(method, /./, answer);

        const { data, errors } = await scripted.execute(operation.document, operation.variables);
        expect(data).toEqual({ it: null });
        expect(errors).toHaveLength(1);
        expect(errors[0]?.extensions).toEqual({
          code: 'UPSTREAM_BAD_RESPONSE',
          ...operation.expected,
          upstream: { status },
          traceId: expect.any(String),
        });
        expect(JSON.stringify(errors)).not.toContain(foreigner.url);
        expect(foreigner.requests).toEqual([]);
        expect(scripted.calls()).toHaveLength(1);
      },
    );
  });

  test('reads a draft that redirects as launched, through overview and details', async () => {
    const overview = `${paths.targetGroup}/overview`;
    const details = `${paths.targetGroup}/details`;
    // It was launched between the first reads and that of the draft.
    scripted.upstream.on('GET', overview, [{ status: 404 }, { body: rest.overview }]);
    scripted.upstream.on('GET', details, { body: rest.details });
    scripted.upstream.on('GET', paths.targetGroup, {
      status: 301,
      headers: { location: `/v1${details}` },
    });
    const { data, errors } = await scripted.execute(GROUP, { id: ids.targetGroup });
    expect({ data, errors }).toEqual({
      data: { it: { name: 'Cats', status: 'LIVE', createdAt: rest.details.created_at } },
      errors: [],
    });
    expect(scripted.calls().sort()).toEqual(
      [overview, overview, details, paths.targetGroup].map((path) => `GET /v1${path}`).sort(),
    );
  });

  test('shows a launched target group without an overview from its details', async () => {
    const details = `${paths.targetGroup}/details`;
    scripted.upstream.on('GET', details, { body: { ...rest.details, human_readable_id: '9NRV3B9' } });
    scripted.upstream.on('GET', paths.targetGroup, { status: 301, headers: { location: `/v1${details}` } });
    const FIELDS =
      'name humanReadableId locale createdAt projectManagerId customerReferenceNumber progress { fillingGoal }';
    expect(
      await scripted.execute(`{ it: targetGroup(id: "${ids.targetGroup}") { ${FIELDS} } }`),
    ).toMatchObject({
      data: {
        it: {
          name: 'Cats',
          humanReadableId: '9NRV3B9',
          locale: 'eng_us',
          createdAt: rest.details.created_at,
          projectManagerId: 'M1',
          customerReferenceNumber: null,
          progress: null,
        },
      },
      errors: [],
    });
    const overview = `GET /v1${paths.targetGroup}/overview`;
    expect(scripted.calls()).toEqual([
      overview,
      `GET /v1${paths.targetGroup}`,
      overview,
      `GET /v1${details}`,
    ]);
  });

  test('reads a draft that redirects to another server from the API', async () => {
    const foreigner = await scripted.foreigner();
    scripted.upstream.on('GET', `${paths.targetGroup}/overview`, [{ status: 404 }, { body: rest.overview }]);
    scripted.upstream.on('GET', `${paths.targetGroup}/details`, { body: rest.details });
    scripted.upstream.on('GET', paths.targetGroup, {
      status: 301,
      headers: { location: `${foreigner.url}${paths.targetGroup}/details` },
    });
    const { data, errors } = await scripted.execute(GROUP, { id: ids.targetGroup });
    expect(data).toMatchObject({ it: { name: 'Cats', status: 'LIVE' } });
    expect(errors).toEqual([]);
    expect(foreigner.requests).toEqual([]);
  });
});
