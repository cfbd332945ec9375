import { describe, expect, test } from '@jest/globals';
import { ids, paths, rest } from './demand.js';
import { useScripted } from './scripted.js';

const scripted = useScripted();

/** Ids that would lead elsewhere, if they were put into a URL as they came. */
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

describe.each(hostile)('the id %j in an answer never reaches a URL', (hostileId) => {
  test('as that of a target group in a list', async () => {
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
        nodes: [
          { name: 'Cats', fieldingRun: null },
          { name: 'Cats', fieldingRun: { status: 'PAUSED' } },
        ],
      },
    });
    expect(errors).toMatchObject(badAt('targetGroups', 'nodes', 0, 'fieldingRun'));
    expect(scripted.calls()).toEqual([
      `GET /v1${paths.targetGroups}?page_size=10`,
      `GET /v1${paths.fieldingRuns}`,
    ]);
  });

  test('as that of a project in a list', async () => {
    scripted.upstream.on('GET', paths.projects, {
      body: { projects: [{ ...rest.project, id: hostileId }], has_more: false },
    });
    const { data, errors } = await scripted.execute(
      'query ($id: ID!) { projects(accountId: $id) { nodes { name targetGroups { nodes { name } } } } }',
      { id: ids.account },
    );
    expect(data).toEqual({ projects: { nodes: [{ name: 'Pets', targetGroups: null }] } });
    expect(errors).toMatchObject(badAt('projects', 'nodes', 0, 'targetGroups'));
    expect(scripted.calls()).toEqual([`GET /v1${paths.projects}?page_size=10`]);
  });

  test('as that of a target group in a job', async () => {
    const updated_target_groups = { data: [{ target_group_id: hostileId, target_group_name: 'Cats' }] };
    scripted.upstream.on('GET', paths.batchJob, { body: { ...rest.batchJob, updated_target_groups } });
    const { data, errors } = await scripted.execute(
      'query ($id: ID!) { batchJob(id: $id) { updatedTargetGroups { name targetGroup { name } } } }',
      { id: ids.batchJob },
    );
    expect(data).toEqual({ batchJob: { updatedTargetGroups: [{ name: 'Cats', targetGroup: null }] } });
    expect(errors).toMatchObject(badAt('batchJob', 'updatedTargetGroups', 0, 'targetGroup'));
    expect(scripted.calls()).toEqual([`GET /v1${paths.batchJob}`]);
  });
});

test('what a body says of its own place is not believed', async () => {
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

test('a cursor goes into the query whole, whatever it is', async () => {
  const after = '../../x?page_size=99&y=1#z';
  scripted.upstream.on('GET', paths.targetGroups, { body: { target_groups: [], has_more: false } });
  await scripted.execute(
    'query ($id: ID!, $after: String) { targetGroups(projectId: $id, after: $after) { nodes { id } } }',
    {
      id: ids.project,
      after,
    },
  );
  const [request] = scripted.upstream.requests;
  const url = new URL(request!.path, scripted.upstream.url);
  expect(url.pathname).toBe(`/v1${paths.targetGroups}`);
  expect([...url.searchParams]).toEqual([
    ['page_size', '10'],
    ['start_after', after],
  ]);
});

test.each(['101/P1/..', '101/P1/T1/../..', '101/P1%2F..', '101/P1/T1?x', '101/../P1'])(
  'the id %j in a query is refused before any call',
  async (id) => {
    const { errors } = await scripted.execute('query ($id: ID!) { node(id: $id) { id } }', { id });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(scripted.calls()).toEqual([]);
  },
);
