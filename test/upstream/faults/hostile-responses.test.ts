import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import {
  startScriptedUpstream,
  type ScriptedResponse,
  type ScriptedUpstream,
} from '../../helpers/scripted-upstream.js';
import {
  accounts,
  changeDocument,
  changes,
  CREATE_JOB,
  created,
  creation,
  job,
  project,
  READ_ACCOUNTS,
  READ_RUN,
  run,
} from './demand.js';
import { failureOf, useGatewayFixture } from './gateway-fixture.js';

const MIB = 1024 * 1024;
const bad = { code: 'UPSTREAM_BAD_RESPONSE', retryable: false };

describe('a body that is too large', () => {
  const fixture = useGatewayFixture({ perTest: true });
  const json = (bytes: number) => {
    const [head, tail] = ['{"accounts":[{"id":1,"name":"', '"}]}'];
    return Buffer.concat([
      Buffer.from(head),
      Buffer.alloc(bytes - head.length - tail.length, 'a'),
      Buffer.from(tail),
    ]);
  };
  const SIZE = '{ accounts { accountId } }';

  it.each([
    ['plain', (body: Buffer) => body, {}],
    ['in gzip', gzipSync, { 'content-encoding': 'gzip' }],
    ['in deflate', deflateSync, { 'content-encoding': 'deflate' }],
    ['in brotli', brotliCompressSync, { 'content-encoding': 'br' }],
  ] as const)(
    '%s is rejected above 16 MiB, and the next response is read',
    async (_what, encode, headers) => {
      fixture.on('GET /accounts', { headers, body: encode(json(16 * MIB + 1)) });
      expect(failureOf(await fixture.execute(SIZE))).toEqual(bad);
      fixture.on('GET /accounts', accounts);
      expect(await fixture.execute(SIZE)).toMatchObject({
        errors: [],
        data: { accounts: [{ accountId: '101' }] },
      });
      expect(fixture.sent()).toHaveLength(2);
    },
  );

  it('of 16 MiB is read', async () => {
    fixture.on('GET /accounts', { headers: { 'content-encoding': 'gzip' }, body: gzipSync(json(16 * MIB)) });
    expect(await fixture.execute(SIZE)).toMatchObject({
      errors: [],
      data: { accounts: [{ accountId: '1' }] },
    });
  });

  it('is not buffered, whatever its size', async () => {
    const bomb = gzipSync(Buffer.alloc(256 * MIB), { level: 1 });
    fixture.on('GET /accounts', { headers: { 'content-encoding': 'gzip' }, body: bomb });
    const before = process.memoryUsage().rss;
    for (let call = 0; call < 3; call += 1) expect(failureOf(await fixture.execute(SIZE))).toEqual(bad);
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * MIB);
  });
});

describe('a redirect', () => {
  const fixture = useGatewayFixture();
  let elsewhere: ScriptedUpstream;
  beforeEach(async () => {
    elsewhere = await startScriptedUpstream();
    elsewhere.on('GET', /.*/, accounts);
    elsewhere.on('POST', /.*/, { status: 204, headers: { etag: 'W/"6"' } });
  });
  afterEach(() => elsewhere.close());

  const pausing = changes[1]!;
  it.each(
    [301, 302, 303, 307, 308].flatMap((status) => [
      [status, 'GET /accounts', READ_ACCOUNTS, {}] as const,
      [status, pausing.call, changeDocument(pausing), { outcomeUnknown: true }] as const,
    ]),
  )('%d of %s is not followed', async (status, call, document, expected) => {
    for (const location of [`${elsewhere.url}/accounts`, '/v1/other']) {
      fixture.on(call, { status, headers: { location } });
      const answer = await fixture.execute(document);
      expect(failureOf(answer)).toEqual({ ...bad, ...expected, upstream: { status } });
      expect(JSON.stringify(answer)).not.toContain(elsewhere.url);
    }
    expect(fixture.sent()).toHaveLength(2);
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('a missing body', () => {
  const fixture = useGatewayFixture();

  it.each<[string, ScriptedResponse]>([
    ['HTML', { headers: { 'content-type': 'text/html' }, body: '<html>token-secret</html>' }],
    ['empty', { body: '' }],
    ['no body at all', { status: 204 }],
    ['cut JSON', { body: '{"accounts":[{"id":1,"na' }],
    ['a text', { body: '"accounts"' }],
    ['a number', { body: '7' }],
    ['null', { body: 'null' }],
    ['a list', { body: '[]' }],
    [
      'not what its encoding says',
      { headers: { 'content-encoding': 'identity' }, body: Buffer.from([0xff, 0xfe]) },
    ],
  ])('%s', async (_what, answer) => {
    fixture.on('GET /accounts', answer);
    const failed = await fixture.execute(READ_ACCOUNTS);
    expect(failureOf(failed)).toMatchObject(bad);
    expect(JSON.stringify(failed)).not.toContain('secret');
    expect(fixture.sent()).toHaveLength(1);
  });

  it('is not assumed if JSON has another content type', async () => {
    fixture.on('GET /accounts', { ...accounts, headers: { 'content-type': 'text/plain' } });
    expect(await fixture.execute(READ_ACCOUNTS)).toMatchObject({ errors: [], data: { accounts: [{}] } });
  });

  it('is not assumed with an identity coding', async () => {
    fixture.on('GET /accounts', { ...accounts, headers: { 'content-encoding': 'utf-8' } });
    expect(await fixture.execute(READ_ACCOUNTS)).toMatchObject({ errors: [], data: { accounts: [{}] } });
  });
});

describe.each(['http1', 'undici', 'node-fetch'])('an undecodable body, over %s', (transport) => {
  const fixture = useGatewayFixture({
    env: { DEMAND_API_TRANSPORT: transport, DEMAND_API_BREAKER_MIN_CALLS: '1' },
    perTest: true,
  });
  const headers = { 'content-encoding': 'gzip' };
  const body = 'no gzip';

  it('is not retried, and does not open the breaker', async () => {
    for (let call = 1; call <= 3; call += 1) {
      fixture.on('GET /accounts', { headers, body });
      expect(failureOf(await fixture.execute(READ_ACCOUNTS))).toEqual(bad);
      expect(fixture.sent()).toHaveLength(call);
    }
    fixture.on('GET /accounts', accounts);
    expect(await fixture.execute(READ_ACCOUNTS)).toMatchObject({ errors: [], data: { accounts: [{}] } });
  });

  it('leaves the outcome of a change to its status', async () => {
    fixture.on(creation, { ...created, headers: { ...created.headers, ...headers }, body });
    const data = { pauseTargetGroups: { batchJob: { id: job.id }, userErrors: [] } };
    expect(await fixture.execute(CREATE_JOB, { key: 'key-1' })).toMatchObject({ errors: [], data });
    expect(fixture.sent()).toHaveLength(1);
  });

  it('leaves the failure of a read to its status', async () => {
    fixture.on(`GET ${run.path}`, { status: 404, headers, body });
    expect(await fixture.execute(READ_RUN)).toMatchObject({ errors: [], data: { fieldingRun: null } });
    fixture.on('GET /accounts', [
      { status: 429, headers: { ...headers, 'retry-after': '0' }, body },
      { ...accounts },
    ]);
    expect(await fixture.execute(READ_ACCOUNTS)).toMatchObject({ errors: [], data: { accounts: [{}] } });
  });
});

describe('an invalid number', () => {
  const fixture = useGatewayFixture();
  const targetGroup = `${project.id}/T1`;
  const overview = `GET ${project.path}/overview`;
  const projectBody = (statistics: string) =>
    `{"id":"P1","name":"Study","account_id":101,"status":"active","statistics":{"current_completes":7,${statistics}}}`;

  it.each(['9007199254740993', '1e400', '5.5', '"5"', 'null'])(
    '%s as a version in a list fails the version',
    async (version) => {
      fixture.on(`GET ${project.path}/target-groups/T1/fielding-runs`, {
        body: `{"data":[{"id":"R1","status":"Live","version":${version}}],"has_more":false}`,
      });
      fixture.on(`GET ${project.path}/target-groups/T1/overview`, {
        body: { target_group_name: 'T1', status: 'live' },
      });
      const answer = await fixture.execute(
        `{ targetGroup(id: "${targetGroup}") { fieldingRun { fieldingRunId status } } }`,
      );
      expect(answer).toMatchObject({
        errors: [],
        data: { targetGroup: { fieldingRun: { fieldingRunId: 'R1', status: 'LIVE' } } },
      });
      const failed = await fixture.execute(
        `{ targetGroup(id: "${targetGroup}") { name fieldingRun { version } } }`,
      );
      expect(failureOf(failed)).toMatchObject(bad);
      expect(failed.data).toEqual({ targetGroup: { name: 'T1', fieldingRun: null } });
    },
  );

  it.each(['2147483648', '-2147483649', '9007199254740993', '1e400', '-1e400', '1.5', '"7"', '{}'])(
    '%s for a whole number fails that field alone',
    async (value) => {
      fixture.on(overview, { body: projectBody(`"filling_goal":${value}`) });
      const answer = await fixture.execute(
        `{ project(id: "${project.id}") { name statistics { fillingGoal currentCompletes } } }`,
      );
      expect(failureOf(answer)).toMatchObject(bad);
      expect(answer.data).toEqual({
        project: { name: 'Study', statistics: { fillingGoal: null, currentCompletes: 7 } },
      });
    },
  );

  it.each(['1e400', '-1e400', '"0.5"', '[]'])('%s for a fraction fails that field alone', async (value) => {
    fixture.on(overview, { body: projectBody(`"incidence_rate_median":${value}`) });
    const answer = await fixture.execute(
      `{ project(id: "${project.id}") { statistics { incidenceRateMedian currentCompletes } } }`,
    );
    expect(failureOf(answer)).toMatchObject(bad);
    expect(answer.data).toEqual({
      project: { statistics: { incidenceRateMedian: null, currentCompletes: 7 } },
    });
  });

  it('is accepted up to the limit', async () => {
    fixture.on(overview, { body: projectBody('"filling_goal":2147483647') });
    const answer = await fixture.execute(`{ project(id: "${project.id}") { statistics { fillingGoal } } }`);
    expect(answer).toMatchObject({
      errors: [],
      data: { project: { statistics: { fillingGoal: 2147483647 } } },
    });
  });

  it('does not affect a large version in an entity tag', async () => {
    fixture.on(`GET ${run.path}`, {
      headers: { etag: 'W/"9007199254740993"' },
      body: '{"id":"R1","status":"Live","version":9007199254740993}',
    });
    expect(await fixture.execute(READ_RUN)).toMatchObject({
      errors: [],
      data: { fieldingRun: { version: '9007199254740993', status: 'LIVE' } },
    });
  });
});

describe('a job', () => {
  const fixture = useGatewayFixture();
  const readJob = `{ batchJob(id: "${job.id}") { status pollAfterSeconds } }`;
  const jobAnswer = (status: string, createdAt = new Date().toISOString()): ScriptedResponse => ({
    body: { job_id: 'J1', status, created_at: createdAt },
  });

  it('stays completed if a response shows it in progress again', async () => {
    fixture.on(`GET ${job.path}`, [jobAnswer('Processing'), jobAnswer('Completed'), jobAnswer('Processing')]);
    const statuses: unknown[] = [];
    for (let call = 0; call < 4; call += 1) {
      const { data } = await fixture.execute<{ batchJob: unknown }>(readJob);
      statuses.push(data?.batchJob);
    }
    const completed = { status: 'COMPLETED', pollAfterSeconds: null };
    expect(statuses).toEqual([
      { status: 'PROCESSING', pollAfterSeconds: 1 },
      ...Array<unknown>(3).fill(completed),
    ]);
  });

  it.each([
    ['for a year', new Date(Date.now() - 31_536_000_000).toISOString(), 10],
    ['since the future', new Date(Date.now() + 31_536_000_000).toISOString(), 1],
  ])(
    'that has been in progress %s is polled after at most ten seconds',
    async (_what, createdAt, seconds) => {
      fixture.on(`GET ${job.path}`, jobAnswer('Processing', createdAt));
      const { data } = await fixture.execute(readJob);
      expect(data).toEqual({ batchJob: { status: 'PROCESSING', pollAfterSeconds: seconds } });
    },
  );

  it.each([null, undefined])('that does not exist is null', async (body) => {
    fixture.on(`GET ${job.path}`, { status: 404, body });
    expect(await fixture.execute(readJob)).toMatchObject({ errors: [], data: { batchJob: null } });
  });
});
