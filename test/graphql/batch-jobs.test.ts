import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { demo } from '../../src/emulator/index.js';
import {
  BatchJobDocument,
  CompleteTargetGroupsDocument,
  LaunchTargetGroupsDocument,
  PauseTargetGroupsDocument,
  RelaunchTargetGroupsDocument,
  ResumeTargetGroupsDocument,
  type BatchJobQuery,
  type PauseTargetGroupsMutation,
} from '../generated/documents.js';
import { demoPaths } from '../helpers/emulator.js';
import { startTestGateway, type ExecuteOptions } from '../helpers/gateway.js';
import { startScriptedUpstream } from '../helpers/scripted-upstream.js';
import { readRun } from './changes.js';
import {
  callOf,
  dataOf,
  errorOf,
  expectBadUserInput,
  ids,
  UNKNOWN_ID,
  useStack,
  type Stack,
} from './stack.js';

type BatchJobPayload = NonNullable<PauseTargetGroupsMutation['pauseTargetGroups']>;
type BatchJob = NonNullable<BatchJobQuery['batchJob']>;

interface Input {
  readonly targetGroupIds: string[];
  readonly idempotencyKey?: string | null;
}

/** A mutation that starts a job. */
type JobDocument = TypedDocumentNode<Record<string, BatchJobPayload | null>, { input: Input }>;

const stack = useStack();
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const liveIds = [ids.targetGroup(demo.live), ids.targetGroup(demo.secondLive)];

/** An idempotency key that no other test uses, as the gateway remembers them. */
let lastKey = 0;
const newKey = (): string => `key-${(lastKey += 1)}`;

async function start(
  document: JobDocument,
  input: Input,
  options?: ExecuteOptions,
): Promise<BatchJobPayload> {
  return Object.values(dataOf(await stack.execute(document, { input }, options)))[0]!;
}

function pause(input: Input, options?: ExecuteOptions): Promise<BatchJobPayload> {
  return start(PauseTargetGroupsDocument, input, options);
}

async function readJob({ execute }: Pick<Stack, 'execute'>, id: string): Promise<BatchJob> {
  return dataOf(await execute(BatchJobDocument, { id })).batchJob!;
}

/** The job once it has finished. */
async function finished(id: string): Promise<BatchJob> {
  for (;;) {
    const job = await readJob(stack, id);
    if (job.status !== 'PROCESSING') return job;
    expect(job.pollAfterSeconds).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function creations() {
  return (await stack.requests()).filter(({ method }) => method === 'POST');
}

async function jobsCreated(): Promise<number> {
  const effects = await stack.emulator.control.effects();
  return effects.filter(({ operation }) => operation === 'create_batch_job').length;
}

describe.each([
  {
    kind: 'pause',
    document: PauseTargetGroupsDocument,
    from: demo.live,
    already: demo.paused,
    rejected: demo.scheduled,
    to: 'PAUSED',
  },
  {
    kind: 'resume',
    document: ResumeTargetGroupsDocument,
    from: demo.paused,
    already: demo.live,
    rejected: demo.pausedPastEnd,
    to: 'LIVE',
  },
  {
    kind: 'launch',
    document: LaunchTargetGroupsDocument,
    from: demo.scheduled,
    already: demo.live,
    rejected: demo.paused,
    to: 'LIVE',
  },
  {
    kind: 'complete',
    document: CompleteTargetGroupsDocument,
    from: demo.live,
    already: demo.completed,
    rejected: demo.archived,
    to: 'COMPLETED',
  },
  {
    kind: 'relaunch',
    document: RelaunchTargetGroupsDocument,
    from: demo.completed,
    already: demo.live,
    rejected: demo.completedPastEnd,
    to: 'LIVE',
  },
] satisfies {
  kind: string;
  document: JobDocument;
  [run: string]: unknown;
}[])('$kind TargetGroups', ({ kind, document, from, already, rejected, to }) => {
  test(`starts a job that continues past failures until all other target groups are ${to}`, async () => {
    const idempotencyKey = newKey();
    const targetGroupIds = [from, rejected, already].map(ids.targetGroup);
    const { batchJob, ...payload } = await start(document, { targetGroupIds, idempotencyKey });
    expect(payload).toEqual({ idempotencyKey, userErrors: [] });
    expect(batchJob).toMatchObject({ action: kind.toUpperCase(), createdAt: expect.any(String) });
    expect(batchJob!.id).toBe(ids.job(kind, batchJob!.jobId));

    const [creation, read] = await stack.requests();
    expect(callOf(creation!)).toBe(`POST ${demoPaths.batchJobs(kind)}`);
    expect(creation!.headers).toMatchObject({
      'idempotency-key': idempotencyKey,
      'content-type': 'application/json',
    });
    expect(creation!.headers).not.toHaveProperty('if-match');
    expect(callOf(read!)).toBe(`GET ${demoPaths.batchJobs(kind)}/${batchJob!.jobId}`);

    const job = await finished(batchJob!.id);
    expect(job).toMatchObject({
      status: 'COMPLETED',
      pollAfterSeconds: null,
      updatedTargetGroups: [from, already].map(({ targetGroupId }) => ({
        targetGroupId,
        name: null,
      })),
      failedTargetGroups: [
        {
          targetGroupId: rejected.targetGroupId,
          name: null,
          failureReason: { code: expect.any(String), description: expect.any(String) },
        },
      ],
    });
    expect(await readRun(stack, from)).toMatchObject({ status: to });
  });

  test('rejects invalid ids by name, without a call', async () => {
    const payload = await start(document, { targetGroupIds: [ids.project] });
    expect(payload).toMatchObject({ batchJob: null, userErrors: [{ field: ['targetGroupIds', '0'] }] });
    expect(await stack.calls()).toEqual([]);
  });
});

describe('A job', () => {
  test('leads to the target groups that it acted on, and to null for those that do not exist', async () => {
    const targetGroupIds = [ids.targetGroup(demo.live), `${ids.project}/${UNKNOWN_ID}`];
    const { batchJob } = await pause({ targetGroupIds });
    await finished(batchJob!.id);

    const query = `query ($id: ID!) {
      batchJob(id: $id) {
        updatedTargetGroups { targetGroup { id status } }
        failedTargetGroups { name failureReason { code } targetGroup { id status } }
      }
    }`;
    expect(dataOf(await stack.execute(query, { id: batchJob!.id }))).toEqual({
      batchJob: {
        updatedTargetGroups: [{ targetGroup: { id: ids.targetGroup(demo.live), status: 'PAUSED' } }],
        failedTargetGroups: [
          { name: null, failureReason: { code: 'TargetGroupNotFound' }, targetGroup: null },
        ],
      },
    });
  });

  test('sends each target group once, in the order of the input', async () => {
    const target = demo.secondLive.targetGroupId;
    const { batchJob } = await pause({
      targetGroupIds: [liveIds[1]!, liveIds[0]!, liveIds[1]!, liveIds[0]!],
    });
    const { updatedTargetGroups } = await finished(batchJob!.id);
    expect(updatedTargetGroups?.map((item) => item?.targetGroupId)).toEqual([
      target,
      demo.live.targetGroupId,
    ]);
    // Two ULIDs and no third.
    expect(Number((await creations())[0]!.headers['content-length'])).toBe(
      JSON.stringify({ target_group_ids: [target, demo.live.targetGroupId] }).length,
    );
  });

  test('accepts 1,000 target groups, not counting duplicates', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => `${ids.project}/${ulidOf(index)}`);
    const { batchJob, userErrors } = await pause({ targetGroupIds: [...many, many[0]!] });
    expect(userErrors).toEqual([]);
    expect(batchJob).toMatchObject({ action: 'PAUSE' });
  });

  test.each([
    { selection: 'id jobId action __typename', reads: 0 },
    { selection: 'id project { id account { id } }', reads: 0 },
    { selection: 'id status @skip(if: true)', reads: 0 },
    { selection: 'id status', reads: 1 },
    { selection: '... on BatchJob { pollAfterSeconds }', reads: 1 },
  ])('needs $reads reads for { $selection } when it was just started', async ({ selection, reads }) => {
    const query = `mutation ($input: PauseTargetGroupsInput!) { pauseTargetGroups(input: $input) { batchJob { ${selection} } } }`;
    dataOf(await stack.execute(query, { input: { targetGroupIds: liveIds } }));
    expect((await stack.calls()).map((call) => call.split(' ')[0])).toEqual([
      'POST',
      ...Array<string>(reads).fill('GET'),
    ]);
  });

  test.each(['pause', 'pause-fielding-runs-by-target-group-id'])(
    'is null if it does not exist: %s',
    async (segment) => {
      const result = await stack.execute(BatchJobDocument, { id: ids.job(segment, UNKNOWN_ID) });
      expect(dataOf(result)).toEqual({ batchJob: null });
      expect(await stack.calls()).toEqual([
        `GET ${demoPaths.batchJobs('pause')}/${UNKNOWN_ID}`,
        `GET ${demoPaths.project}/batch-jobs/pause/${UNKNOWN_ID}`,
      ]);
    },
  );

  test.each([
    '',
    ids.run(demo.live),
    ids.job('dance', 'x'),
    ids.job('pause-foo', 'x'),
    ids.job('pause', '..'),
    `${ids.job('pause', 'x')}/y`,
  ])('rejects the id %j', async (id) => {
    expectBadUserInput(await stack.execute(BatchJobDocument, { id }), '`id`');
    expect(await stack.calls()).toEqual([]);
  });
});

describe('A job in progress', () => {
  let now = Date.now();
  const slow = useStack({ emulator: { jobStepMs: 3_600_000 }, now: () => now });

  test('is polled less often the older it is', async () => {
    const result = await slow.execute(PauseTargetGroupsDocument, { input: { targetGroupIds: liveIds } });
    const { id, createdAt } = dataOf(result).pauseTargetGroups!.batchJob!;
    const advice: (number | null)[] = [];
    for (const seconds of [0, 7, 30, 600]) {
      now = Date.parse(createdAt!) + seconds * 1000;
      const job = await readJob(slow, id);
      expect(job.status).toBe('PROCESSING');
      advice.push(job.pollAfterSeconds);
    }
    expect(advice[0]).toBe(1);
    expect(advice.at(-1)).toBe(10);
    expect(advice).toEqual([...advice].sort((a, b) => a! - b!));
    expect(new Set(advice).size).toBeGreaterThan(2);
  });
});

describe('Invalid input', () => {
  const good = liveIds[0]!;
  const atIndex = (index: number) => ['targetGroupIds', String(index)];
  const tooMany = Array.from({ length: 1001 }, (_, index) => `${ids.project}/${ulidOf(index)}`);

  const inputs: { name: string; input: Input; fields: string[][] }[] = [
    { name: 'no target groups', input: { targetGroupIds: [] }, fields: [['targetGroupIds']] },
    { name: 'too many target groups', input: { targetGroupIds: tooMany }, fields: [['targetGroupIds']] },
    {
      name: 'malformed ids',
      input: { targetGroupIds: [good, '', `${ids.project}/../x`, 'x'] },
      fields: [atIndex(1), atIndex(2), atIndex(3)],
    },
    {
      name: 'ids of other kinds',
      input: { targetGroupIds: [ids.project, good, ids.run(demo.live)] },
      fields: [atIndex(0), atIndex(2)],
    },
    {
      name: 'target groups of other projects',
      input: { targetGroupIds: [good, `${ids.largeProject}/${UNKNOWN_ID}`, ids.other.targetGroup] },
      fields: [atIndex(1), atIndex(2)],
    },
    {
      name: 'an empty key',
      input: { targetGroupIds: [good], idempotencyKey: '' },
      fields: [['idempotencyKey']],
    },
    {
      name: 'a key that is too long',
      input: { targetGroupIds: [good], idempotencyKey: 'x'.repeat(256) },
      fields: [['idempotencyKey']],
    },
    ...['white space', 'tab\t', 'line\n', 'ümlaut', '\u0000', '🗝'].map((idempotencyKey) => ({
      name: `the key ${JSON.stringify(idempotencyKey)}`,
      input: { targetGroupIds: [good], idempotencyKey },
      fields: [['idempotencyKey']],
    })),
    {
      name: 'both ids and key',
      input: { targetGroupIds: ['x'], idempotencyKey: '' },
      fields: [atIndex(0), ['idempotencyKey']],
    },
  ];
  test.each(inputs)('is reported without a call: $name', async ({ input, fields }) => {
    const { batchJob, idempotencyKey, userErrors } = await pause(input);
    expect(batchJob).toBeNull();
    expect(idempotencyKey).toEqual(input.idempotencyKey ?? expect.stringMatching(UUID));
    expect(userErrors).toEqual(
      fields.map((field) => ({
        __typename: 'ValidationError',
        code: 'VALIDATION_FAILED',
        message: expect.stringContaining(`\`${field.join('.')}\``),
        field,
      })),
    );
    expect(await stack.calls()).toEqual([]);
  });

  test('is a NotFoundError if the project does not exist', async () => {
    const idempotencyKey = newKey();
    const targetGroupIds = [`101/${UNKNOWN_ID}/${UNKNOWN_ID}`];
    expect(await pause({ targetGroupIds, idempotencyKey })).toEqual({
      batchJob: null,
      idempotencyKey,
      userErrors: [
        {
          __typename: 'NotFoundError',
          code: 'NOT_FOUND',
          message: expect.any(String),
          field: ['targetGroupIds'],
        },
      ],
    });
    expect(await stack.calls()).toHaveLength(1);
  });

  test('is a ValidationError if the API rejects it', async () => {
    const { batchJob, userErrors } = await pause({ targetGroupIds: [`${ids.project}/not-a-ulid`] });
    expect(batchJob).toBeNull();
    expect(userErrors).toMatchObject([{ __typename: 'ValidationError' }]);
  });
});

describe('An idempotency key', () => {
  test.each(['!', '~'.repeat(255), '{"a":1}', 'a/b?c#d%20'])('can be %j', async (idempotencyKey) => {
    const { userErrors, ...payload } = await pause({ targetGroupIds: liveIds, idempotencyKey });
    expect(userErrors).toEqual([]);
    expect(payload.idempotencyKey).toBe(idempotencyKey);
    expect((await creations())[0]!.headers['idempotency-key']).toBe(idempotencyKey);
  });

  test.each([undefined, null])('is generated if none is given: %s', async (none) => {
    const input = { targetGroupIds: liveIds, ...(none === undefined ? {} : { idempotencyKey: none }) };
    const [first, second] = [await pause(input), await pause(input)];
    expect(first.idempotencyKey).toMatch(UUID);
    expect(second.idempotencyKey).toMatch(UUID);
    expect(second.idempotencyKey).not.toBe(first.idempotencyKey);
    expect((await creations()).map(({ headers }) => headers['idempotency-key'])).toEqual([
      first.idempotencyKey,
      second.idempotencyKey,
    ]);
    expect(await jobsCreated()).toBe(2);
  });

  test('starts one job when used twice, whatever the order of the target groups', async () => {
    const idempotencyKey = newKey();
    const first = await pause({ targetGroupIds: liveIds, idempotencyKey });
    const second = await pause({ targetGroupIds: [...liveIds].reverse(), idempotencyKey });
    const third = await pause({ targetGroupIds: [...liveIds, ...liveIds], idempotencyKey });
    expect([second, third].map(({ batchJob, userErrors }) => [batchJob?.id, userErrors])).toEqual([
      [first.batchJob!.id, []],
      [first.batchJob!.id, []],
    ]);
    expect(await jobsCreated()).toBe(1);
  });

  test('starts one job when used concurrently', async () => {
    const input = { targetGroupIds: liveIds, idempotencyKey: newKey() };
    const payloads = await Promise.all(Array.from({ length: 10 }, () => pause(input)));
    expect(new Set(payloads.map(({ batchJob }) => batchJob?.id)).size).toBe(1);
    expect(await jobsCreated()).toBe(1);
  });

  test.each<{ what: string; document: JobDocument; targetGroupIds: string[] }>([
    { what: 'fewer target groups', document: PauseTargetGroupsDocument, targetGroupIds: [liveIds[0]!] },
    {
      what: 'more target groups',
      document: PauseTargetGroupsDocument,
      targetGroupIds: [...liveIds, ids.targetGroup(demo.paused)],
    },
    { what: 'another action', document: ResumeTargetGroupsDocument, targetGroupIds: liveIds },
    {
      what: 'another project',
      document: PauseTargetGroupsDocument,
      targetGroupIds: [`${ids.largeProject}/${demo.live.targetGroupId}`],
    },
  ])('cannot be reused for $what, and nothing is sent', async ({ document, targetGroupIds }) => {
    const idempotencyKey = newKey();
    await pause({ targetGroupIds: liveIds, idempotencyKey });
    await stack.forgetCalls();

    expect(await start(document, { targetGroupIds, idempotencyKey })).toEqual({
      batchJob: null,
      idempotencyKey,
      userErrors: [
        {
          __typename: 'IdempotencyConflictError',
          code: 'IDEMPOTENCY_CONFLICT',
          message: expect.any(String),
          field: ['idempotencyKey'],
        },
      ],
    });
    expect(await stack.calls()).toEqual([]);
    expect(await jobsCreated()).toBe(1);
  });

  test('is independent of the same key of another caller', async () => {
    const idempotencyKey = newKey();
    await pause({ targetGroupIds: liveIds, idempotencyKey });
    const targetGroupIds = [ids.targetGroup(demo.paused)];
    const { userErrors } = await pause({ targetGroupIds, idempotencyKey }, { token: demo.bothToken });
    expect(userErrors).toEqual([]);
    expect(await jobsCreated()).toBe(2);
  });

  test('can be reused if its first use was rejected', async () => {
    const idempotencyKey = newKey();
    const rejected = await pause({ targetGroupIds: [`101/${UNKNOWN_ID}/${UNKNOWN_ID}`], idempotencyKey });
    expect(rejected.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);

    const { batchJob, userErrors } = await pause({ targetGroupIds: liveIds, idempotencyKey });
    expect(userErrors).toEqual([]);
    expect(batchJob).not.toBeNull();
  });
});

describe('A failed creation', () => {
  const fail = async (input: Input) => await stack.execute(PauseTargetGroupsDocument, { input });

  test('reports the key for a safe retry, the same that was sent in every attempt', async () => {
    await stack.emulator.control.faults.add({ method: 'POST', path: '/batch-jobs/', status: 500 });
    const result = await fail({ targetGroupIds: liveIds });
    expect(result.data).toEqual({ pauseTargetGroups: null });
    const { extensions } = errorOf(result);
    expect(extensions).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      idempotencyKey: expect.stringMatching(UUID),
      upstream: { status: 500 },
    });
    const sent = (await stack.requests()).map(({ headers }) => headers['idempotency-key']);
    expect(new Set(sent)).toEqual(new Set([extensions!['idempotencyKey']]));
  });

  test('leads to the existing job when retried after the job was created', async () => {
    const input = { targetGroupIds: liveIds, idempotencyKey: newKey() };
    const { faults } = stack.emulator.control;
    await faults.add({ method: 'POST', path: '/batch-jobs/', after_effect: true, reset: true });
    const { extensions } = errorOf(await fail(input));
    expect(extensions).toMatchObject({
      outcomeUnknown: true,
      retryable: true,
      idempotencyKey: input.idempotencyKey,
    });

    await faults.clear();
    const { pauseTargetGroups } = dataOf(await fail(input));
    expect(pauseTargetGroups).toMatchObject({ batchJob: { action: 'PAUSE' }, userErrors: [] });
    const effects = await stack.emulator.control.effects();
    expect(effects.filter(({ operation }) => operation === 'create_batch_job')).toHaveLength(1);
  });

  test.each([
    { name: 'none', location: undefined },
    { name: 'of another origin', location: 'https://elsewhere.example/v1/demand/accounts/101/x' },
    { name: 'in another project', location: '/demand/accounts/101/projects/P/batch-jobs/pause/J' },
    { name: 'of another action', location: `${demoPaths.project}/batch-jobs/resume/J` },
    { name: 'outside the API', location: '/../..' },
  ])('reports an unknown outcome without a usable Location ($name)', async ({ location }) => {
    const headers = location === undefined ? {} : { headers: { Location: location } };
    await stack.emulator.control.faults.add({
      method: 'POST',
      path: '/batch-jobs/',
      status: 201,
      ...headers,
    });
    const idempotencyKey = newKey();
    const result = await fail({ targetGroupIds: liveIds, idempotencyKey });
    expect(errorOf(result).extensions).toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
      outcomeUnknown: true,
      idempotencyKey,
    });
    expect((await stack.requests()).map(({ method }) => method)).not.toContain('GET');
  });

  test.each([
    { status: 401, code: 'UNAUTHENTICATED' },
    { status: 403, code: 'FORBIDDEN' },
    { status: 429, code: 'RATE_LIMITED' },
  ])('reports $code and the key after a $status', async ({ status, code }) => {
    const rule = { method: 'POST', path: '/batch-jobs/', status, headers: { 'Retry-After': '1800' } };
    await stack.emulator.control.faults.add(rule);
    const idempotencyKey = newKey();
    const result = await fail({ targetGroupIds: liveIds, idempotencyKey });
    expect(errorOf(result).extensions).toMatchObject({ code, idempotencyKey });
  });
});

test('Each job of an operation reads again what earlier jobs have read', async () => {
  const upstream = await startScriptedUpstream();
  const gateway = await startTestGateway({ demandApiUrl: upstream.url });
  try {
    const group = demo.live.targetGroupId;
    const overview = `${demoPaths.targetGroup(demo.live)}/overview`;
    let status = 'draft';
    const jobThatLeadsTo = (kind: string, reached: string) => {
      const location = `${demoPaths.project}/batch-jobs/${kind}/J-${kind}`;
      upstream.on('POST', demoPaths.batchJobs(kind), () => {
        status = reached;
        return { status: 201, headers: { location } };
      });
      const updated = { data: [{ target_group_id: group }], has_more: false };
      upstream.on('GET', location, {
        body: { job_id: `J-${kind}`, status: 'Completed', updated_target_groups: updated },
      });
    };
    jobThatLeadsTo('pause', 'paused');
    jobThatLeadsTo('resume', 'live');
    upstream.on('GET', overview, () => ({ body: { status, human_readable_id: 'TG-1' } }));

    const mutation = `mutation ($pause: PauseTargetGroupsInput!, $resume: ResumeTargetGroupsInput!) {
      pauseTargetGroups(input: $pause) { ...reached }
      resumeTargetGroups(input: $resume) { ...reached }
    }
    fragment reached on BatchJobPayload {
      batchJob { updatedTargetGroups { targetGroup { status } } }
    }`;
    const input = { targetGroupIds: [liveIds[0]!] };
    const reached = (is: string) => ({
      batchJob: { updatedTargetGroups: [{ targetGroup: { status: is } }] },
    });
    expect(dataOf(await gateway.execute(mutation, { pause: input, resume: input }))).toEqual({
      pauseTargetGroups: reached('PAUSED'),
      resumeTargetGroups: reached('LIVE'),
    });
    expect(upstream.requests.filter(({ path }) => path === `/v1${overview}`)).toHaveLength(2);
  } finally {
    await gateway.close();
    await upstream.close();
  }
});

/** Well-formed ids that do not exist. */
function ulidOf(index: number): string {
  return `01BTGNYV6HRNK8K8VKZZ${String(index).padStart(6, '0')}`;
}
