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
import { callOf, dataOf, errorOf, expectBadUserInput, ids, NOBODY, useStack, type Stack } from './stack.js';

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

/** A key that no other test uses: the gateway remembers them. */
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

/** The job once it is over. */
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
    refused: demo.scheduled,
    to: 'PAUSED',
  },
  {
    kind: 'resume',
    document: ResumeTargetGroupsDocument,
    from: demo.paused,
    already: demo.live,
    refused: demo.pausedPastEnd,
    to: 'LIVE',
  },
  {
    kind: 'launch',
    document: LaunchTargetGroupsDocument,
    from: demo.scheduled,
    already: demo.live,
    refused: demo.paused,
    to: 'LIVE',
  },
  {
    kind: 'complete',
    document: CompleteTargetGroupsDocument,
    from: demo.live,
    already: demo.completed,
    refused: demo.archived,
    to: 'COMPLETED',
  },
  {
    kind: 'relaunch',
    document: RelaunchTargetGroupsDocument,
    from: demo.completed,
    already: demo.live,
    refused: demo.completedPastEnd,
    to: 'LIVE',
  },
] satisfies {
  kind: string;
  document: JobDocument;
  [run: string]: unknown;
}[])('$kind TargetGroups', ({ kind, document, from, already, refused, to }) => {
  test(`starts a job that goes on past failures until all that can be is ${to}`, async () => {
    const idempotencyKey = newKey();
    const targetGroupIds = [from, refused, already].map(ids.targetGroup);
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
          targetGroupId: refused.targetGroupId,
          name: null,
          failureReason: { code: expect.any(String), description: expect.any(String) },
        },
      ],
    });
    expect(await readRun(stack, from)).toMatchObject({ status: to });
  });

  test('names what is wrong with ids, without a call', async () => {
    const payload = await start(document, { targetGroupIds: [ids.project] });
    expect(payload).toMatchObject({ batchJob: null, userErrors: [{ field: ['targetGroupIds', '0'] }] });
    expect(await stack.calls()).toEqual([]);
  });
});

describe('A job', () => {
  test('leads to the target groups it acted on, and to nothing for those that are not there', async () => {
    const targetGroupIds = [ids.targetGroup(demo.live), `${ids.project}/${NOBODY}`];
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

  test('is sent each target group once, in the order in which they came', async () => {
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

  test('can be of 1,000 target groups, those not counted that are named twice', async () => {
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
  ])('that was just started costs $reads reads for { $selection }', async ({ selection, reads }) => {
    const query = `mutation ($input: PauseTargetGroupsInput!) { pauseTargetGroups(input: $input) { batchJob { ${selection} } } }`;
    dataOf(await stack.execute(query, { input: { targetGroupIds: liveIds } }));
    expect((await stack.calls()).map((call) => call.split(' ')[0])).toEqual([
      'POST',
      ...Array<string>(reads).fill('GET'),
    ]);
  });

  test.each(['pause', 'pause-fielding-runs-by-target-group-id'])(
    'is null where there is none: %s',
    async (segment) => {
      const answer = await stack.execute(BatchJobDocument, { id: ids.job(segment, NOBODY) });
      expect(dataOf(answer)).toEqual({ batchJob: null });
      expect(await stack.calls()).toEqual([
        `GET ${demoPaths.batchJobs('pause')}/${NOBODY}`,
        `GET ${demoPaths.project}/batch-jobs/pause/${NOBODY}`,
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
  ])('%j is no id of one', async (id) => {
    expectBadUserInput(await stack.execute(BatchJobDocument, { id }), '`id`');
    expect(await stack.calls()).toEqual([]);
  });
});

describe('A job at work', () => {
  let now = Date.now();
  const slow = useStack({ emulator: { jobStepMs: 3_600_000 }, now: () => now });

  test('is polled ever more seldom the older it is', async () => {
    const answer = await slow.execute(PauseTargetGroupsDocument, { input: { targetGroupIds: liveIds } });
    const { id, createdAt } = dataOf(answer).pauseTargetGroups!.batchJob!;
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

describe('What is wrong with an input', () => {
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
      name: 'ids of other types',
      input: { targetGroupIds: [ids.project, good, ids.run(demo.live)] },
      fields: [atIndex(0), atIndex(2)],
    },
    {
      name: 'target groups of other projects',
      input: { targetGroupIds: [good, `${ids.largeProject}/${NOBODY}`, ids.other.targetGroup] },
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
      name: 'ids and key',
      input: { targetGroupIds: ['x'], idempotencyKey: '' },
      fields: [atIndex(0), ['idempotencyKey']],
    },
  ];
  test.each(inputs)('is told without a call: $name', async ({ input, fields }) => {
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

  test('is told as NotFoundError where there is no such project', async () => {
    const idempotencyKey = newKey();
    const targetGroupIds = [`101/${NOBODY}/${NOBODY}`];
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

  test('is told as ValidationError where the API says so', async () => {
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

  test.each([undefined, null])('is made up where none is given: %s', async (none) => {
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

  test('that is used twice starts one job, whatever the order of the target groups', async () => {
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

  test('that many use at the same time starts one job', async () => {
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
  ])('cannot be used again for $what, and nothing is sent', async ({ document, targetGroupIds }) => {
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

  test('of somebody else is another key', async () => {
    const idempotencyKey = newKey();
    await pause({ targetGroupIds: liveIds, idempotencyKey });
    const targetGroupIds = [ids.targetGroup(demo.paused)];
    const { userErrors } = await pause({ targetGroupIds, idempotencyKey }, { token: demo.bothToken });
    expect(userErrors).toEqual([]);
    expect(await jobsCreated()).toBe(2);
  });

  test('whose first use was refused can be used again', async () => {
    const idempotencyKey = newKey();
    const refused = await pause({ targetGroupIds: [`101/${NOBODY}/${NOBODY}`], idempotencyKey });
    expect(refused.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);

    const { batchJob, userErrors } = await pause({ targetGroupIds: liveIds, idempotencyKey });
    expect(userErrors).toEqual([]);
    expect(batchJob).not.toBeNull();
  });
});

describe('A creation that fails', () => {
  const fail = async (input: Input) => await stack.execute(PauseTargetGroupsDocument, { input });

  test('tells the key that makes trying again safe, the one that was sent each time', async () => {
    await stack.emulator.control.faults.add({ method: 'POST', path: '/batch-jobs/', status: 500 });
    const answer = await fail({ targetGroupIds: liveIds });
    expect(answer.data).toEqual({ pauseTargetGroups: null });
    const { extensions } = errorOf(answer);
    expect(extensions).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      idempotencyKey: expect.stringMatching(UUID),
      upstream: { status: 500 },
    });
    const sent = (await stack.requests()).map(({ headers }) => headers['idempotency-key']);
    expect(new Set(sent)).toEqual(new Set([extensions!['idempotencyKey']]));
  });

  test('after the job was created leads to that job when it is tried again', async () => {
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
    { name: 'that is no place', location: '/../..' },
  ])('for the want of a usable Location ($name) says that the outcome is unknown', async ({ location }) => {
    const headers = location === undefined ? {} : { headers: { Location: location } };
    await stack.emulator.control.faults.add({
      method: 'POST',
      path: '/batch-jobs/',
      status: 201,
      ...headers,
    });
    const idempotencyKey = newKey();
    const answer = await fail({ targetGroupIds: liveIds, idempotencyKey });
    expect(errorOf(answer).extensions).toMatchObject({
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
  ])('with $status is $code, and has a key too', async ({ status, code }) => {
    const rule = { method: 'POST', path: '/batch-jobs/', status, headers: { 'Retry-After': '1800' } };
    await stack.emulator.control.faults.add(rule);
    const idempotencyKey = newKey();
    const answer = await fail({ targetGroupIds: liveIds, idempotencyKey });
    expect(errorOf(answer).extensions).toMatchObject({ code, idempotencyKey });
  });
});

test('Each job of one operation reads anew what the jobs before it have read', async () => {
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

/** Well-formed ids that nothing has. */
function ulidOf(index: number): string {
  return `01BTGNYV6HRNK8K8VKZZ${String(index).padStart(6, '0')}`;
}
