import { beforeAll, describe, expect, test } from '@jest/globals';
import type { GraphQLFormattedError } from 'graphql';
import type { Answer } from '../helpers/gateway.js';
import type { ScriptedResponse } from '../helpers/scripted-upstream.js';
import { ids, paths, rest } from './demand.js';
import { impatient, useScripted, type Scripted } from './scripted.js';

const scripted = useScripted({ env: impatient });

const READ = 'query ($id: ID!) { it: fieldingRun(id: $id) { status } }';
const ACT = `mutation ($input: ResumeFieldingRunInput!) {
  it: resumeFieldingRun(input: $input) { fieldingRun { id } userErrors { __typename code message field } }
}`;
const CREATE = `mutation ($input: PauseTargetGroupsInput!) {
  it: pauseTargetGroups(input: $input) { batchJob { id } userErrors { __typename code message field } }
}`;

interface Errand {
  readonly what: string;
  readonly changes: boolean;
  /** The key for retrying a failure. */
  readonly key: { readonly idempotencyKey?: string };
  /** Runs it with the same response to every call. */
  readonly run: (answer: ScriptedResponse, fixture?: Scripted) => Promise<Answer<unknown>>;
}

const query: Errand = {
  what: 'a query',
  changes: false,
  key: {},
  run(answer, { upstream, execute } = scripted) {
    upstream.on('GET', paths.fieldingRun, answer);
    return execute(READ, { id: ids.fieldingRun });
  },
};
const action: Errand = {
  what: 'an action',
  changes: true,
  key: {},
  run(answer, { upstream, execute } = scripted) {
    upstream.on('POST', `${paths.fieldingRun}/resume`, answer);
    return execute(ACT, { input: { id: ids.fieldingRun, version: '5' } });
  },
};
const creation: Errand = {
  what: 'the creation of a job',
  changes: true,
  key: { idempotencyKey: 'my-key' },
  run(answer, { upstream, execute } = scripted) {
    upstream.on('POST', paths.pauseJobs, answer);
    return execute(CREATE, { input: { targetGroupIds: [ids.targetGroup], idempotencyKey: 'my-key' } });
  },
};
const errands = [query, action, creation];

const traceId = expect.stringMatching(/^[0-9a-f]{32}$/);

function extensionsOf({ data, errors }: Answer<unknown>): GraphQLFormattedError['extensions'] {
  expect(data).toEqual({ it: null });
  expect(errors).toMatchObject([{ path: ['it'] }]);
  return errors[0]!.extensions;
}

describe.each(errands)('$what with a final response', ({ run, changes, key }) => {
  test.each([
    [401, 'authorization_error', 'UNAUTHENTICATED'],
    [403, 'authorization_error', 'FORBIDDEN'],
    [403, 'required_header_missing', 'FORBIDDEN'],
  ])('with %i %s fails as %s after one attempt', async (status, object, code) => {
    const answer = await run({ status, body: { id: 'e-1', object, detail: 'secret words' } });
    expect(extensionsOf(answer)).toEqual({
      code,
      retryable: false,
      ...key,
      upstream: { status, errorId: 'e-1' },
      traceId,
    });
    expect(JSON.stringify(answer)).not.toContain('secret words');
    expect(scripted.calls()).toHaveLength(1);
  });

  test.each([
    [303, 'moved'],
    [402, 'payment_required'],
    [405, 'method_not_allowed'],
    [409, 'conflict'],
    [413, 'too_large'],
    [418, 'teapot'],
  ])(
    'with an undocumented %i %s fails as UPSTREAM_BAD_RESPONSE after one attempt',
    async (status, object) => {
      const answer = await run({ status, body: { id: 'e-1', object, detail: 'secret words' } });
      expect(extensionsOf(answer)).toEqual({
        code: 'UPSTREAM_BAD_RESPONSE',
        retryable: key.idempotencyKey !== undefined,
        ...(changes && { outcomeUnknown: true }),
        ...key,
        upstream: { status, errorId: 'e-1' },
        traceId,
      });
      expect(JSON.stringify(answer)).not.toContain('secret words');
      expect(scripted.calls()).toHaveLength(1);
    },
  );

  test('reports the wait at once if a 429 outlasts the deadline', async () => {
    const body = { object: 'too_many_requests_problem_details', details: 'slow down' };
    const answer = await run({ status: 429, headers: { 'retry-after': '3600' }, body });
    expect(extensionsOf(answer)).toEqual({
      code: 'RATE_LIMITED',
      retryable: true,
      retryAfterSeconds: 3600,
      ...key,
      upstream: { status: 429 },
      traceId,
    });
    expect(scripted.calls()).toHaveLength(1);
  });
});

describe.each(errands)('$what without a usable response', ({ run, changes, key }) => {
  const lost = changes ? { outcomeUnknown: true } : {};

  test.each([500, 502, 503, 504])('because of %i', async (status) => {
    const answer = await run({ status, body: { id: 'e-1', object: 'unexpected_internal_error' } });
    expect(extensionsOf(answer)).toEqual({
      code: 'UPSTREAM_UNAVAILABLE',
      retryable: true,
      ...lost,
      ...key,
      upstream: { status, errorId: 'e-1' },
      traceId,
    });
  });

  test('because the connection is lost', async () => {
    const answer = await run({ fault: 'reset' });
    expect(extensionsOf(answer)).toEqual({
      code: 'UPSTREAM_UNAVAILABLE',
      retryable: true,
      ...lost,
      ...key,
      traceId,
    });
  });

  test('in time', async () => {
    const answer = await run({ fault: 'hang' });
    expect(extensionsOf(answer)).toEqual({
      code: 'UPSTREAM_TIMEOUT',
      retryable: true,
      ...lost,
      ...key,
      traceId,
    });
  });
});

describe('a server that refuses connections', () => {
  const closed = useScripted({ env: impatient });
  beforeAll(() => closed.upstream.close());

  test.each(errands)('fails $what as unavailable, with a known outcome', async ({ run, key }) => {
    const answer = await run({}, closed);
    expect(extensionsOf(answer)).toEqual({ code: 'UPSTREAM_UNAVAILABLE', retryable: true, ...key, traceId });
  });
});

describe.each([action, creation])('$what that REST rejects', ({ what, run }) => {
  const subject = what === action.what ? ['id'] : ['targetGroupIds'];
  const rejected = async (answer: ScriptedResponse) => {
    const { data, errors } = await run(answer);
    expect(errors).toEqual([]);
    expect(scripted.calls()).toHaveLength(1);
    const { it } = data as { it: { userErrors: readonly Readonly<Record<string, unknown>>[] } };
    expect(it.userErrors).toHaveLength(1);
    return it.userErrors[0]!;
  };

  test.each([
    [400, 'VALIDATION_FAILED', 'ValidationError', null],
    [404, 'NOT_FOUND', 'NotFoundError', subject],
    [422, 'INVALID_STATE', 'InvalidStateError', subject],
  ])('with %i is a user error: %s', async (status, code, __typename, field) => {
    const body = { id: 'e-1', object: 'some_error', detail: 'the reason' };
    expect(await rejected({ status, body })).toMatchObject({ code, __typename, field });
  });

  test.each([400, 422])("with %i has the API's own message", async (status) => {
    expect(await rejected({ status, body: { detail: 'the goal has been reached' } })).toMatchObject({
      message: 'the goal has been reached',
    });
  });

  test('with 400 names the invalid parameters', async () => {
    const body = [{ name: 'start_fielding_at', reason: 'is in the past' }];
    expect(await rejected({ status: 400, body })).toMatchObject({
      code: 'VALIDATION_FAILED',
      message: 'start_fielding_at: is in the past',
    });
  });

  test.each([
    ['a URL', { detail: 'see http://10.0.0.7:8080/internal for secrets' }],
    ['a token', { detail: 'token eyJhbGciOiJub25lIn0.eyJzZWNyZXRzIjoxfQ. of secrets' }],
    ['a credential', { detail: 'got Bearer secrets' }],
    ['markup', '<html><body>secrets</body></html>'],
    ['a URL in a list of invalid parameters', [{ name: 'x', reason: 'see http://10.0.0.7/secrets' }]],
    ['invalid parameters of an unknown form', { object: 'bad_request_error', invalid_params: ['secrets'] }],
  ])('shows nothing of a body with %s', async (_what, body) => {
    const userError = await rejected({ status: 400, body });
    expect(userError).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(userError['message']).toBe('The Demand API rejected the request as invalid.');
  });
});

describe.each([400, 422])('invalid parameters of a change (%i)', (status) => {
  const PERIOD = `mutation ($input: UpdateFieldingPeriodInput!) {
    it: updateFieldingPeriod(input: $input) { fieldingRun { id } userErrors { __typename code message field } }
  }`;
  const rejection = (...params: [name: string, reason: string][]) => ({
    status,
    body: {
      id: 'e-1',
      object: 'some_error',
      detail: 'The request is not valid.',
      invalid_params: params.map(([name, reason]) => ({ name, reason })),
    },
  });
  const invalid = (message: string, field: string[] | null) => ({
    __typename: 'ValidationError',
    code: 'VALIDATION_FAILED',
    message,
    field,
  });
  const userErrorsOf = ({ data, errors }: Answer<unknown>) => {
    expect(errors).toEqual([]);
    return (data as { it: { userErrors: unknown } }).it.userErrors;
  };

  test('are at the path of the input, in its words', async () => {
    scripted.upstream.on(
      'PUT',
      paths.fieldingRun,
      rejection(
        ['start_fielding_at', 'is in the past'],
        ['/end_fielding_at', 'must be after start_fielding_at'],
        ['If-Match', 'is no entity tag'],
        ['fielding_run_id', 'is of another target group'],
        ['pacing', 'is missing'],
        ['end_fielding_at', 'see http://10.0.0.7/secrets'],
        ['pacing', 'see http://10.0.0.7/secrets'],
      ),
    );
    const input = {
      id: ids.fieldingRun,
      version: '5',
      startAt: '2126-01-01T00:00:00Z',
      endAt: '2126-02-01T00:00:00Z',
    };
    expect(userErrorsOf(await scripted.execute(PERIOD, { input }))).toEqual([
      invalid('`startAt`: is in the past', ['startAt']),
      invalid('`endAt`: must be after `startAt`', ['endAt']),
      invalid('`version`: is no entity tag', ['version']),
      invalid('`id`: is of another target group', ['id']),
      invalid('pacing: is missing', null),
      invalid('`endAt`: The API rejected this value.', ['endAt']),
    ]);
  });

  test('in one sentence are in the words of the input, too', async () => {
    const detail = 'end_fielding_at must be after `start_fielding_at`.';
    scripted.upstream.on('PUT', paths.fieldingRun, { status, body: { object: 'some_error', detail } });
    const input = {
      id: ids.fieldingRun,
      version: '5',
      startAt: '2126-01-01T00:00:00Z',
      endAt: '2126-02-01T00:00:00Z',
    };
    expect(userErrorsOf(await scripted.execute(PERIOD, { input }))).toMatchObject([
      { message: '`endAt` must be after `startAt`.' },
    ]);
  });

  test('that name one target group are at the list', async () => {
    scripted.upstream.on('POST', paths.pauseJobs, rejection(['target_group_id', 'is archived']));
    const input = { targetGroupIds: [ids.targetGroup], idempotencyKey: `key-${status}-one` };
    expect(userErrorsOf(await scripted.execute(CREATE, { input }))).toEqual([
      invalid('`targetGroupIds`: is archived', ['targetGroupIds']),
    ]);
  });

  test.each(['target_group_ids[1]', 'target_group_ids.1', '/target_group_ids/1', 'body.target_group_ids[1]'])(
    'are at the target group of the input: %s',
    async (name) => {
      scripted.upstream.on(
        'POST',
        paths.pauseJobs,
        rejection([name, 'is archived'], ['idempotency-key', 'no']),
      );
      // The duplicate is sent once.
      const targetGroupIds = ['101/P1/T1', '101/P1/T1', '101/P1/T2'];
      const input = { targetGroupIds, idempotencyKey: `key-${status}-${name}` };
      expect(userErrorsOf(await scripted.execute(CREATE, { input }))).toEqual([
        invalid('`targetGroupIds.2`: is archived', ['targetGroupIds', '2']),
        invalid('`idempotencyKey`: no', ['idempotencyKey']),
      ]);
      expect(JSON.parse(scripted.upstream.requests[0]!.body)).toEqual({ target_group_ids: ['T1', 'T2'] });
    },
  );

  test.each([action, creation])('that are not in the input of $what have no path', async ({ run }) => {
    const answer = await run(rejection(['start_fielding_at', 'is in the past'], ['page_size', 'is large']));
    const [first, ...others] = userErrorsOf(answer) as { field: unknown }[];
    if (status === 400) {
      expect([first, ...others]).toEqual([
        invalid('start_fielding_at: is in the past', null),
        invalid('page_size: is large', null),
      ]);
    } else {
      expect(others).toEqual([]);
      expect(first).toMatchObject({
        __typename: 'InvalidStateError',
        message: 'The request is not valid. (start_fielding_at: is in the past; page_size: is large)',
      });
    }
  });
});

describe('a 412', () => {
  test('to an action is a conflict', async () => {
    const { data, errors } = await action.run({ status: 412, body: { object: 'precondition_failed_error' } });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      it: {
        fieldingRun: null,
        userErrors: [{ __typename: 'VersionConflictError', code: 'VERSION_CONFLICT', field: ['version'] }],
      },
    });
    expect(scripted.calls()).toHaveLength(1);
  });

  test.each([query, creation])('to $what is a bad response', async ({ run, key }) => {
    expect(extensionsOf(await run({ status: 412 }))).toEqual({
      code: 'UPSTREAM_BAD_RESPONSE',
      retryable: false,
      ...key,
      upstream: { status: 412 },
      traceId,
    });
  });
});

describe('a query', () => {
  test('for a missing resource is null', async () => {
    const { data, errors } = await query.run({ status: 404, body: { object: 'not_found_error' } });
    expect({ data, errors }).toEqual({ data: { it: null }, errors: [] });
    expect(scripted.calls()).toHaveLength(1);
  });

  test('that REST cannot process (422) has no details', async () => {
    const answer = await query.run({ status: 422, body: { id: 'e-1', detail: 'secret words' } });
    expect(extensionsOf(answer)).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', retryable: false });
    expect(JSON.stringify(answer)).not.toContain('secret words');
  });

  const page = { name: 'page_size', reason: 'must be at most 100' };
  const cursor = { name: 'start_after', reason: 'is no cursor' };
  test.each([
    [{ detail: 'The page is not valid.' }, 'The page is not valid.'],
    [
      { detail: 'The page is not valid.', invalid_params: [page, cursor] },
      'The page is not valid. (page_size: must be at most 100; start_after: is no cursor)',
    ],
    [
      { invalid_params: [page] },
      'The Demand API rejected the request as invalid. (page_size: must be at most 100)',
    ],
    [{ detail: 'No.', invalid_params: null }, 'No.'],
    [
      {
        detail: 'see http://10.0.0.7/',
        invalid_params: [page, { ...cursor, reason: 'see http://10.0.0.7/' }],
      },
      'The Demand API rejected the request as invalid. (page_size: must be at most 100)',
    ],
    ['<html>no</html>', 'The Demand API rejected the request as invalid.'],
  ])('that REST rejects (400) is BAD_USER_INPUT with the reasons: %j', async (body, message) => {
    const answer = await query.run({ status: 400, body });
    expect(extensionsOf(answer)).toMatchObject({
      code: 'BAD_USER_INPUT',
      retryable: false,
      upstream: { status: 400 },
    });
    expect(answer.errors[0]!.message).toBe(message);
  });

  test('without a token makes no call', async () => {
    const answer = await scripted.execute(READ, { id: ids.fieldingRun }, { token: null });
    expect(extensionsOf(answer)).toEqual({ code: 'UNAUTHENTICATED', retryable: false, traceId });
    expect(scripted.calls()).toEqual([]);
  });
});

test('pauses a credential after a 429, and no other one', async () => {
  await query.run({ status: 429, headers: { 'retry-after': '3600' } });
  const { errors } = await scripted.execute(READ, { id: ids.fieldingRun });
  expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
  expect(errors[0]?.extensions?.['retryAfterSeconds']).toBeGreaterThan(3500);
  expect(scripted.calls()).toHaveLength(1);
  await scripted.execute(READ, { id: ids.fieldingRun }, { token: 'another' });
  expect(scripted.calls()).toHaveLength(2);
});

describe('a 422 with invalid parameters that is about the state', () => {
  const FIELDS =
    'userErrors { __typename code message field ... on InvalidStateError { current { status } } }';
  const period = { startAt: '2126-01-01T00:00:00Z', endAt: '2126-02-01T00:00:00Z' };
  const status = { name: 'status', reason: 'must be live' };
  const ofThePeriod = { name: 'end_fielding_at', reason: 'cannot change' };
  const ifMatch = { name: 'If-Match', reason: 'is of another state' };

  test.each([
    ['pauseFieldingRun', 'invalid_state_error', status, 'The run is paused. (status: must be live)'],
    ['pauseFieldingRun', 'some_error', ofThePeriod, 'The run is paused. (end_fielding_at: cannot change)'],
    ['pauseFieldingRun', 'some_error', ifMatch, 'The run is paused. (`version`: is of another state)'],
    [
      'updateFieldingPeriod',
      'invalid_state_error',
      ofThePeriod,
      'The run is paused. (`endAt`: cannot change)',
    ],
    ['updateFieldingPeriod', 'some_error', status, 'The run is paused. (status: must be live)'],
  ])(
    'of %s, %s, is an InvalidStateError with the current state',
    async (mutation, object, param, message) => {
      const isPeriod = mutation === 'updateFieldingPeriod';
      const body = { object, detail: 'The run is paused.', invalid_params: [param] };
      const path = isPeriod ? paths.fieldingRun : `${paths.fieldingRun}/pause`;
      scripted.upstream.on(isPeriod ? 'PUT' : 'POST', path, { status: 422, body });
      scripted.upstream.on('GET', paths.fieldingRun, { headers: { etag: 'W/"5"' }, body: rest.fieldingRun });
      const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!`;
      const { data, errors } = await scripted.execute(
        `mutation ($input: ${type}) { it: ${mutation}(input: $input) { ${FIELDS} } }`,
        { input: { id: ids.fieldingRun, version: '5', ...(isPeriod && period) } },
      );
      expect({ data, errors }).toEqual({
        data: {
          it: {
            userErrors: [
              {
                __typename: 'InvalidStateError',
                code: 'INVALID_STATE',
                message,
                field: ['id'],
                current: { status: 'PAUSED' },
              },
            ],
          },
        },
        errors: [],
      });
    },
  );

  test('of a job is one InvalidStateError', async () => {
    const params = [{ name: 'target_group_ids[0]', reason: 'is archived' }];
    const body = { object: 'invalid_state_error', invalid_params: params };
    expect((await creation.run({ status: 422, body })).data).toMatchObject({
      it: {
        userErrors: [
          {
            __typename: 'InvalidStateError',
            field: ['targetGroupIds'],
            message:
              'The current state of the target groups does not allow this change. (`targetGroupIds.0`: is archived)',
          },
        ],
      },
    });
  });

  test('of the launch of a draft is about the target group', async () => {
    scripted.upstream.on('POST', paths.launchJobs, { status: 422, body: { object: 'invalid_state_error' } });
    const { data } = await scripted.execute(
      `mutation ($input: LaunchDraftTargetGroupInput!) {
        it: launchDraftTargetGroup(input: $input) { userErrors { message } }
      }`,
      { input: { id: ids.targetGroup, endAt: period.endAt } },
    );
    expect(data).toMatchObject({
      it: {
        userErrors: [{ message: 'The current state of the target group does not allow this change.' }],
      },
    });
  });
});

describe('one of several mutations that fails', () => {
  const SEVERAL = `mutation ($job: PauseTargetGroupsInput!, $run: ResumeFieldingRunInput!) {
    kind: __typename
    job: pauseTargetGroups(input: $job) { idempotencyKey }
    run: resumeFieldingRun(input: $run) { userErrors { message } }
  }`;
  const variables = {
    job: { targetGroupIds: [ids.targetGroup] },
    run: { id: ids.fieldingRun, version: '5' },
  };
  const created = {
    status: 201,
    headers: { location: '/v1/demand/accounts/101/projects/P1/batch-jobs/pause/J1' },
  };
  const limited = { status: 429, headers: { 'retry-after': '3600' } };
  const retryables = async (job: ScriptedResponse, run: ScriptedResponse): Promise<object> => {
    scripted.upstream.on('POST', paths.pauseJobs, job);
    scripted.upstream.on('POST', `${paths.fieldingRun}/resume`, run);
    const { errors } = await scripted.execute(SEVERAL, variables);
    const entries = errors.map(
      ({ path, extensions }) => [path?.[0], [extensions?.['code'], extensions?.['retryable']]] as const,
    );
    return Object.fromEntries(entries) as object;
  };

  test.each([
    ['a 503', { status: 503 }, 'UPSTREAM_UNAVAILABLE'],
    ['a 429', limited, 'RATE_LIMITED'],
  ])('with %s is not retryable if another one has an effect', async (_what, response, code) => {
    expect(await retryables(created, response)).toEqual({ run: [code, false] });
  });

  test('is not retryable if the outcome of another one is unknown', async () => {
    expect(await retryables({ status: 503 }, limited)).toEqual({
      job: ['UPSTREAM_UNAVAILABLE', true],
      run: ['RATE_LIMITED', false],
    });
  });

  test('is not retryable if the payload of another one cannot be shown', async () => {
    scripted.upstream.on('POST', paths.pauseJobs, created);
    scripted.upstream.on('POST', `${paths.fieldingRun}/resume`, limited);
    scripted.upstream.on('GET', paths.batchJob, { status: 403 });
    const document = SEVERAL.replace('{ idempotencyKey }', '{ batchJob { status } }');
    const { errors } = await scripted.execute(document, variables);
    expect(errors.map(({ extensions }) => extensions?.['retryable'])).toEqual(errors.map(() => false));
  });

  test('is retryable if none has an effect', async () => {
    expect(await retryables(limited, limited)).toEqual({
      job: ['RATE_LIMITED', true],
      run: ['RATE_LIMITED', true],
    });
  });
});

describe('what REST rejects of a query', () => {
  const group = (fields: string) => `{ targetGroup(id: "101/P1/T1") { ${fields} } }`;
  const groups = (args: string) => `{ targetGroups(projectId: "101/P1", ${args}) { nodes { id } } }`;
  const projects = (args: string) => `{ projects(accountId: "101", ${args}) { nodes { id } } }`;
  const entries = (args: string) => group(`changelog(${args}) { nodes { occurredAt } }`);
  const selection = (args: string) =>
    `{ targetGroupTransitions(projectId: "101/P1", selection: { ${args} }) { allowedActions } }`;

  test.each([
    [group('completesOverTime(interval: "P1D") { at }'), 'aggregation_interval', 'interval'],
    [entries('first: 3'), 'page_size', 'first'],
    [entries('after: "c"'), 'start_after', 'after'],
    [projects('first: 3'), 'page_size', 'first'],
    [projects('after: "c"'), 'page_size', 'first'],
    [projects('last: 3, before: "c"'), 'page_size', 'last'],
    [projects('before: "c"'), 'end_before', 'before'],
    [projects('filter: { search: "abcde" }'), 'search_string', 'filter.search'],
    [projects('filter: { name: "a" }'), 'name', 'filter.name'],
    [projects('filter: { status: ACTIVE }'), 'status', 'filter.status'],
    [projects('first: 3'), 'project_manager_id', 'filter.projectManagerId'],
    [projects('first: 3'), 'account_id', 'accountId'],
    [groups('after: "c"'), 'start_after', 'after'],
    [groups('first: 3'), 'status[0]', 'filter.status.0'],
    [groups('first: 3'), 'search_string', 'filter.search'],
    [groups('first: 3'), 'country', 'filter.country'],
    [groups('first: 3'), 'language', 'filter.language'],
    [groups('first: 3'), 'human_readable_ids.2', 'filter.humanReadableIds.2'],
    [groups('first: 3'), 'name', 'filter.name'],
    [groups('first: 3'), 'target_group_customer_reference_numbers', 'filter.customerReferenceNumbers'],
    [groups('first: 3'), 'project_manager_id', 'filter.projectManagerId'],
    [groups('first: 3'), 'exclusion_status', 'filter.exclusionStatus'],
    [groups('first: 3'), 'project_id', 'projectId'],
    [selection('search: "a"'), 'search_string', 'selection.search'],
    [selection('status: [LIVE]'), 'filters.status[0]', 'selection.status'],
    [selection('country: ["us"]'), 'filters.country', 'selection.country'],
    [selection('language: ["eng"]'), 'filters.language', 'selection.language'],
    [selection('search: "a"'), 'included_target_group_ids[1]', 'selection.includedTargetGroupIds'],
    [selection('search: "a"'), 'excluded_target_group_ids', 'selection.excludedTargetGroupIds'],
    [group('name'), 'target_group_id', 'id'],
    ['{ project(id: "101/P1") { name } }', 'project_id', 'id'],
    ['{ fieldingRun(id: "101/P1/T1/R1") { status } }', 'fielding_run_id', 'id'],
    ['{ targetGroupByRawId(targetGroupId: "T1") { id } }', 'target_group_id', 'targetGroupId'],
  ])('names the argument: %s, %s', async (document, name, argument) => {
    const body = { detail: 'No.', invalid_params: [{ name, reason: 'is not valid' }] };
    scripted.upstream.on('GET', /./, { status: 400, body });
    scripted.upstream.on('POST', /./, { status: 400, body });
    if (/changelog|completes/.test(document)) {
      scripted.upstream.on('GET', `${paths.targetGroup}/overview`, { body: rest.overview });
    }
    const { errors } = await scripted.execute(document);
    expect(errors).toMatchObject([{ message: `No. (\`${argument}\`: is not valid)` }]);
  });

  test.each([
    ['page_size must be at most 50.', 'must be at most 50', '`first` must be at most 50.'],
    ['`page_size`: must be at most 50', 'must be at most 50.', '`first`: must be at most 50'],
    ['Must be at most 50.', 'must be at most 50', '`first`: must be at most 50'],
    ['Too many.', 'must be at most 50', 'Too many. (`first`: must be at most 50)'],
  ])('is said once: %s', async (detail, reason, message) => {
    const body = { detail, invalid_params: [{ name: 'page_size', reason }] };
    scripted.upstream.on('GET', /./, { status: 400, body });
    const { errors } = await scripted.execute(projects('first: 60'));
    expect(errors).toMatchObject([{ message }]);
  });
});
