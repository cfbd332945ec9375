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

const readRun = `GET ${run.path}`;

describe('concurrent equal reads', () => {
  const fixture = useGatewayFixture({ perTest: true });
  const readAs = (token: string) => fixture.execute(READ_ACCOUNTS, {}, { token });

  it('of one credential are one call', async () => {
    fixture.on('GET /accounts', { ...accounts, delayMs: 150 });
    const answers = await Promise.all([1, 2, 3].map(() => readAs('a')));
    for (const answer of answers) expect(answer).toMatchObject({ errors: [], data: { accounts: [{}] } });
    expect(fixture.sent()).toHaveLength(1);
  });

  it('of two credentials are two calls, each with its own response', async () => {
    fixture.on('GET /accounts', ({ headers }) => ({
      body: { accounts: [{ id: 1, name: headers.authorization }] },
      delayMs: 300,
    }));
    const answers = await Promise.all(['a', 'b', 'a'].map(readAs));
    const names = answers.map(({ data }) => data);
    expect(names).toEqual(['a', 'b', 'a'].map((token) => ({ accounts: [{ name: `Bearer ${token}` }] })));
    expect(fixture.sent()).toHaveLength(2);
  });

  it('fail together, and the next one is a new call', async () => {
    fixture.on('GET /accounts', [{ status: 403, delayMs: 100 }, accounts]);
    for (const { errors } of await Promise.all([readAs('a'), readAs('a')]))
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(await readAs('a')).toMatchObject({ errors: [] });
    expect(fixture.sent()).toHaveLength(2);
  });

  it('continue for one caller if the other disconnects', async () => {
    fixture.on('GET /accounts', { ...accounts, delayMs: 600 });
    const { leave } = fixture.begin(READ_ACCOUNTS);
    await fixture.untilSent(1);
    const staying = fixture.execute(READ_ACCOUNTS);
    await pause(50);
    leave();
    expect(await staying).toMatchObject({ errors: [], data: { accounts: [{}] } });
    expect(fixture.sent()).toHaveLength(1);
    expect(fixture.api.abandoned).toEqual([]);
  });

  it('end if all callers disconnect', async () => {
    fixture.on('GET /accounts', { fault: 'hang' });
    const both = [fixture.begin(READ_ACCOUNTS), fixture.begin(READ_ACCOUNTS)];
    await fixture.untilSent(1);
    await pause(50);
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
