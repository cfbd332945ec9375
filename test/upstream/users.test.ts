import { describe, expect, test } from '@jest/globals';
import { ids, paths, rest } from './demand.js';
import { impatient, useScripted } from './scripted.js';

const scripted = useScripted({ env: impatient });

const WHO = `query ($run: ID!, $project: ID!) {
  fieldingRun(id: $run) { status lastChangedByUser { id name email } }
  project(id: $project) { name projectManager { id name email } }
}`;
const [ana, ben] = rest.users.users;

/** Reads the people with this response to the list of users. */
async function who(users: { status?: number; body?: unknown }, run: object = rest.fieldingRun) {
  scripted.upstream.on('GET', paths.fieldingRun, { body: run });
  scripted.upstream.on('GET', paths.project, { body: rest.project });
  scripted.upstream.on('GET', paths.users, users);
  const { data, errors } = await scripted.execute<object, object>(WHO, {
    run: ids.fieldingRun,
    project: ids.project,
  });
  return { data, errors };
}

const expected = (changer: unknown, manager: unknown) => ({
  fieldingRun: { status: 'PAUSED', lastChangedByUser: changer },
  project: { name: 'Pets', projectManager: manager },
});
const [atChanger, atManager] = [
  ['fieldingRun', 'lastChangedByUser'],
  ['project', 'projectManager'],
];

test('shows people from the list of the account, read once', async () => {
  expect(await who({ body: rest.users })).toEqual({ data: expected(ben, ana), errors: [] });
  expect(scripted.calls().filter((call) => call === `GET /v1${paths.users}`)).toHaveLength(1);
});

test.each([
  ['the list', { users: [ana, { ...ben, id: ben!.id.toUpperCase() }] }, {}],
  ['what names them', rest.users, { last_changed_by: ben!.id.toUpperCase() }],
])('finds people if %s writes their UUID in capitals', async (_where, body, more) => {
  const run = { ...rest.fieldingRun, ...more };
  expect(await who({ body }, run)).toEqual({
    data: expected({ ...ben, id: run.last_changed_by }, ana),
    errors: [],
  });
});

describe('somebody', () => {
  test.each([
    ['whom the list does not have', [ana], { name: null, email: null }],
    ['with only an id', [{ id: ben!.id }, ana], { name: null, email: null }],
    ['with nulls', [{ id: ben!.id, name: null, email: null }, ana], { name: null, email: null }],
    ['who has no e-mail address', [{ ...ben, email: undefined }, ana], { name: ben!.name, email: null }],
    ['beside one without an id', [ana, { name: 'Nobody' }], { name: null, email: null }],
  ])('%s is known by the id', async (_what, users, known) => {
    expect(await who({ body: { users } })).toEqual({
      data: expected({ id: ben!.id, ...known }, ana),
      errors: [],
    });
  });

  test('with a malformed name is shown without it', async () => {
    const { data, errors } = await who({ body: { users: [{ ...ben, name: 7 }, ana] } });
    expect(data).toEqual(expected({ ...ben, name: null }, ana));
    expect(errors).toMatchObject([
      { path: [...atChanger, 'name'], extensions: { code: 'UPSTREAM_BAD_RESPONSE' } },
    ]);
  });

  test.each([[null], ['Ben'], [{ id: 7, name: 'Ben' }]])(
    'may be the malformed one (%j), and others succeed',
    async (broken) => {
      const { data, errors } = await who({ body: { users: [broken, ana] } });
      expect(data).toEqual(expected(null, ana));
      expect(errors).toMatchObject([{ path: atChanger, extensions: { code: 'UPSTREAM_BAD_RESPONSE' } }]);
    },
  );

  test.each([undefined, null])('that the run omits (%s) costs no call', async (last_changed_by) => {
    scripted.upstream.on('GET', paths.fieldingRun, { body: { ...rest.fieldingRun, last_changed_by } });
    const { data, errors } = await scripted.execute(
      'query ($id: ID!) { fieldingRun(id: $id) { status lastChangedByUser { id name } } }',
      { id: ids.fieldingRun },
    );
    expect({ data, errors }).toEqual({
      data: { fieldingRun: { status: 'PAUSED', lastChangedByUser: null } },
      errors: [],
    });
    expect(scripted.calls()).toEqual([`GET /v1${paths.fieldingRun}`]);
  });

  test('with a malformed id is null alone, and the list is not read', async () => {
    const { data, errors } = await who({ body: rest.users }, { ...rest.fieldingRun, last_changed_by: 7 });
    expect(data).toEqual(expected(null, ana));
    expect(errors).toMatchObject([{ path: atChanger, extensions: { code: 'UPSTREAM_BAD_RESPONSE' } }]);
  });
});

describe('a list of people', () => {
  test.each([
    ['that is rejected', { status: 403 }, 'FORBIDDEN'],
    ['that fails', { status: 503 }, 'UPSTREAM_UNAVAILABLE'],
    ['that is missing', { status: 404 }, 'UPSTREAM_BAD_RESPONSE'],
    ['that is not JSON', { body: '<html>' }, 'UPSTREAM_BAD_RESPONSE'],
    ['without users', { body: {} }, 'UPSTREAM_BAD_RESPONSE'],
    ['that is null', { body: { users: null } }, 'UPSTREAM_BAD_RESPONSE'],
    ['that is a text', { body: { users: 'all' } }, 'UPSTREAM_BAD_RESPONSE'],
  ])('%s hides people, and nothing else', async (_what, users, code) => {
    const { data, errors } = await who(users);
    expect(data).toEqual(expected(null, null));
    expect(errors).toHaveLength(2);
    for (const path of [atChanger, atManager]) {
      expect(errors).toContainEqual(
        expect.objectContaining({ path, extensions: expect.objectContaining({ code }) }),
      );
    }
  });

  test('is read for each operation', async () => {
    await who({ body: rest.users });
    await who({ body: { users: [] } });
    expect(scripted.calls().filter((call) => call === `GET /v1${paths.users}`)).toHaveLength(2);
  });
});

describe('The person who started a job', () => {
  test.each([
    ['returns it', { created_by: 'M1' }, { createdBy: 'M1', createdByUser: ana }, true],
    ['is older and does not', {}, { createdBy: null, createdByUser: null }, false],
  ])('is shown if the API %s', async (_what, more, batchJob, asks) => {
    scripted.upstream.on('GET', paths.batchJob, { body: { ...rest.batchJob, ...more } });
    scripted.upstream.on('GET', paths.users, { body: rest.users });
    const { data, errors } = await scripted.execute(
      'query ($id: ID!) { batchJob(id: $id) { createdBy createdByUser { id name email } } }',
      { id: ids.batchJob },
    );
    expect({ data, errors }).toEqual({ data: { batchJob }, errors: [] });
    expect(scripted.calls()).toEqual([
      `GET /v1${paths.batchJob}`,
      ...(asks ? [`GET /v1${paths.users}`] : []),
    ]);
  });
});
