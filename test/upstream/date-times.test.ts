import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { Connection } from '../helpers/connection.js';
import { Program } from '../helpers/program.js';
import { ids, paths, rest } from './demand.js';
import { useScripted } from './scripted.js';

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
    [{ startAt: '9999-12-31T23:59:59-23:59', endAt: '9999-12-31T23:59:59.999-23:59' }, ['startAt', 'endAt']],
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
  test.each(texts)('in a document with an invalid time, %j, is rejected in the same way', async (startAt) => {
    const { errors } = await scripted.execute(`mutation {
      updateFieldingPeriod(
        input: { id: "${ids.fieldingRun}", version: "5", startAt: "${startAt}", endAt: "${period.endAt}" }
      ) { userErrors { code } }
    }`);
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/^`startAt`: /), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(scripted.calls()).toEqual([]);
  });
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
