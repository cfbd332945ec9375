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
import { failureOf, pause, until, useStage } from './stage.js';

const readRun = `GET ${run.path}`;

describe('concurrent equal reads', () => {
  const stage = useStage({ perTest: true });
  const readAs = (token: string) => stage.execute(READ_ACCOUNTS, {}, { token });

  it('of one credential are one call', async () => {
    stage.on('GET /accounts', { ...accounts, delayMs: 150 });
    const answers = await Promise.all([1, 2, 3].map(() => readAs('a')));
    for (const answer of answers) expect(answer).toMatchObject({ errors: [], data: { accounts: [{}] } });
    expect(stage.sent()).toHaveLength(1);
  });

  it('of two credentials are two calls, each with its own response', async () => {
    stage.on('GET /accounts', ({ headers }) => ({
      body: { accounts: [{ id: 1, name: headers.authorization }] },
      delayMs: 300,
    }));
    const answers = await Promise.all(['a', 'b', 'a'].map(readAs));
    const names = answers.map(({ data }) => data);
    expect(names).toEqual(['a', 'b', 'a'].map((token) => ({ accounts: [{ name: `Bearer ${token}` }] })));
    expect(stage.sent()).toHaveLength(2);
  });

  it('fail together, and the next one is a new call', async () => {
    stage.on('GET /accounts', [{ status: 403, delayMs: 100 }, accounts]);
    for (const { errors } of await Promise.all([readAs('a'), readAs('a')]))
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(await readAs('a')).toMatchObject({ errors: [] });
    expect(stage.sent()).toHaveLength(2);
  });

  it('continue for one caller if the other disconnects', async () => {
    stage.on('GET /accounts', { ...accounts, delayMs: 600 });
    const { leave } = stage.begin(READ_ACCOUNTS);
    await stage.untilSent(1);
    const staying = stage.execute(READ_ACCOUNTS);
    await pause(50);
    leave();
    expect(await staying).toMatchObject({ errors: [], data: { accounts: [{}] } });
    expect(stage.sent()).toHaveLength(1);
    expect(stage.api.abandoned).toEqual([]);
  });

  it('end if all callers disconnect', async () => {
    stage.on('GET /accounts', { fault: 'hang' });
    const both = [stage.begin(READ_ACCOUNTS), stage.begin(READ_ACCOUNTS)];
    await stage.untilSent(1);
    await pause(50);
    for (const { leave } of both) leave();
    await until(() => stage.api.abandoned.length === 1);
    expect(stage.sent()).toHaveLength(1);
  });
});

describe('concurrent equal changes', () => {
  const stage = useStage();

  it('are separate calls', async () => {
    const pausing = changes[1]!;
    stage.on(pausing.call, [
      { ...pausing.done, delayMs: 100 },
      { status: 412, delayMs: 100 },
    ]);
    const answers = await Promise.all([1, 2].map(() => stage.execute(changeDocument(pausing))));
    expect(answers.map(({ data }) => data)).toEqual(
      expect.arrayContaining([
        { change: { fieldingRun: { version: '6' }, userErrors: [] } },
        { change: { fieldingRun: null, userErrors: [{ __typename: 'VersionConflictError' }] } },
      ]),
    );
    expect(stage.sent(pausing.call)).toHaveLength(2);
  });
});

describe('a read after a change', () => {
  const stage = useStage();

  it.each(changes)('$mutation does not join a read from before it', async (changing) => {
    let state = runAnswer(5, changing.missed.status);
    // The read before the change is slow.
    stage.on(readRun, (_request, nth) => (nth === 0 ? { ...state, delayMs: 400 } : state));
    stage.on(changing.call, () => {
      state = runAnswer(6, changing.reached.status);
      return changing.done;
    });

    const before = stage.execute<FieldingRunData>(READ_RUN);
    await stage.untilSent(1);
    expect(await stage.execute(changeDocument(changing))).toMatchObject({ errors: [] });
    const after = await stage.execute<FieldingRunData>(READ_RUN);

    expect(after.data?.fieldingRun).toEqual({
      version: '6',
      status: changing.reached.status.toUpperCase(),
    });
    expect((await before).data?.fieldingRun?.version).toBe('5');
    expect(stage.sent(readRun)).toHaveLength(2);
  });

  it.each(creations)('of $kind does not join a read from before it', async ({ call, document, done }) => {
    // The earlier read is slow.
    stage.on(readRun, (_request, nth) => ({ ...runAnswer(5 + nth), ...(nth === 0 && { delayMs: 400 }) }));
    stage.on(call, done);

    const before = stage.execute<FieldingRunData>(READ_RUN);
    await stage.untilSent(1);
    expect(await stage.execute(document, { key: 'key-1' })).toMatchObject({ errors: [] });
    const after = await stage.execute<FieldingRunData>(READ_RUN);

    expect(after.data?.fieldingRun?.version).toBe('6');
    expect((await before).data?.fieldingRun?.version).toBe('5');
    expect(stage.sent(readRun)).toHaveLength(2);
  });

  it('does not join a read of a target group by its raw id, whose path does not name the account', async () => {
    const byId = 'GET /demand/target-groups/T1/overview';
    const document = '{ targetGroupByRawId(targetGroupId: "T1") { status } }';
    const pausing = changes[1]!;
    let status = 'live';
    stage.on(byId, (_request, nth) => ({
      body: { account_id: 101, project_id: 'P1', target_group_name: 'Cats', status },
      ...(nth === 0 && { delayMs: 400 }),
    }));
    stage.on(pausing.call, () => {
      status = 'paused';
      return pausing.done;
    });

    const before = stage.execute<object>(document);
    await stage.untilSent(1);
    expect(await stage.execute(changeDocument(pausing))).toMatchObject({ errors: [] });
    const after = await stage.execute<object>(document);

    expect(after.data).toEqual({ targetGroupByRawId: { status: 'PAUSED' } });
    expect((await before).data).toEqual({ targetGroupByRawId: { status: 'LIVE' } });
    expect(stage.sent(byId)).toHaveLength(2);
  });
});

describe('a read after a change whose response was lost', () => {
  const stage = useStage({ env: { DEMAND_API_MAX_ATTEMPTS: '1' }, perTest: true });

  it.each(changes)('$mutation does not join a read from before it', async (changing) => {
    let state = runAnswer(5, changing.missed.status);
    let isChanged = false;
    // The read before the change is in flight until the read after it has a response.
    stage.on(readRun, () => (isChanged ? state : { ...state, delayMs: 1000 }));
    stage.on(changing.call, () => {
      state = runAnswer(6, changing.reached.status);
      isChanged = true;
      return { fault: 'reset' };
    });

    const before = stage.execute<FieldingRunData>(READ_RUN);
    await stage.untilSent(1);
    expect(failureOf(await stage.execute(changeDocument(changing)))).toMatchObject({ outcomeUnknown: true });
    const after = await stage.execute<FieldingRunData>(READ_RUN);

    expect(after.data?.fieldingRun?.version).toBe('6');
    expect((await before).data?.fieldingRun?.version).toBe('5');
  });
});
