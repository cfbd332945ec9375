import { describe, expect, test, afterAll, jest } from '@jest/globals';
import { Connection } from '../helpers/connection.js';
import { Program } from '../helpers/program.js';
import { ids, paths, rest } from './demand.js';
import { useScripted } from './scripted.js';

describe('The shape of a body', () => {
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
      const { data, errors } = await scripted.execute(
        'query ($id: ID!) { fieldingRun(id: $id) { version } }',
        {
          id: ids.fieldingRun,
        },
      );
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
      expect(errors).toMatchObject([
        badResponse('projects', 'edges', 1),
        badResponse('projects', 'nodes', 1),
      ]);
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
      scripted.upstream.on('GET', paths.fieldingRun, {
        body: { ...rest.fieldingRun, status: 'Hibernating' },
      });
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
      const { data, errors } = await scripted.execute(
        `query ($id: ID!) { it: ${field}(id: $id) { status } }`,
        {
          id,
        },
      );
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
});

describe('Date-times', () => {
  /** Starting a process is slow on a busy machine. */
  jest.setTimeout(60_000);

  const scripted = useScripted();
  afterAll(() => Program.killAll());

  describe('a new period', () => {
    const UPDATE = `mutation ($input: UpdateFieldingPeriodInput!) {
    updateFieldingPeriod(input: $input) {
      fieldingRun { version } userErrors { __typename code field message }
    }
  }`;
    const period = { startAt: '2126-01-01T00:00:00Z', endAt: '2126-02-01T00:00:00Z' };
    const update = (more: object) =>
      scripted.execute(UPDATE, { input: { id: ids.fieldingRun, version: '5', ...period, ...more } });
    const outOfRange = (field: string) => ({
      __typename: 'ValidationError',
      code: 'VALIDATION_FAILED',
      field: [field],
      message: `\`${field}\` must be in the years 1 to 9999, in UTC.`,
    });

    test.each([
      [{ endAt: '9999-12-31T23:30:00-00:31' }, ['endAt']],
      [{ startAt: '0001-01-01T00:00:00+00:01' }, ['startAt']],
      [{ startAt: '0000-06-01T00:00:00Z' }, ['startAt']],
      [
        { startAt: '9999-12-31T23:59:59-23:59', endAt: '9999-12-31T23:59:59.999-23:59' },
        ['startAt', 'endAt'],
      ],
    ])('with a time out of range, %j, is rejected, and nothing is sent', async (input, fields) => {
      const { data, errors } = await update(input);
      expect({ data, errors }).toEqual({
        data: { updateFieldingPeriod: { fieldingRun: null, userErrors: fields.map(outOfRange) } },
        errors: [],
      });
      expect(scripted.calls()).toEqual([]);
    });

    test('to the last possible time is sent unchanged', async () => {
      scripted.upstream.on('PUT', paths.fieldingRun, {
        status: 202,
        headers: { etag: '"6"' },
        body: { id: 'R1' },
      });
      const { data } = await update({
        startAt: '0001-01-01t00:00:00z',
        endAt: '9999-12-31T23:59:59.9999+00:00',
      });
      expect(data).toEqual({ updateFieldingPeriod: { fieldingRun: { version: '6' }, userErrors: [] } });
      expect(JSON.parse(scripted.upstream.requests[0]!.body)).toEqual({
        start_fielding_at: '0001-01-01T00:00:00.000Z',
        end_fielding_at: '9999-12-31T23:59:59.999Z',
      });
    });

    const nonsense = [
      '10000-01-01T00:00:00Z',
      '+010000-01-01T00:00:00Z',
      '-000001-01-01T00:00:00Z',
      '2126-02-29T00:00:00Z',
      '2126-01-01T24:00:00Z',
      '2126-01-01T23:59:60Z',
      '2126-01-01T00:00:00',
      '2126-01-01',
      'soon',
      4_923_504_000,
      null,
      {},
    ];
    test.each(nonsense)(
      'with an invalid time, %j, is rejected by the name of the field, and nothing is sent',
      async (startAt) => {
        const { errors } = await update({ startAt });
        expect(errors).toMatchObject([
          { message: expect.stringContaining('input.startAt'), extensions: { code: 'BAD_USER_INPUT' } },
        ]);
        expect(scripted.calls()).toEqual([]);
      },
    );

    const texts = nonsense.filter((one) => typeof one === 'string');
    test.each(texts)(
      'in a document with an invalid time, %j, is rejected in the same way',
      async (startAt) => {
        const { errors } = await scripted.execute(`mutation {
      updateFieldingPeriod(
        input: { id: "${ids.fieldingRun}", version: "5", startAt: "${startAt}", endAt: "${period.endAt}" }
      ) { userErrors { code } }
    }`);
        expect(errors).toMatchObject([
          { message: expect.stringMatching(/^`startAt`: /), extensions: { code: 'BAD_USER_INPUT' } },
        ]);
        expect(scripted.calls()).toEqual([]);
      },
    );
  });

  test.each(['America/St_Johns', 'Pacific/Kiritimati'])(
    'a time without an offset is UTC, also in %s',
    async (TZ) => {
      scripted.upstream.on('GET', paths.fieldingRun, {
        body: {
          ...rest.fieldingRun,
          start_fielding_at: '2026-02-01T09:00:00',
          end_fielding_at: '2026-02-28 23:30:00.5',
          last_changed_at: '2026-03-01',
        },
      });
      const program = new Program({ TZ, DEMAND_API_URL: scripted.upstream.url });
      const connection = new Connection(await program.url());
      const data = await connection.data(
        'query ($id: ID!) { fieldingRun(id: $id) { startAt endAt lastChangedAt } }',
        { id: ids.fieldingRun },
      );
      connection.close();
      program.signal('SIGTERM');
      await program.end();
      expect(data).toEqual({
        fieldingRun: {
          startAt: '2026-02-01T09:00:00.000Z',
          endAt: '2026-02-28T23:30:00.500Z',
          lastChangedAt: '2026-03-01T00:00:00.000Z',
        },
      });
    },
  );
});
