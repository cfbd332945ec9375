import { describe, expect, test } from '@jest/globals';
import { ids, paths, rest } from './demand.js';
import { impatient, useScripted } from './scripted.js';

const scripted = useScripted({ env: impatient });
const ENTRIES = `nodes {
  entryId occurredAt actor { kind userId } changes { kind oldValue newValue valueKind reasonCode supplierId }
}`;
const PAGE = `edges { cursor node { entryId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;

interface Read {
  readonly first?: number;
  readonly after?: string;
}

function badAt(...path: readonly (string | number)[]) {
  return expect.objectContaining({
    path: ['targetGroup', 'changelog', ...path],
    extensions: expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE', retryable: false }),
  });
}

async function read(body: unknown, fields: string, variables: Read = {}) {
  scripted.upstream.on('GET', `${paths.targetGroup}/overview`, { body: rest.overview });
  scripted.upstream.on('GET', `${paths.targetGroup}/changelog`, { body });
  const document = `query ($id: ID!, $first: Int, $after: String) {
    targetGroup(id: $id) { name changelog(first: $first, after: $after) { ${fields} } }
  }`;
  const { data, errors } = await scripted.execute<{ targetGroup: { changelog: object | null } }, object>(
    document,
    { id: ids.targetGroup, ...variables },
  );
  expect(data?.targetGroup).toMatchObject({ name: 'Cats' });
  return { changelog: data?.targetGroup.changelog, errors };
}

const entry = (id: string) => ({
  id,
  occurred_at: '2026-02-01T09:00:00Z',
  user: { type: 'las_user', las_user_id: 'M1' },
  changes: [{ object: 'name_change', new_value: 'Cats', old_value: 'Dogs' }],
});
const shownChange = {
  kind: 'name_change',
  oldValue: 'Dogs',
  newValue: 'Cats',
  valueKind: 'TEXT',
  reasonCode: null,
  supplierId: null,
};
const shown = (entryId: string) => ({
  entryId,
  occurredAt: '2026-02-01T09:00:00.000Z',
  actor: { kind: 'PERSON', userId: 'M1' },
  changes: [shownChange],
});

describe('an entry', () => {
  const entries = (...changelog: unknown[]) => read({ changelog, next_cursor: '' }, ENTRIES);

  test.each([
    [
      { type: 'las_user', las_user_id: 'M1' },
      { kind: 'PERSON', userId: 'M1' },
    ],
    [{ type: 'las_user' }, { kind: 'PERSON', userId: null }],
    [{ type: 'system_user' }, { kind: 'SYSTEM', userId: null }],
    [{ type: 'system_marketplace_user' }, { kind: 'MARKETPLACE', userId: null }],
    [{ type: 'robot' }, { kind: 'UNKNOWN', userId: null }],
    [{ type: 'constructor' }, { kind: 'UNKNOWN', userId: null }],
    [{}, { kind: 'UNKNOWN', userId: null }],
    [null, null],
    [undefined, null],
  ])('by %j', async (user, actor) => {
    expect(await entries({ ...entry('E1'), user })).toEqual({
      changelog: { nodes: [{ ...shown('E1'), actor }] },
      errors: [],
    });
  });

  describe('by a person', () => {
    const WHO = 'nodes { actor { userId user { id name email } } }';
    const users = () => scripted.calls().filter((call) => call === `GET /v1${paths.users}`);
    const by = (id: string, user: unknown) => ({ ...entry(id), user });
    const [ana] = rest.users.users;

    test('shows the user, from one list for all entries', async () => {
      scripted.upstream.on('GET', paths.users, { body: rest.users });
      const gone = by('E3', { type: 'las_user', las_user_id: 'M9' });
      const system = by('E4', { type: 'system_user' });
      const changelog = [entry('E1'), entry('E2'), gone, system, by('E5', { type: 'las_user' })];
      const actor = { userId: 'M1', user: ana };
      expect(await read({ changelog }, WHO)).toEqual({
        changelog: {
          nodes: [
            { actor },
            { actor },
            { actor: { userId: 'M9', user: { id: 'M9', name: null, email: null } } },
            { actor: { userId: null, user: null } },
            { actor: { userId: null, user: null } },
          ],
        },
        errors: [],
      });
      expect(users()).toHaveLength(1);
    });

    test('makes no call if only the id is selected', async () => {
      const { changelog, errors } = await read(
        { changelog: [entry('E1')] },
        'nodes { actor { user { id __typename } } }',
      );
      expect(errors).toEqual([]);
      expect(changelog).toEqual({ nodes: [{ actor: { user: { id: 'M1', __typename: 'User' } } }] });
      expect(users()).toEqual([]);
    });

    test('succeeds without a user who cannot be read', async () => {
      scripted.upstream.on('GET', paths.users, { status: 403 });
      const { changelog, errors } = await read({ changelog: [entry('E1')] }, WHO);
      expect(changelog).toEqual({ nodes: [{ actor: { userId: 'M1', user: null } }] });
      expect(errors).toMatchObject([
        {
          path: ['targetGroup', 'changelog', 'nodes', 0, 'actor', 'user'],
          extensions: { code: 'FORBIDDEN' },
        },
      ]);
    });

    test('with a malformed user id is null alone', async () => {
      const changelog = [by('E1', { type: 'las_user', las_user_id: 7 })];
      const answer = await read({ changelog }, 'nodes { entryId actor { kind user { id } } }');
      expect(answer).toEqual({
        changelog: { nodes: [{ entryId: 'E1', actor: { kind: 'PERSON', user: null } }] },
        errors: [badAt('nodes', 0, 'actor', 'user')],
      });
    });
  });

  test('shows a reason, a supplier, and unknown kinds of change', async () => {
    const changes = [
      { object: 'status_change', new_value: 'paused', old_value: 'live', reason_code: 'low_epc' },
      {
        object: 'private_exchange_cpi_change',
        supplier_id: '301',
        new_value: { value: '2', currency_code: 'EUR' },
      },
      { object: 'colour_change', new_value: { red: 1 }, old_value: null, more: true },
      {},
    ];
    const nothing = { kind: null, oldValue: null, newValue: null, reasonCode: null, supplierId: null };
    expect(await entries({ ...entry('E1'), changes })).toEqual({
      changelog: {
        nodes: [
          {
            ...shown('E1'),
            changes: [
              {
                ...nothing,
                kind: 'status_change',
                oldValue: 'live',
                newValue: 'paused',
                valueKind: 'TEXT',
                reasonCode: 'low_epc',
              },
              {
                ...nothing,
                kind: 'private_exchange_cpi_change',
                newValue: '2 EUR',
                valueKind: 'MONEY',
                supplierId: '301',
              },
              { ...nothing, kind: 'colour_change', newValue: '{"red":1}', valueKind: 'JSON' },
              { ...nothing, valueKind: 'NONE' },
            ],
          },
        ],
      },
      errors: [],
    });
  });

  test('without properties has null fields', async () => {
    expect(await entries({})).toEqual({
      changelog: { nodes: [{ entryId: null, occurredAt: null, actor: null, changes: [] }] },
      errors: [],
    });
  });

  test.each<[string, object, object, readonly (string | number)[]]>([
    ['time', { occurred_at: 'then' }, { occurredAt: null }, ['occurredAt']],
    ['time', { occurred_at: 5 }, { occurredAt: null }, ['occurredAt']],
    ['user', { user: 'M1' }, { actor: null }, ['actor']],
    [
      'person',
      { user: { type: 'las_user', las_user_id: 5 } },
      { actor: { kind: 'PERSON', userId: null } },
      ['actor', 'userId'],
    ],
    ['list of changes', { changes: 'many' }, { changes: null }, ['changes']],
    ['change', { changes: ['x', ...entry('E1').changes] }, { changes: [null, shownChange] }, ['changes', 0]],
    [
      'reason',
      { changes: [{ ...entry('E1').changes[0], reason_code: 5 }] },
      { changes: [{ ...shownChange, reasonCode: null }] },
      ['changes', 0, 'reasonCode'],
    ],
  ])('succeeds without a malformed %s: %j', async (_what, broken, without, path) => {
    expect(await entries({ ...entry('E1'), ...broken }, entry('E2'))).toEqual({
      changelog: { nodes: [{ ...shown('E1'), ...without }, shown('E2')] },
      errors: [badAt('nodes', 0, ...path)],
    });
  });

  test.each([[null], ['E1'], [5], [[]]])('that is %j is null, and the others succeed', async (broken) => {
    expect(await entries(entry('E1'), broken, entry('E3'))).toEqual({
      changelog: { nodes: [shown('E1'), null, shown('E3')] },
      errors: [badAt('nodes', 1)],
    });
  });
});

describe('a page', () => {
  const two = [entry('E1'), entry('E2')];

  test.each([undefined, null, ''])('is the last one if its next cursor is %j', async (next_cursor) => {
    expect(await read({ changelog: two, next_cursor }, PAGE)).toEqual({
      changelog: {
        edges: ['E1', 'E2'].map((entryId) => ({ cursor: entryId, node: { entryId } })),
        pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: 'E1', endCursor: 'E2' },
      },
      errors: [],
    });
  });

  test('continues at any next cursor, which need not be an id', async () => {
    expect(await read({ changelog: two, next_cursor: 'n&x=1' }, PAGE, { first: 2, after: 'E0 ' })).toEqual({
      changelog: {
        edges: [
          { cursor: 'E1', node: { entryId: 'E1' } },
          { cursor: 'n&x=1', node: { entryId: 'E2' } },
        ],
        pageInfo: { hasNextPage: true, hasPreviousPage: true, startCursor: 'E1', endCursor: 'n&x=1' },
      },
      errors: [],
    });
    expect(scripted.calls().at(-1)).toMatch(/\/changelog\?page_size=2&start_after=E0\+$/);
    await read({ changelog: two }, PAGE, { after: 'n&x=1' });
    expect(scripted.calls().at(-1)).toMatch(/\/changelog\?page_size=10&start_after=n%26x%3D1$/);
  });

  test.each([undefined, null, []])('whose list is %j is empty', async (changelog) => {
    expect(await read({ changelog }, `${ENTRIES} ${PAGE}`)).toEqual({
      changelog: {
        nodes: [],
        edges: [],
        pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
      },
      errors: [],
    });
  });

  test('of entries without ids continues at its next cursor; an entry without a cursor has no edge', async () => {
    const nameless = { ...entry('E1'), id: undefined };
    const page = { changelog: [nameless, { ...nameless, id: '' }, entry('E3'), nameless], next_cursor: 'n1' };
    expect(await read(page, PAGE)).toEqual({
      changelog: {
        edges: [
          null,
          null,
          { cursor: 'E3', node: { entryId: 'E3' } },
          { cursor: 'n1', node: { entryId: null } },
        ],
        pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: 'E3', endCursor: 'n1' },
      },
      errors: [badAt('edges', 0), badAt('edges', 1)],
    });
  });

  test('with too many entries is cut to the requested size', async () => {
    expect(
      await read({ changelog: [...two, entry('E3')], next_cursor: '' }, PAGE, { first: 2 }),
    ).toMatchObject({
      changelog: {
        edges: [{ cursor: 'E1' }, { cursor: 'E2' }],
        pageInfo: { hasNextPage: true, endCursor: 'E2' },
      },
    });
  });

  test.each([
    ['starts with the cursor again', { changelog: two, next_cursor: 'E1' }],
    ['leads to the cursor again', { changelog: [entry('E5')], next_cursor: 'E1' }],
  ])('that %s is an error, because paging would never end', async (_what, page) => {
    expect(await read(page, PAGE, { after: 'E1' })).toEqual({ changelog: null, errors: [badAt()] });
  });

  test.each([['none'], [{}]])('whose list is %j is an error', async (changelog) => {
    expect(await read({ changelog }, ENTRIES)).toEqual({ changelog: null, errors: [badAt()] });
  });

  test('with a malformed next cursor shows its entries', async () => {
    expect(await read({ changelog: two, next_cursor: 5 }, ENTRIES)).toEqual({
      changelog: { nodes: [shown('E1'), shown('E2')] },
      errors: [],
    });
    expect(await read({ changelog: two, next_cursor: 5 }, 'pageInfo { hasNextPage }')).toEqual({
      changelog: null,
      errors: [badAt('pageInfo')],
    });
  });
});
