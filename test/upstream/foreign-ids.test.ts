import { describe, expect, test } from '@jest/globals';
import { ids, paths, rest } from './demand.js';
import { useScripted } from './scripted.js';

const scripted = useScripted();

/** Ids that would change the target of a URL if they were not escaped. */
const hostile = [
  '../../x',
  '..',
  'a/b',
  'a%2Fb',
  '%2e%2e',
  'a?b=c',
  'a#b',
  'a\\b',
  '//evil',
  '',
  ' ',
  'é',
  'x'.repeat(129),
];

function badAt(...path: readonly (string | number)[]) {
  return [{ path, extensions: { code: 'UPSTREAM_BAD_RESPONSE', retryable: false } }];
}

describe.each(hostile)('the id %j in a response never reaches a URL', (hostileId) => {
  test('as the id of a target group in a list', async () => {
    scripted.upstream.on('GET', paths.targetGroups, {
      body: { target_groups: [{ ...rest.targetGroup, id: hostileId }, rest.targetGroup], has_more: false },
    });
    scripted.upstream.on('GET', paths.fieldingRuns, { body: { data: [rest.fieldingRun], has_more: false } });
    const { data, errors } = await scripted.execute(
      'query ($id: ID!) { targetGroups(projectId: $id) { nodes { name fieldingRun { status } } } }',
      { id: ids.project },
    );
    expect(data).toEqual({
      targetGroups: {
        nodes: [null, { name: 'Cats', fieldingRun: { status: 'PAUSED' } }],
      },
    });
    expect(errors).toMatchObject(badAt('targetGroups', 'nodes', 0));
    expect(scripted.calls()).toEqual([
      `GET /v1${paths.targetGroups}?page_size=10`,
      `GET /v1${paths.fieldingRuns}`,
    ]);
  });

  test('as the id of a project in a list', async () => {
    scripted.upstream.on('GET', paths.projects, {
      body: { projects: [{ ...rest.project, id: hostileId }, rest.project], has_more: false },
    });
    scripted.upstream.on('GET', paths.targetGroups, { body: { target_groups: [], has_more: false } });
    const { data, errors } = await scripted.execute(
      'query ($id: ID!) { projects(accountId: $id) { nodes { name targetGroups { nodes { name } } } } }',
      { id: ids.account },
    );
    expect(data).toEqual({
      projects: { nodes: [null, { name: 'Pets', targetGroups: { nodes: [] } }] },
    });
    expect(errors).toMatchObject(badAt('projects', 'nodes', 0));
    expect(scripted.calls()).toEqual([
      `GET /v1${paths.projects}?page_size=10`,
      `GET /v1${paths.targetGroups}?page_size=10`,
    ]);
  });

  test('as the id of a target group in a job', async () => {
    const named = (id: string) => ({ target_group_id: id, target_group_name: 'Cats' });
    const updated_target_groups = { data: [named(hostileId), named('T1')] };
    const failed_target_groups = { data: [{ ...named(hostileId), failure_reason: {} }] };
    const body = { ...rest.batchJob, updated_target_groups, failed_target_groups };
    scripted.upstream.on('GET', paths.batchJob, { body });
    scripted.upstream.on('GET', `${paths.targetGroup}/overview`, { body: rest.overview });
    const { data, errors } = await scripted.execute(
      `query ($id: ID!) { batchJob(id: $id) {
        updatedTargetGroups { name targetGroup { status } } failedTargetGroups { name }
      } }`,
      { id: ids.batchJob },
    );
    expect(data).toEqual({
      batchJob: {
        updatedTargetGroups: [null, { name: 'Cats', targetGroup: { status: 'LIVE' } }],
        failedTargetGroups: [null],
      },
    });
    expect(errors).toMatchObject([
      ...badAt('batchJob', 'updatedTargetGroups', 0),
      ...badAt('batchJob', 'failedTargetGroups', 0),
    ]);
    expect(scripted.calls()).toEqual([`GET /v1${paths.batchJob}`, `GET /v1${paths.targetGroup}/overview`]);
  });

  test('as the id of the fielding run of a target group', async () => {
    scripted.upstream.on('GET', `${paths.targetGroup}/overview`, { body: rest.overview });
    scripted.upstream.on('GET', paths.fieldingRuns, {
      body: { data: [{ ...rest.fieldingRun, id: hostileId }], has_more: false },
    });
    const { data, errors } = await scripted.execute(
      'query ($id: ID!) { targetGroup(id: $id) { name fieldingRun { id } } }',
      { id: ids.targetGroup },
    );
    expect(data).toEqual({ targetGroup: { name: 'Cats', fieldingRun: null } });
    expect(errors).toMatchObject(badAt('targetGroup', 'fieldingRun'));
  });
});

test('ignores the parent ids in a body', async () => {
  scripted.upstream.on('GET', paths.fieldingRun, {
    body: { ...rest.fieldingRun, id: 'R9', account_id: '999', project_id: 'P9', target_group_id: '../T9' },
  });
  scripted.upstream.on('GET', `${paths.targetGroup}/overview`, { body: rest.overview });
  const { data, errors } = await scripted.execute(
    'query ($id: ID!) { fieldingRun(id: $id) { id targetGroup { id name project { id account { id } } } } }',
    { id: ids.fieldingRun },
  );
  expect({ data, errors }).toEqual({
    data: {
      fieldingRun: {
        id: ids.fieldingRun,
        targetGroup: {
          id: ids.targetGroup,
          name: 'Cats',
          project: { id: ids.project, account: { id: '101' } },
        },
      },
    },
    errors: [],
  });
});

test.each([
  '../../x?page_size=99&y=1#z',
  'white space',
  '100%25 %',
  'a+b=c&start_after=d',
  'é日本😀',
  'line\nbreak\r\n\t\u0000\u007f',
  '"quoted\\"',
  'x'.repeat(12_000),
])('passes an issued cursor, %j, unchanged in the query', async (cursor) => {
  scripted.upstream.on('GET', paths.targetGroups, {
    body: { target_groups: [rest.targetGroup], has_more: true, next_cursor: cursor },
  });
  const list = `query ($id: ID!, $after: String) {
    targetGroups(projectId: $id, first: 1, after: $after) { edges { cursor } pageInfo { endCursor } }
  }`;
  const { data } = await scripted.execute<{ targetGroups: unknown }, object>(list, { id: ids.project });
  expect(data).toEqual({
    targetGroups: { edges: [{ cursor }], pageInfo: { endCursor: cursor } },
  });
  scripted.upstream.on('GET', paths.targetGroups, { body: { target_groups: [], has_more: false } });
  const next = await scripted.execute(list, { id: ids.project, after: cursor });
  expect(next.errors).toEqual([]);
  const url = new URL(scripted.upstream.requests.at(-1)!.path, scripted.upstream.url);
  expect(url.pathname).toBe(`/v1${paths.targetGroups}`);
  expect([...url.searchParams]).toEqual([
    ['page_size', '1'],
    ['start_after', cursor],
  ]);
});

test.each([
  ['empty', ''],
  ['not to be written in a URL', 'a\ud800b'],
  ['too long for a URL', '~'.repeat(6_000)],
])('issues the id of the item instead of a REST cursor that is %s', async (_what, next_cursor) => {
  scripted.upstream.on('GET', paths.targetGroups, {
    body: { target_groups: [rest.targetGroup], has_more: true, next_cursor },
  });
  const { data, errors } = await scripted.execute(
    'query ($id: ID!) { targetGroups(projectId: $id) { edges { cursor } pageInfo { hasNextPage endCursor } } }',
    { id: ids.project },
  );
  expect({ data, errors }).toEqual({
    data: {
      targetGroups: { edges: [{ cursor: 'T1' }], pageInfo: { hasNextPage: true, endCursor: 'T1' } },
    },
    errors: [],
  });
});

test.each([
  '0101',
  '0101/P1',
  '2147483648',
  '101/P1/..',
  '101/P1/T1/../..',
  '101/P1%2F..',
  '101/P1/T1?x',
  '101/../P1',
])('rejects the id %j in a query before any call', async (id) => {
  const { errors } = await scripted.execute('query ($id: ID!) { node(id: $id) { id } }', { id });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(scripted.calls()).toEqual([]);
});
