import { describe, expect, test } from '@jest/globals';
import { ids, paths, rest } from './demand.js';
import { impatient, useScripted } from './scripted.js';

const scripted = useScripted();

type Path = readonly (string | number)[];

function badAt(...path: Path) {
  return { path, extensions: expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE', retryable: false }) };
}

async function ask(selection: string, id?: string) {
  const variables = id === undefined ? '' : '($id: ID!)';
  const { data, errors } = await scripted.execute<object, object>(`query ${variables} { ${selection} }`, {
    id,
  });
  return { data, errors };
}

describe.each([
  ['2025-12-18', (item: object) => item],
  ['older versions', (item: object) => ({ ...item, target_group_name: 'Cats' })],
])('in a job in the shape of %s of the API', (_version, shaped) => {
  const reason = { code: 'TargetGroupNotFound', description: 'There is no such target group.' };
  const item = (id: string) => shaped({ target_group_id: id, failure_reason: reason });
  const JOB = `batchJob(id: $id) {
    id status createdAt pollAfterSeconds
    updatedTargetGroups { targetGroupId targetGroup { id } }
    failedTargetGroups { targetGroupId targetGroup { id } failureReason { code description } }
  }`;
  const sound = {
    id: ids.batchJob,
    status: 'COMPLETED',
    createdAt: rest.batchJob.created_at,
    pollAfterSeconds: null,
    updatedTargetGroups: [{ targetGroupId: 'T1', targetGroup: { id: '101/P1/T1' } }],
    failedTargetGroups: [{ targetGroupId: 'T1', targetGroup: { id: '101/P1/T1' }, failureReason: reason }],
  };

  function read(more: object) {
    const list = { data: [item('T1')], has_more: false };
    scripted.upstream.on('GET', paths.batchJob, {
      body: { ...rest.batchJob, updated_target_groups: list, failed_target_groups: list, ...more },
    });
    return ask(JOB, ids.batchJob);
  }

  const groups = [
    ['updatedTargetGroups', 'updated_target_groups'],
    ['failedTargetGroups', 'failed_target_groups'],
  ] as const;

  describe.each(groups)('one of %s', (field, property) => {
    test.each([
      ['is null', null],
      ['is a text', 'T2'],
      ['is a number', 2],
      ['is a list', []],
      ['lacks its id', shaped({ failure_reason: reason })],
      ['has a number for an id', { ...item('T2'), target_group_id: 2 }],
      ['has null for an id', { ...item('T2'), target_group_id: null }],
      ['has an object for an id', { ...item('T2'), target_group_id: { id: 'T2' } }],
      ['has an empty id', item('')],
      ['has `..` for an id', item('..')],
      ['has an id with a slash', item('T2/x')],
    ])('that %s is null, and its siblings succeed', async (_what, broken) => {
      const { data, errors } = await read({ [property]: { data: [item('T1'), broken, item('T3')] } });
      const [first] = sound[field];
      const third = { ...first, targetGroupId: 'T3', targetGroup: { id: '101/P1/T3' } };
      expect(data).toEqual({ batchJob: { ...sound, [field]: [first, null, third] } });
      expect(errors).toEqual([expect.objectContaining(badAt('batchJob', field, 1))]);
    });
  });

  describe.each(groups)('the list %s', (field, property) => {
    test.each([
      ['without `data`', {}],
      ['whose `data` is null', { data: null }],
      ['whose `data` is a text', { data: 'none' }],
      ['whose `data` is an object', { data: { 0: item('T1') } }],
      ['that is a text', 'none'],
      ['that is a list itself', [item('T1')]],
    ])('%s is null, and the rest of the job succeeds', async (_what, broken) => {
      const { data, errors } = await read({ [property]: broken });
      expect(data).toEqual({ batchJob: { ...sound, [field]: null } });
      expect(errors).toEqual([expect.objectContaining(badAt('batchJob', field))]);
    });

    test.each([undefined, null])('is empty if the API omits it (%s)', async (missing) => {
      const { data, errors } = await read({ [property]: missing });
      expect({ data, errors }).toEqual({ data: { batchJob: { ...sound, [field]: [] } }, errors: [] });
    });
  });

  test.each([
    ['without a code', { description: 'Gone.' }, { code: null, description: 'Gone.' }],
    ['without a description', { code: 'Gone' }, { code: 'Gone', description: null }],
    ['with neither', {}, { code: null, description: null }],
    ['with nulls', { code: null, description: null }, { code: null, description: null }],
  ])('shows the valid parts of a reason %s', async (_what, failure_reason, failureReason) => {
    const broken = { ...item('T2'), failure_reason };
    const { data, errors } = await read({ failed_target_groups: { data: [broken, item('T1')] } });
    const failed = { targetGroupId: 'T2', targetGroup: { id: '101/P1/T2' }, failureReason };
    expect({ data, errors }).toEqual({
      data: { batchJob: { ...sound, failedTargetGroups: [failed, ...sound.failedTargetGroups] } },
      errors: [],
    });
  });

  test.each([
    ['that is null', { failure_reason: null }],
    ['that is missing', { failure_reason: undefined }],
    ['that is a text', { failure_reason: 'Gone' }],
    ['that is a list', { failure_reason: [reason] }],
  ])('a reason %s is null, and its target group succeeds', async (_what, broken) => {
    const { data, errors } = await read({
      failed_target_groups: { data: [{ ...item('T2'), ...broken }, item('T1')] },
    });
    const failed = { targetGroupId: 'T2', targetGroup: { id: '101/P1/T2' }, failureReason: null };
    expect(data).toEqual({
      batchJob: { ...sound, failedTargetGroups: [failed, ...sound.failedTargetGroups] },
    });
    expect(errors).toEqual([
      expect.objectContaining(badAt('batchJob', 'failedTargetGroups', 0, 'failureReason')),
    ]);
  });

  test.each(['code', 'description'])('a malformed %s of a reason is null alone', async (name) => {
    const broken = { ...item('T2'), failure_reason: { ...reason, [name]: 7 } };
    const { data, errors } = await read({ failed_target_groups: { data: [broken] } });
    const failureReason = { ...reason, [name]: null };
    const failed = { targetGroupId: 'T2', targetGroup: { id: '101/P1/T2' }, failureReason };
    expect(data).toEqual({ batchJob: { ...sound, failedTargetGroups: [failed] } });
    expect(errors).toEqual([
      expect.objectContaining(badAt('batchJob', 'failedTargetGroups', 0, 'failureReason', name)),
    ]);
  });

  test('a malformed creation time is null alone: `pollAfterSeconds` is still set', async () => {
    const { data, errors } = await read({ status: 'Processing', created_at: 'soon' });
    expect(data).toEqual({
      batchJob: { ...sound, status: 'PROCESSING', createdAt: null, pollAfterSeconds: 1 },
    });
    expect(errors).toEqual([expect.objectContaining(badAt('batchJob', 'createdAt'))]);
  });
});

describe('an account', () => {
  const readAccounts = (accounts: unknown, selection: string, id?: string) => {
    scripted.upstream.on('GET', '/accounts', { body: { accounts } });
    return ask(selection, id);
  };
  const broken = [
    ['that is null', null],
    ['that is a text', '102'],
    ['that is a number', 102],
    ['without an id', { name: 'Lost' }],
    ['with a text for an id', { id: '102' }],
    ['with null for an id', { id: null }],
    ['with a negative id', { id: -102 }],
    ['with a fraction for an id', { id: 102.5 }],
    ['with an id beyond 32 bits', { id: 2 ** 31 }],
    ['with an id beyond any integer', { id: 1e21 }],
  ] as const;

  test.each(broken)('%s is null, and its siblings succeed', async (_what, one) => {
    const { data, errors } = await readAccounts(
      [{ id: 101, name: 'Northwind' }, one, { id: 103 }],
      'accounts { id name }',
    );
    expect(data).toMatchObject({
      accounts: [{ id: '101', name: 'Northwind' }, null, { id: '103', name: null }],
    });
    expect(errors).toEqual([expect.objectContaining(badAt('accounts', 1))]);
  });

  test.each(broken)('%s hides no other account, and an unknown id is an error', async (_what, one) => {
    const accounts = [one, { id: 101, name: 'Northwind' }];
    const found = await readAccounts(accounts, 'account(id: $id) { id name }', '101');
    expect(found).toMatchObject({ data: { account: { id: '101', name: 'Northwind' } }, errors: [] });

    const missing = await readAccounts(accounts, 'account(id: $id) { id name }', '102');
    expect(missing.data).toMatchObject({ account: null });
    expect(missing.errors).toEqual([expect.objectContaining(badAt('account'))]);
  });

  test('with a malformed name is shown without it', async () => {
    const { data, errors } = await readAccounts([{ id: 101, name: 7 }], 'accounts { id name }');
    expect(data).toMatchObject({ accounts: [{ id: '101', name: null }] });
    expect(errors).toEqual([expect.objectContaining(badAt('accounts', 0, 'name'))]);
  });

  test.each([undefined, null, 'none', {}])('differs from a malformed list: %j', async (accounts) => {
    const { data, errors } = await readAccounts(accounts, 'accounts { id }');
    expect(data).toMatchObject({ accounts: null });
    expect(errors).toEqual([expect.objectContaining(badAt('accounts'))]);
  });
});

describe('the fielding run of a target group', () => {
  const RUN = 'targetGroup(id: $id) { name fieldingRun { status } }';

  test.each([
    ['that is null', [null]],
    ['that is a text', ['R1']],
    ['without an id', [{ ...rest.fieldingRun, id: undefined }]],
    ['in a list that is a text', 'R1'],
    ['in no list', undefined],
  ])('%s is null alone', async (_what, runs) => {
    scripted.upstream.on('GET', `${paths.targetGroup}/overview`, { body: rest.overview });
    scripted.upstream.on('GET', paths.fieldingRuns, { body: { data: runs, has_more: false } });
    const { data, errors } = await ask(RUN, ids.targetGroup);
    expect(data).toEqual({ targetGroup: { name: 'Cats', fieldingRun: null } });
    expect(errors).toEqual([expect.objectContaining(badAt('targetGroup', 'fieldingRun'))]);
  });

  test('with a malformed end is shown with its allowed actions', async () => {
    scripted.upstream.on('GET', paths.fieldingRun, {
      body: { ...rest.fieldingRun, end_fielding_at: 'never' },
    });
    const { data, errors } = await ask(
      'fieldingRun(id: $id) { status endAt availableActions }',
      ids.fieldingRun,
    );
    expect(data).toEqual({
      fieldingRun: { status: 'PAUSED', endAt: null, availableActions: expect.arrayContaining(['RESUME']) },
    });
    expect(errors).toEqual([expect.objectContaining(badAt('fieldingRun', 'endAt'))]);
  });
});

describe('metrics', () => {
  const LISTED = `targetGroups(projectId: $id) { nodes {
    name progress { currentCompletes } statistics { conversionRate incidenceRate lastCompleteAt }
  } }`;
  const progress = { value: { current_completes: 3, current_prescreens: 5, filling_goal: 10 } };
  const statistics = { progress, conversion_rate: { value: 0.5 }, incidence_rate: { value: 0.25 } };
  const valid = {
    name: 'Cats',
    progress: { currentCompletes: 3 },
    statistics: { conversionRate: 0.5, incidenceRate: 0.25, lastCompleteAt: null },
  };

  test.each<[string, object, object, Path]>([
    [
      'one',
      { conversion_rate: { value: 'half' } },
      { conversionRate: null },
      ['statistics', 'conversionRate'],
    ],
    [
      'one that is no object',
      { conversion_rate: 0.5 },
      { conversionRate: null },
      ['statistics', 'conversionRate'],
    ],
    [
      'a time',
      { last_complete_date: { value: '2026-02-30T00:00:00Z' } },
      { lastCompleteAt: null },
      ['statistics', 'lastCompleteAt'],
    ],
  ])('of a target group whose %s is malformed: the others succeed', async (_what, broken, shown, path) => {
    const broke = { ...rest.targetGroup, statistics: { ...statistics, ...broken } };
    scripted.upstream.on('GET', paths.targetGroups, {
      body: { target_groups: [broke, { ...rest.targetGroup, statistics }], has_more: false },
    });
    const { data, errors } = await ask(LISTED, ids.project);
    expect(data).toEqual({
      targetGroups: { nodes: [{ ...valid, statistics: { ...valid.statistics, ...shown } }, valid] },
    });
    expect(errors).toEqual([expect.objectContaining(badAt('targetGroups', 'nodes', 0, ...path))]);
  });

  test.each([['a text'], [7], [[statistics]]])(
    'of a target group that are malformed as a whole (%j) are null, and the target group succeeds',
    async (broken) => {
      scripted.upstream.on('GET', paths.targetGroups, {
        body: { target_groups: [{ ...rest.targetGroup, statistics: broken }], has_more: false },
      });
      const { data, errors } = await ask(LISTED, ids.project);
      expect(data).toEqual({ targetGroups: { nodes: [{ name: 'Cats', progress: null, statistics: null }] } });
      expect(errors).toEqual([
        expect.objectContaining(badAt('targetGroups', 'nodes', 0, 'progress')),
        expect.objectContaining(badAt('targetGroups', 'nodes', 0, 'statistics')),
      ]);
    },
  );

  test.each(['projects', 'project'])(
    'of a project, in %s: the malformed one is null alone',
    async (query) => {
      const broken = {
        ...rest.project,
        status: 'active',
        statistics: { filling_goal: 'many', current_completes: 3 },
      };
      scripted.upstream.on('GET', paths.projects, { body: { projects: [broken], has_more: false } });
      scripted.upstream.on('GET', `${paths.project}/overview`, { body: broken });
      const fields = 'name statistics { fillingGoal currentCompletes }';
      const { data, errors } = await (query === 'project'
        ? ask(`node: project(id: $id) { ${fields} }`, ids.project)
        : ask(`list: projects(accountId: $id) { nodes { ${fields} } }`, ids.account));
      const shown = { name: 'Pets', statistics: { fillingGoal: null, currentCompletes: 3 } };
      expect(data).toEqual(query === 'project' ? { node: shown } : { list: { nodes: [shown] } });
      const at = query === 'project' ? ['node'] : ['list', 'nodes', 0];
      expect(errors).toEqual([expect.objectContaining(badAt(...at, 'statistics', 'fillingGoal'))]);
    },
  );
});

describe('responses that cannot be read at all', () => {
  const scripted = useScripted({ env: impatient });

  const READ = 'query ($id: ID!) { it: fieldingRun(id: $id) { status } }';
  const SECRET = 'upstream-secret';

  const unreadable = [
    ['HTML', `<html><body>${SECRET} at http://10.0.0.7/</body></html>`],
    ['a text', SECRET],
    ['truncated JSON', `{"id":"R1","status":"Live","note":"${SECRET}`],
    ['a JSON text', JSON.stringify(SECRET)],
    ['a JSON list', JSON.stringify([SECRET])],
    ['null', 'null'],
    ['nothing', ''],
  ] as const;

  describe.each([
    [200, 'UPSTREAM_BAD_RESPONSE', false],
    [500, 'UPSTREAM_UNAVAILABLE', true],
    [502, 'UPSTREAM_UNAVAILABLE', true],
    [503, 'UPSTREAM_UNAVAILABLE', true],
  ])('a %i with a body that cannot be read', (status, code, retryable) => {
    test.each(unreadable)('%s: the error does not contain it', async (_what, body) => {
      scripted.upstream.on('GET', paths.fieldingRun, {
        status,
        headers: { 'content-type': 'text/html' },
        body,
      });
      const answer = await scripted.execute(READ, { id: ids.fieldingRun });
      expect(answer).toMatchObject({
        status: 200,
        data: { it: null },
        errors: [{ path: ['it'], extensions: { code, retryable, upstream: { status } } }],
      });
      expect(answer.errors[0]?.extensions).not.toHaveProperty('outcomeUnknown');
      const shown = JSON.stringify([answer.data, answer.errors]);
      for (const part of [SECRET, '10.0.0.7', '<html', new URL(scripted.upstream.url).port]) {
        expect(shown).not.toContain(part);
      }
    });
  });

  test('a body that is cut off is a lost connection', async () => {
    scripted.upstream.on('GET', paths.fieldingRun, { body: rest.fieldingRun, fault: 'truncate' });
    const { data, errors } = await scripted.execute(READ, { id: ids.fieldingRun });
    expect(data).toEqual({ it: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true } }]);
  });

  test('a body that is not complete in time is a timeout', async () => {
    scripted.upstream.on('GET', paths.fieldingRun, { body: rest.fieldingRun, bodyDelayMs: 5000 });
    const { data, errors } = await scripted.execute(READ, { id: ids.fieldingRun });
    expect(data).toEqual({ it: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_TIMEOUT', retryable: true } }]);
  });
});
