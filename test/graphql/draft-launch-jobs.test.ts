import { demo } from '../../src/emulator/index.js';
import {
  DraftLaunchJobDocument,
  LaunchDraftTargetGroupDocument,
  PauseTargetGroupsDocument,
  ScheduleDraftTargetGroupDocument,
  type DraftLaunchJobQuery,
  type LaunchDraftTargetGroupMutation,
} from '../generated/documents.js';
import { demoPaths } from '../helpers/emulator.js';
import type { Answer, ExecuteOptions } from '../helpers/gateway.js';
import { callOf, dataOf, errorOf, expectBadUserInput, ids, inDays, UNKNOWN_ID, useStack } from './stack.js';

type Payload = NonNullable<LaunchDraftTargetGroupMutation['launchDraftTargetGroup']>;
type Job = NonNullable<DraftLaunchJobQuery['draftLaunchJob']>;

interface Input {
  readonly id: string;
  readonly startAt?: string;
  readonly endAt: string;
  readonly idempotencyKey?: string | null;
}

const stack = useStack();
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const draft = ids.targetGroup(demo.draft);
const [startAt, endAt, laterEnd] = [inDays(5), inDays(30), inDays(31)];

/** An idempotency key that no other test uses, as the gateway remembers them. */
let lastKey = 0;
const newKey = (): string => `draft-key-${(lastKey += 1)}`;

/** Launches without a start, and schedules with one. */
async function ask({ startAt: start, ...input }: Input, options?: ExecuteOptions): Promise<Answer<object>> {
  return start === undefined
    ? await stack.execute(LaunchDraftTargetGroupDocument, { input }, options)
    : await stack.execute(ScheduleDraftTargetGroupDocument, { input: { ...input, startAt: start } }, options);
}

async function start(input: Input, options?: ExecuteOptions): Promise<Payload> {
  return (Object.values(dataOf(await ask(input, options))) as Payload[])[0]!;
}

/** The job once it has finished. */
async function finished(id: string): Promise<Job> {
  for (;;) {
    const job = dataOf(await stack.execute(DraftLaunchJobDocument, { id })).draftLaunchJob!;
    if (job.status !== 'PROCESSING') return job;
    expect(job.pollAfterSeconds).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function jobsCreated(): Promise<number> {
  const effects = await stack.emulator.control.effects();
  return effects.filter(({ operation }) => operation === 'create_draft_job').length;
}

const kinds = [
  { kind: 'launch', input: { id: draft, endAt }, status: 'LIVE' },
  { kind: 'schedule', input: { id: draft, startAt, endAt }, status: 'SCHEDULED' },
] satisfies { kind: string; input: Input; status: string }[];

describe.each(kinds)('$kind DraftTargetGroup', ({ kind, input, status }) => {
  test(`starts a job that makes the draft ${status}`, async () => {
    const idempotencyKey = newKey();
    const { draftLaunchJob, ...payload } = await start({ ...input, idempotencyKey });
    expect(payload).toEqual({ idempotencyKey, userErrors: [] });
    const { id, jobId } = draftLaunchJob!;
    expect(draftLaunchJob).toMatchObject({
      id: ids.draftJob(kind, jobId),
      action: kind.toUpperCase(),
      createdAt: expect.any(String),
      targetGroup: { id: draft },
    });

    const [creation, read, ...others] = await stack.requests();
    expect(callOf(creation!)).toBe(`POST ${demoPaths.draftJobs(kind)}`);
    expect(creation!.headers).toMatchObject({
      'idempotency-key': idempotencyKey,
      'content-type': 'application/json',
    });
    expect(creation!.headers).not.toHaveProperty('if-match');
    expect(callOf(read!)).toBe(`GET ${demoPaths.draftJobs(kind)}/${jobId}`);
    expect(others).toEqual([]);

    const job = await finished(id);
    expect(job).toMatchObject({ status: 'COMPLETED', pollAfterSeconds: null, failureReason: null });
    const query = `query ($id: ID!) {
      draftLaunchJob(id: $id) {
        createdBy
        createdByUser { name }
        fieldingRun { id status startAt endAt targetGroup { id } }
        targetGroup { status }
      }
    }`;
    expect(dataOf(await stack.execute(query, { id }))).toEqual({
      draftLaunchJob: {
        createdBy: expect.stringMatching(UUID),
        createdByUser: { name: 'Demo Northwind' },
        fieldingRun: {
          id: job.fieldingRun!.id,
          status,
          startAt: input.startAt ?? expect.any(String),
          endAt,
          targetGroup: { id: draft },
        },
        targetGroup: { status },
      },
    });
  });

  test.each([
    { selection: 'id jobId action __typename', reads: 0 },
    { selection: 'id targetGroup { id targetGroupId }', reads: 0 },
    { selection: 'id status @skip(if: true)', reads: 0 },
    { selection: 'id status', reads: 1 },
    { selection: '... on Node { id } pollAfterSeconds', reads: 1 },
    { selection: 'createdBy createdByUser { id }', reads: 1 },
    { selection: 'createdByUser { name }', reads: 2 },
  ])('needs $reads reads for { $selection }', async ({ selection, reads }) => {
    const name = `${kind}DraftTargetGroup`;
    const type = `${kind === 'launch' ? 'Launch' : 'Schedule'}DraftTargetGroupInput`;
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { draftLaunchJob { ${selection} } } }`;
    dataOf(await stack.execute(query, { input }));
    expect((await stack.calls()).map((call) => call.split(' ')[0])).toEqual([
      'POST',
      ...Array<string>(reads).fill('GET'),
    ]);
  });

  test('returns a failed job with a reason if there is no draft', async () => {
    const { draftLaunchJob } = await start({ ...input, id: ids.targetGroup(demo.live) });
    expect(await finished(draftLaunchJob!.id)).toMatchObject({
      status: 'FAILED',
      pollAfterSeconds: null,
      fieldingRun: null,
      failureReason: { code: 'TargetGroupInvalidState', description: expect.any(String), reasons: [] },
    });
  });

  test('reports that the API rejects a target group in another state', async () => {
    const { draftLaunchJob, userErrors } = await start({ ...input, id: `${ids.project}/not-a-ulid` });
    expect(draftLaunchJob).toBeNull();
    expect(userErrors).toMatchObject([{ __typename: 'ValidationError' }]);
  });

  test.each(['', 'x', ids.project, ids.run(demo.live), `${draft}/launch-from-draft/J1`])(
    'rejects the id %j, which is not a target group, without a call',
    async (id) => {
      expect(await start({ ...input, id, idempotencyKey: newKey() })).toMatchObject({
        draftLaunchJob: null,
        userErrors: [{ code: 'VALIDATION_FAILED', field: ['id'], message: expect.stringContaining('`id`') }],
      });
      expect(await stack.calls()).toEqual([]);
    },
  );

  test.each(['', 'white space', 'ümlaut', 'x'.repeat(256)])(
    'rejects the key %j without a call',
    async (idempotencyKey) => {
      expect(await start({ ...input, idempotencyKey })).toMatchObject({
        draftLaunchJob: null,
        idempotencyKey,
        userErrors: [{ code: 'VALIDATION_FAILED', field: ['idempotencyKey'] }],
      });
      expect(await stack.calls()).toEqual([]);
    },
  );

  test.each([undefined, null])('generates a key if none is given: %s', async (none) => {
    const given = { ...input, ...(none === undefined ? {} : { idempotencyKey: none }) };
    const [first, second] = [await start(given), await start(given)];
    expect(first.idempotencyKey).toMatch(UUID);
    expect(second.idempotencyKey).toMatch(UUID);
    expect(second.idempotencyKey).not.toBe(first.idempotencyKey);
    expect(await jobsCreated()).toBe(2);
  });

  test('starts one job per key, even when it is used concurrently', async () => {
    const same = { ...input, idempotencyKey: newKey() };
    const payloads = await Promise.all(Array.from({ length: 5 }, () => start(same)));
    // The same time, written differently.
    payloads.push(await start({ ...same, endAt: endAt.replace('Z', '+00:00') }));
    expect(new Set(payloads.map(({ draftLaunchJob }) => draftLaunchJob?.id)).size).toBe(1);
    expect(payloads.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect(await jobsCreated()).toBe(1);
  });

  test('leads to the existing job when retried after a lost response', async () => {
    const again = { ...input, idempotencyKey: newKey() };
    const { faults } = stack.emulator.control;
    await faults.add({ method: 'POST', path: '-from-draft', after_effect: true, reset: true });
    expect(errorOf(await ask(again)).extensions).toMatchObject({
      outcomeUnknown: true,
      retryable: true,
      idempotencyKey: again.idempotencyKey,
    });
    await faults.clear();
    expect(await start(again)).toMatchObject({
      draftLaunchJob: { action: kind.toUpperCase() },
      userErrors: [],
    });
    expect(await jobsCreated()).toBe(1);
  });

  test('is forbidden in another account', async () => {
    const idempotencyKey = newKey();
    const result = await ask({ ...input, id: ids.other.targetGroup, idempotencyKey });
    expect(errorOf(result).extensions).toMatchObject({ code: 'FORBIDDEN', idempotencyKey });
    expect(result.data).toEqual({ [`${kind}DraftTargetGroup`]: null });
  });
});

describe('An idempotency key', () => {
  const first = { id: draft, startAt, endAt };

  test.each<{ what: string; input: Input }>([
    { what: 'another end', input: { ...first, endAt: laterEnd } },
    { what: 'another start', input: { ...first, startAt: inDays(6) } },
    { what: 'a launch', input: { id: draft, endAt } },
    { what: 'another target group', input: { ...first, id: ids.targetGroup(demo.live) } },
  ])('cannot be reused for $what, and nothing is sent', async ({ input }) => {
    const idempotencyKey = newKey();
    await start({ ...first, idempotencyKey });
    await stack.forgetCalls();
    expect(await start({ ...input, idempotencyKey })).toEqual({
      draftLaunchJob: null,
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

  test('of a batch job cannot be used for a draft, and vice versa', async () => {
    const [one, other] = [newKey(), newKey()];
    const pause = (idempotencyKey: string) =>
      stack.execute(PauseTargetGroupsDocument, {
        input: { targetGroupIds: [ids.targetGroup(demo.live)], idempotencyKey },
      });
    const conflict = [{ code: 'IDEMPOTENCY_CONFLICT' }];

    await start({ ...first, idempotencyKey: one });
    expect(dataOf(await pause(one)).pauseTargetGroups).toMatchObject({ userErrors: conflict });
    dataOf(await pause(other));
    expect(await start({ ...first, idempotencyKey: other })).toMatchObject({ userErrors: conflict });
  });

  test('can be reused if its first use was rejected', async () => {
    const idempotencyKey = newKey();
    const rejected = await start({ ...first, id: `${ids.project}/not-a-ulid`, idempotencyKey });
    expect(rejected.userErrors).toMatchObject([{ code: 'VALIDATION_FAILED' }]);
    expect((await start({ ...first, idempotencyKey })).userErrors).toEqual([]);
  });
});

describe('Dates', () => {
  const tooLate = '9999-12-31T23:59:59.999-01:00';

  test.each<{ what: string; input: Input; fields: string[] }>([
    { what: 'an end beyond the year 9999', input: { id: draft, endAt: tooLate }, fields: ['endAt'] },
    {
      what: 'both dates beyond the year 9999',
      input: { id: draft, startAt: '0001-01-01T00:00:00+01:00', endAt: tooLate },
      fields: ['startAt', 'endAt'],
    },
    { what: 'an end at the start', input: { id: draft, startAt: endAt, endAt }, fields: ['endAt'] },
    { what: 'an end before the start', input: { id: draft, startAt: laterEnd, endAt }, fields: ['endAt'] },
    { what: 'an invalid id as well', input: { id: 'x', startAt: endAt, endAt }, fields: ['id', 'endAt'] },
  ])('are rejected without a call: $what', async ({ input, fields }) => {
    const { draftLaunchJob, idempotencyKey, userErrors } = await start(input);
    expect(draftLaunchJob).toBeNull();
    expect(idempotencyKey).toMatch(UUID);
    expect(userErrors).toEqual(
      fields.map((field) => ({
        __typename: 'ValidationError',
        code: 'VALIDATION_FAILED',
        message: expect.stringContaining(`\`${field}\``),
        field: [field],
      })),
    );
    expect(await stack.calls()).toEqual([]);
  });

  test('in the past make the job fail, and are named', async () => {
    const { draftLaunchJob } = await start({ id: draft, endAt: '2020-01-01T00:00:00.000Z' });
    expect(await finished(draftLaunchJob!.id)).toMatchObject({
      status: 'FAILED',
      fieldingRun: null,
      failureReason: {
        code: 'InvalidFieldingDates',
        description: expect.any(String),
        reasons: [{ name: 'end_fielding_at', reason: 'not_after_start', detail: expect.any(String) }],
      },
    });
  });
});

describe('A job', () => {
  test.each(['launch', 'schedule'])('of the kind %s is null if it does not exist', async (kind) => {
    const result = await stack.execute(DraftLaunchJobDocument, { id: ids.draftJob(kind, UNKNOWN_ID) });
    expect(dataOf(result)).toEqual({ draftLaunchJob: null });
    expect(await stack.calls()).toEqual([`GET ${demoPaths.draftJobs(kind)}/${UNKNOWN_ID}`]);
  });

  test.each([
    '',
    draft,
    ids.job('pause', 'x'),
    ids.draftJob('dance', 'x'),
    ids.draftJob('launch', '..'),
    `${ids.draftJob('launch', 'x')}/y`,
    `${ids.project}/launch-from-draft/x`,
  ])('cannot have the id %j', async (id) => {
    expectBadUserInput(await stack.execute(DraftLaunchJobDocument, { id }), '`id`');
    expect(await stack.calls()).toEqual([]);
  });

  test('is found only under its own kind and target group', async () => {
    const { draftLaunchJob } = await start({ id: draft, endAt });
    const { jobId } = draftLaunchJob!;
    for (const id of [
      ids.draftJob('schedule', jobId),
      `${ids.targetGroup(demo.live)}/launch-from-draft/${jobId}`,
    ]) {
      expect(dataOf(await stack.execute(DraftLaunchJobDocument, { id }))).toEqual({ draftLaunchJob: null });
    }
  });

  test('reads its run only if the selection needs more than ids', async () => {
    const { draftLaunchJob } = await start({ id: draft, endAt });
    const { id, jobId } = draftLaunchJob!;
    const { fieldingRun } = await finished(id);
    const [account, project, targetGroupId, fieldingRunId] = fieldingRun!.id.split('/');
    expect([account, project, targetGroupId].join('/')).toBe(draft);
    const job = `GET ${demoPaths.draftJobs('launch')}/${jobId}`;
    const run = `GET ${demoPaths.run({ ...demo.draft, fieldingRunId: fieldingRunId! })}`;

    for (const [selection, calls] of [
      ['id fieldingRunId targetGroup { id }', [job]],
      ['version', [job, run]],
      ['lastChangedByUser { id }', [job, run]],
    ] as const) {
      await stack.forgetCalls();
      dataOf(await stack.execute(`{ draftLaunchJob(id: "${id}") { fieldingRun { ${selection} } } }`));
      expect(await stack.calls()).toEqual(calls);
    }
  });
});

describe('A job in progress', () => {
  let now = Date.now();
  const slow = useStack({ emulator: { jobStepMs: 3_600_000 }, now: () => now });

  test('is polled less often the older it is, and has no run', async () => {
    const result = await slow.execute(LaunchDraftTargetGroupDocument, { input: { id: draft, endAt } });
    const { id, createdAt } = dataOf(result).launchDraftTargetGroup!.draftLaunchJob!;
    const advice: (number | null)[] = [];
    for (const seconds of [0, 7, 30, 600]) {
      now = Date.parse(createdAt!) + seconds * 1000;
      const job = dataOf(await slow.execute(DraftLaunchJobDocument, { id })).draftLaunchJob!;
      expect(job).toMatchObject({ status: 'PROCESSING', fieldingRun: null, failureReason: null });
      advice.push(job.pollAfterSeconds);
    }
    expect(advice).toEqual([1, 2, 6, 10]);
  });
});

test('Fields after a launch in the same operation see the new state', async () => {
  const query = `mutation ($input: LaunchDraftTargetGroupInput!, $pause: PauseTargetGroupsInput!) {
    before: pauseTargetGroups(input: $pause) { batchJob { project { targetGroups(first: 1) { nodes { id } } } } }
    after: launchDraftTargetGroup(input: $input) { draftLaunchJob { targetGroup { project { targetGroups(first: 1) { nodes { id } } } } } }
  }`;
  const pause = { targetGroupIds: [ids.targetGroup(demo.live)] };
  dataOf(await stack.execute(query, { input: { id: draft, endAt }, pause }));
  const lists = (await stack.calls()).filter((call) => call.includes('page_size=1'));
  expect(lists).toHaveLength(2);
});
