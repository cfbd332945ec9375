import { describe, expect, test } from '@jest/globals';
import { ids, paths, rest } from './demand.js';
import { useScripted } from './scripted.js';

const scripted = useScripted();

const RUN = `query ($id: ID!) {
  fieldingRun(id: $id) { status version startAt endAt lastChangedAt lastChangedBy }
}`;

const badResponse = (...path: readonly (string | number)[]) => ({
  path,
  extensions: expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE', retryable: false }),
});

function readRun(body: object) {
  scripted.upstream.on('GET', paths.fieldingRun, { body });
  return scripted.execute<{ fieldingRun: unknown }, object>(RUN, { id: ids.fieldingRun });
}

describe('accepts a body with more or less than the contract documents', () => {
  const { id, status, version } = rest.fieldingRun;
  const nothingElse = { startAt: null, endAt: null, lastChangedAt: null, lastChangedBy: null };

  test('with unknown properties', async () => {
    const { data, errors } = await readRun({ ...rest.fieldingRun, mood: 'fine', goals: [{ deep: null }] });
    expect(errors).toEqual([]);
    expect(data?.fieldingRun).toMatchObject({ status: 'PAUSED', version: '5' });
  });

  test.each([
    ['without optional properties', { id, status, version }],
    [
      'with nulls for optional properties',
      {
        ...{ id, status, version },
        ...{ start_fielding_at: null, end_fielding_at: null, last_changed_at: null, last_changed_by: null },
      },
    ],
  ])('%s', async (_what, body) => {
    const { data, errors } = await readRun(body);
    expect({ data, errors }).toEqual({
      data: { fieldingRun: { status: 'PAUSED', version: '5', ...nothingElse } },
      errors: [],
    });
  });
});

describe('a malformed value fails the field that needs it', () => {
  test.each([
    ['lastChangedBy', { last_changed_by: 7 }],
    ['startAt', { start_fielding_at: 'soon' }],
    ['endAt', { end_fielding_at: { at: 'never' } }],
    ['lastChangedAt', { last_changed_at: '2026-13-45' }],
  ])('%s, and its siblings succeed', async (field, broken) => {
    const { data, errors } = await readRun({ ...rest.fieldingRun, ...broken });
    expect(data?.fieldingRun).toMatchObject({ status: 'PAUSED', version: '5', [field]: null });
    expect(errors).toMatchObject([badResponse('fieldingRun', field)]);
  });

  test.each([
    ['status', { status: undefined }],
    ['status', { status: 3 }],
    ['version', { version: undefined }],
    ['version', { version: '5' }],
    ['version', { version: -1 }],
    ['version', { version: 1e21 }],
  ])('%s, which is non-null, with its object; other objects succeed', async (field, broken) => {
    scripted.upstream.on('GET', '/accounts', { body: { accounts: [{ id: 101 }] } });
    scripted.upstream.on('GET', paths.fieldingRun, { body: { ...rest.fieldingRun, ...broken } });
    const { data, errors } = await scripted.execute(
      'query ($id: ID!) { fieldingRun(id: $id) { id status version } accounts { id } }',
      { id: ids.fieldingRun },
    );
    expect(data).toEqual({ fieldingRun: null, accounts: [{ id: '101' }] });
    expect(errors).toMatchObject([badResponse('fieldingRun', field)]);
  });

  test('and nothing if the field is not selected', async () => {
    scripted.upstream.on('GET', paths.fieldingRun, { body: { ...rest.fieldingRun, status: 3 } });
    const { data, errors } = await scripted.execute('query ($id: ID!) { fieldingRun(id: $id) { version } }', {
      id: ids.fieldingRun,
    });
    expect({ data, errors }).toEqual({ data: { fieldingRun: { version: '5' } }, errors: [] });
  });

  test('inside a nested object', async () => {
    const progress = { ...rest.overview.progress, current_completes: 'three' };
    scripted.upstream.on('GET', `${paths.targetGroup}/overview`, { body: { ...rest.overview, progress } });
    const { data, errors } = await scripted.execute(
      'query ($id: ID!) { targetGroup(id: $id) { name progress { currentCompletes } statistics { conversionRate } } }',
      { id: ids.targetGroup },
    );
    expect(data).toEqual({
      targetGroup: { name: 'Cats', progress: null, statistics: { conversionRate: 0.5 } },
    });
    expect(errors).toMatchObject([badResponse('targetGroup', 'progress', 'currentCompletes')]);
  });
});

describe('a malformed item of a list', () => {
  const LIST = `query ($id: ID!) {
    projects(accountId: $id, first: 3) { edges { node { id name } } nodes { id name } pageInfo { endCursor } }
  }`;
  const pets = { id: 'P1', name: 'Pets' };
  const cars = { id: 'P3', name: 'Cars' };
  const node = ({ id, name }: typeof pets) => ({ id: `101/${id}`, name });

  async function list(items: readonly unknown[], more: object = {}) {
    scripted.upstream.on('GET', paths.projects, { body: { projects: items, has_more: false, ...more } });
    return scripted.execute(LIST, { id: ids.account });
  }

  test.each([
    ['without an id', { name: 'Boats' }],
    ['with a number for an id', { id: 2, name: 'Boats' }],
    ['that is null', null],
    ['that is a text', 'Boats'],
  ])('%s is null, and the others succeed', async (_what, broken) => {
    const { data, errors } = await list([pets, broken, cars]);
    const nodes = [node(pets), null, node(cars)];
    expect(data).toEqual({
      projects: {
        edges: nodes.map((each) => each && { node: each }),
        nodes,
        pageInfo: { endCursor: 'P3' },
      },
    });
    expect(errors).toMatchObject([badResponse('projects', 'edges', 1), badResponse('projects', 'nodes', 1)]);
  });

  test('without a property is null in that field', async () => {
    const { data, errors } = await list([pets, { id: 'P2' }]);
    expect(data).toMatchObject({ projects: { nodes: [node(pets), { id: '101/P2', name: null }] } });
    expect(errors).toMatchObject([
      badResponse('projects', 'edges', 1, 'node', 'name'),
      badResponse('projects', 'nodes', 1, 'name'),
    ]);
  });

  test.each([{ projects: undefined }, { projects: null }, { projects: 'none' }, { has_more: 'maybe' }])(
    'differs from a malformed list: %j',
    async (broken) => {
      const { data, errors } = await list([pets], broken);
      expect(data).toEqual({ projects: null });
      expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_BAD_RESPONSE' } }]);
    },
  );
});

describe('an unknown enum value is UNKNOWN:', () => {
  test('the status of a fielding run, which then allows no action', async () => {
    scripted.upstream.on('GET', paths.fieldingRun, { body: { ...rest.fieldingRun, status: 'Hibernating' } });
    const { data, errors } = await scripted.execute(
      'query ($id: ID!) { fieldingRun(id: $id) { status availableActions } }',
      { id: ids.fieldingRun },
    );
    expect({ data, errors }).toEqual({
      data: { fieldingRun: { status: 'UNKNOWN', availableActions: [] } },
      errors: [],
    });
  });

  test.each([
    ['a target group', 'targetGroup', ids.targetGroup, `${paths.targetGroup}/overview`, rest.overview],
    ['a project', 'project', ids.project, `${paths.project}/overview`, rest.project],
    ['a batch job', 'batchJob', ids.batchJob, paths.batchJob, rest.batchJob],
  ])('the status of %s', async (_what, field, id, path, body) => {
    scripted.upstream.on('GET', path, { body: { ...body, status: 'hibernating' } });
    const { data, errors } = await scripted.execute(`query ($id: ID!) { it: ${field}(id: $id) { status } }`, {
      id,
    });
    expect({ data, errors }).toEqual({ data: { it: { status: 'UNKNOWN' } }, errors: [] });
  });

  test('a job with such a status counts as in progress', async () => {
    scripted.upstream.on('GET', paths.batchJob, { body: { ...rest.batchJob, status: 'Dreaming' } });
    const { data } = await scripted.execute('query ($id: ID!) { batchJob(id: $id) { pollAfterSeconds } }', {
      id: ids.batchJob,
    });
    expect(data).toEqual({ batchJob: { pollAfterSeconds: 10 } });
  });
});
