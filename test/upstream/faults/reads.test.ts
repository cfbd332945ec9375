import type { ScriptedResponse } from '../../helpers/scripted-upstream.js';
import {
  accounts,
  changeDocument,
  changes,
  creations,
  READ_ACCOUNTS,
  READ_RUN,
  run,
  runAnswer,
  type FieldingRunData,
} from './demand.js';
import { failureOf, pause, until, useGatewayFixture } from './gateway-fixture.js';

describe('Shared reads', () => {
  const readRun = `GET ${run.path}`;

  describe('concurrent equal reads', () => {
    const fixture = useGatewayFixture({ perTest: true });
    const readAs = (token: string) => fixture.execute(READ_ACCOUNTS, {}, { token });

    it('of one credential are one call', async () => {
      fixture.on('GET /accounts', { ...accounts, delayMs: 500 });
      const answers = await Promise.all([1, 2, 3].map(() => readAs('a')));
      for (const answer of answers) expect(answer).toMatchObject({ errors: [], data: { accounts: [{}] } });
      expect(fixture.sent()).toHaveLength(1);
    });

    it('of two credentials are two calls, each with its own response', async () => {
      fixture.on('GET /accounts', ({ headers }) => ({
        body: { accounts: [{ id: 1, name: headers.authorization }] },
        delayMs: 500,
      }));
      const answers = await Promise.all(['a', 'b', 'a'].map(readAs));
      const names = answers.map(({ data }) => data);
      expect(names).toEqual(['a', 'b', 'a'].map((token) => ({ accounts: [{ name: `Bearer ${token}` }] })));
      expect(fixture.sent()).toHaveLength(2);
    });

    it('fail together, and the next one is a new call', async () => {
      fixture.on('GET /accounts', [{ status: 403, delayMs: 500 }, accounts]);
      for (const { errors } of await Promise.all([readAs('a'), readAs('a')]))
        expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      expect(await readAs('a')).toMatchObject({ errors: [] });
      expect(fixture.sent()).toHaveLength(2);
    });

    it('continue for one caller if the other disconnects', async () => {
      fixture.on('GET /accounts', { ...accounts, delayMs: 1000 });
      const { leave } = fixture.begin(READ_ACCOUNTS);
      await fixture.untilSent(1);
      const staying = fixture.execute(READ_ACCOUNTS);
      await pause(200);
      leave();
      expect(await staying).toMatchObject({ errors: [], data: { accounts: [{}] } });
      expect(fixture.sent()).toHaveLength(1);
      expect(fixture.api.abandoned).toEqual([]);
    });

    it('end if all callers disconnect', async () => {
      fixture.on('GET /accounts', { fault: 'hang' });
      const both = [fixture.begin(READ_ACCOUNTS), fixture.begin(READ_ACCOUNTS)];
      await fixture.untilSent(1);
      await pause(200);
      for (const { leave } of both) leave();
      await until(() => fixture.api.abandoned.length === 1);
      expect(fixture.sent()).toHaveLength(1);
    });
  });

  describe('concurrent equal changes', () => {
    const fixture = useGatewayFixture();

    it('are separate calls', async () => {
      const pausing = changes[1]!;
      fixture.on(pausing.call, [
        { ...pausing.done, delayMs: 100 },
        { status: 412, delayMs: 100 },
      ]);
      const answers = await Promise.all([1, 2].map(() => fixture.execute(changeDocument(pausing))));
      expect(answers.map(({ data }) => data)).toEqual(
        expect.arrayContaining([
          { change: { fieldingRun: { version: '6' }, userErrors: [] } },
          { change: { fieldingRun: null, userErrors: [{ __typename: 'VersionConflictError' }] } },
        ]),
      );
      expect(fixture.sent(pausing.call)).toHaveLength(2);
    });
  });

  describe('a read after a change', () => {
    const fixture = useGatewayFixture();

    it.each(changes)('$mutation does not join a read from before it', async (changing) => {
      let state = runAnswer(5, changing.missed.status);
      // The read before the change is slow.
      fixture.on(readRun, (_request, nth) => (nth === 0 ? { ...state, delayMs: 400 } : state));
      fixture.on(changing.call, () => {
        state = runAnswer(6, changing.reached.status);
        return changing.done;
      });

      const before = fixture.execute<FieldingRunData>(READ_RUN);
      await fixture.untilSent(1);
      expect(await fixture.execute(changeDocument(changing))).toMatchObject({ errors: [] });
      const after = await fixture.execute<FieldingRunData>(READ_RUN);

      expect(after.data?.fieldingRun).toEqual({
        version: '6',
        status: changing.reached.status.toUpperCase(),
      });
      expect((await before).data?.fieldingRun?.version).toBe('5');
      expect(fixture.sent(readRun)).toHaveLength(2);
    });

    it.each(creations)('of $kind does not join a read from before it', async ({ call, document, done }) => {
      // The earlier read is slow.
      fixture.on(readRun, (_request, nth) => ({ ...runAnswer(5 + nth), ...(nth === 0 && { delayMs: 400 }) }));
      fixture.on(call, done);

      const before = fixture.execute<FieldingRunData>(READ_RUN);
      await fixture.untilSent(1);
      expect(await fixture.execute(document, { key: 'key-1' })).toMatchObject({ errors: [] });
      const after = await fixture.execute<FieldingRunData>(READ_RUN);

      expect(after.data?.fieldingRun?.version).toBe('6');
      expect((await before).data?.fieldingRun?.version).toBe('5');
      expect(fixture.sent(readRun)).toHaveLength(2);
    });

    it('does not join a read of a target group by its raw id, whose path does not name the account', async () => {
      const byId = 'GET /demand/target-groups/T1/overview';
      const document = '{ targetGroupByRawId(targetGroupId: "T1") { status } }';
      const pausing = changes[1]!;
      let status = 'live';
      fixture.on(byId, (_request, nth) => ({
        body: { account_id: 101, project_id: 'P1', target_group_name: 'Cats', status },
        ...(nth === 0 && { delayMs: 400 }),
      }));
      fixture.on(pausing.call, () => {
        status = 'paused';
        return pausing.done;
      });

      const before = fixture.execute<object>(document);
      await fixture.untilSent(1);
      expect(await fixture.execute(changeDocument(pausing))).toMatchObject({ errors: [] });
      const after = await fixture.execute<object>(document);

      expect(after.data).toEqual({ targetGroupByRawId: { status: 'PAUSED' } });
      expect((await before).data).toEqual({ targetGroupByRawId: { status: 'LIVE' } });
      expect(fixture.sent(byId)).toHaveLength(2);
    });
  });

  describe('a read after a change whose response was lost', () => {
    const fixture = useGatewayFixture({ env: { DEMAND_API_MAX_ATTEMPTS: '1' }, perTest: true });

    it.each(changes)('$mutation does not join a read from before it', async (changing) => {
      let state = runAnswer(5, changing.missed.status);
      let isChanged = false;
      // The read before the change is in flight until the read after it has a response.
      fixture.on(readRun, () => (isChanged ? state : { ...state, delayMs: 1000 }));
      fixture.on(changing.call, () => {
        state = runAnswer(6, changing.reached.status);
        isChanged = true;
        return { fault: 'reset' };
      });

      const before = fixture.execute<FieldingRunData>(READ_RUN);
      await fixture.untilSent(1);
      expect(failureOf(await fixture.execute(changeDocument(changing)))).toMatchObject({
        outcomeUnknown: true,
      });
      const after = await fixture.execute<FieldingRunData>(READ_RUN);

      expect(after.data?.fieldingRun?.version).toBe('6');
      expect((await before).data?.fieldingRun?.version).toBe('5');
    });
  });
});

describe('Conditional reads', () => {
  const fixture = useGatewayFixture();
  const readRun = `GET ${run.path}`;
  const notModified = (etag?: string): ScriptedResponse => ({
    status: 304,
    headers: etag === undefined ? {} : { etag },
  });

  /** Reads the run once for each credential, and returns its versions and statuses. */
  async function read(...tokens: string[]): Promise<unknown[]> {
    const states: unknown[] = [];
    for (const token of tokens) {
      const { data, errors } = await fixture.execute<FieldingRunData>(READ_RUN, {}, { token });
      expect(errors).toEqual([]);
      const { version, status } = data?.fieldingRun ?? {};
      states.push(`${version} ${status}`);
    }
    return states;
  }

  /** The `If-None-Match` of each request. */
  const asked = () => fixture.sent(readRun).map(({ headers }) => headers['if-none-match']);
  /** The `Cache-Control` of each request. */
  const toCaches = () => fixture.sent(readRun).map(({ headers }) => headers['cache-control']);

  it.each(['W/"5"', '"5"', '"opaque"'])(
    'revalidates an unchanged run (%s) by its entity tag',
    async (etag) => {
      fixture.on(readRun, [{ ...runAnswer(5), headers: { etag } }, notModified(etag)]);
      expect(await read(fixture.token, fixture.token, fixture.token)).toEqual(Array(3).fill('5 LIVE'));
      expect(asked()).toEqual([undefined, etag, etag]);
    },
  );

  it('accepts a 304 without a tag', async () => {
    fixture.on(readRun, [runAnswer(5), notModified()]);
    expect(await read(fixture.token, fixture.token)).toEqual(['5 LIVE', '5 LIVE']);
    expect(asked()).toEqual([undefined, 'W/"5"']);
  });

  it('reads a changed run, and revalidates it by its new tag from then on', async () => {
    fixture.on(readRun, [runAnswer(5), runAnswer(6, 'Paused'), notModified('W/"6"')]);
    const { token } = fixture;
    expect(await read(token, token, token)).toEqual(['5 LIVE', '6 PAUSED', '6 PAUSED']);
    expect(asked()).toEqual([undefined, 'W/"5"', 'W/"6"']);
  });

  it('reads a run without a tag each time', async () => {
    fixture.on(readRun, { body: runAnswer(5).body });
    expect(await read(fixture.token, fixture.token)).toEqual(['5 LIVE', '5 LIVE']);
    expect(asked()).toEqual([undefined, undefined]);
  });

  it('does not share runs between credentials', async () => {
    fixture.on(readRun, [runAnswer(5), runAnswer(7, 'Paused')]);
    expect(await read('one', 'other')).toEqual(['5 LIVE', '7 PAUSED']);
    expect(asked()).toEqual([undefined, undefined]);
  });

  it('returns null for a deleted run that was read before', async () => {
    fixture.on(readRun, [runAnswer(5), { status: 404 }]);
    expect(await read(fixture.token)).toEqual(['5 LIVE']);
    expect(await fixture.execute(READ_RUN)).toMatchObject({ errors: [], data: { fieldingRun: null } });
  });

  describe('a 304', () => {
    it('to an unconditional read causes one read past caches', async () => {
      fixture.on(readRun, [notModified('W/"5"'), runAnswer(5)]);
      expect(await read(fixture.token)).toEqual(['5 LIVE']);
      expect(asked()).toEqual([undefined, undefined]);
      // Without it, a cache on the way may send the same response again (RFC 9111, 5.2.1.4).
      expect(toCaches()).toEqual([undefined, 'no-cache']);
    });

    it('with another tag causes one read past caches', async () => {
      fixture.on(readRun, [runAnswer(5), notModified('W/"6"'), runAnswer(6, 'Paused')]);
      expect(await read(fixture.token, fixture.token)).toEqual(['5 LIVE', '6 PAUSED']);
      expect(asked()).toEqual([undefined, 'W/"5"', undefined]);
      expect(toCaches()).toEqual([undefined, undefined, 'no-cache']);
    });

    it('to every read is a bad response', async () => {
      fixture.on(readRun, notModified('W/"5"'));
      expect(failureOf(await fixture.execute(READ_RUN))).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
      expect(fixture.sent(readRun)).toHaveLength(2);
    });
  });
});
