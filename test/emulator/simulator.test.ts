import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  FillingStrategy,
  type CompletesByInterval,
  type FieldingRun,
  type ProjectOverview,
  type TargetGroupChangelog,
  type TargetGroupList,
  type TargetGroupListItem,
  type TargetGroupOverview,
  type TargetGroupPerformance,
} from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import { randomSequence } from '../../src/emulator/random.js';
import { answer, statisticBounds, type FieldState } from '../../src/emulator/rules/respondents.js';
import {
  callApi,
  demoPaths,
  readApi,
  startTestEmulator,
  until,
  type TestEmulator,
} from '../helpers/emulator.js';
import { WebhookReceiver } from '../helpers/webhook-receiver.js';
import { createWebhook, quick } from './deliveries/webhooks.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

/** Respondents answer for an hour in each tick, and only in those that a test asks for. */
const hourly = { intervalMs: 3_600_000 };

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator({ deliveries: quick, simulate: hourly });
});
beforeEach(() => emulator.control.reset());
afterAll(() => emulator.close());

const list = (of: TestEmulator = emulator): Promise<TargetGroupList> =>
  readApi(of, `${demoPaths.project}/target-groups?page_size=100`);
const progressOf = ({ statistics }: TargetGroupListItem) => statistics!.progress!.value!;
const completesIn = async (of?: TestEmulator): Promise<Map<string, number>> =>
  new Map((await list(of)).target_groups.map((group) => [group.id, progressOf(group).current_completes]));

describe('answer', () => {
  const arbitraryState: fc.Arbitrary<FieldState> = fc
    .record({
      fillingGoal: fc.integer({ min: 1, max: 1000 }),
      share: fc.double({ min: 0, max: 1.1, noNaN: true }),
      fillingStrategy: fc.constantFrom(...Object.values(FillingStrategy)),
    })
    .map(({ fillingGoal, share, fillingStrategy }) => ({
      fillingGoal,
      fillingStrategy,
      currentCompletes: Math.round(fillingGoal * share),
      currentPrescreens: Math.round(fillingGoal * share * 1.5),
      incidenceRate: null,
      conversionRate: 0.5,
      dropOffRate: 0.25,
      medianInterviewSeconds: 300,
      earningsPerClick: 1,
    }));

  test('never lets figures fall, exceeds no goal and leaves no bound', () => {
    fc.assert(
      fc.property(arbitraryState, fc.nat(100_000), fc.nat(), (state, seconds, seed) => {
        const change = answer(state, seconds, randomSequence(seed));
        if (change === undefined) return;
        const completes = change.currentCompletes - state.currentCompletes;
        expect(completes).toBeGreaterThanOrEqual(0);
        expect(change.currentPrescreens - state.currentPrescreens).toBeGreaterThanOrEqual(completes);
        if (completes > 0) expect(change.currentCompletes).toBeLessThanOrEqual(state.fillingGoal);
        const { range } = statisticBounds.incidenceRate;
        if (change.currentCompletes < 5) expect(change.incidenceRate).toBeNull();
        else expect(change.incidenceRate! >= range[0] && change.incidenceRate! <= range[1]).toBe(true);
      }),
    );
  });

  test('adds about two thirds of the missing completes in an hour, the fastest strategy more than the slowest', () => {
    const filled = (fillingStrategy: FillingStrategy): number => {
      let state: FieldState = {
        fillingGoal: 1000,
        fillingStrategy,
        currentCompletes: 0,
        currentPrescreens: 0,
        incidenceRate: null,
        conversionRate: null,
        dropOffRate: null,
        medianInterviewSeconds: null,
        earningsPerClick: null,
      };
      const random = randomSequence(1);
      for (let second = 0; second < 3600; second += 1) state = { ...state, ...answer(state, 1, random) };
      return state.currentCompletes;
    };
    const automated = filled(FillingStrategy.Automated);
    expect(automated).toBeGreaterThan(580);
    expect(automated).toBeLessThan(680);
    expect(filled(FillingStrategy.Completes)).toBeGreaterThan(automated);
    expect(filled(FillingStrategy.Prescreens)).toBeLessThan(automated);
  });
});

test('is off unless asked for', async () => {
  const plain = await startTestEmulator();
  open.push(plain);
  expect(await plain.control.simulator.state()).toEqual({ running: false, ticks: 0 });
});

test('live target groups get completes, and no others', async () => {
  const before = await list();
  await emulator.control.simulator.tick();
  const after = await completesIn();
  const rose = before.target_groups.filter(
    (group) => after.get(group.id) !== progressOf(group).current_completes,
  );
  expect(rose.map(({ id }) => id)).toContain(demo.secondLive.targetGroupId);
  expect(rose.every(({ status }) => status === 'live')).toBe(true);
  expect(rose.every((group) => after.get(group.id)! > progressOf(group).current_completes)).toBe(true);
});

test('all figures of a target group and its project agree', async () => {
  await emulator.control.simulator.tick();
  const { target_groups: groups } = await list();
  for (const group of groups.filter(({ status }) => status === 'live')) {
    const path = demoPaths.targetGroup({ targetGroupId: group.id });
    const { current_completes: completes, current_prescreens: prescreens } = progressOf(group);
    const overview = await readApi<TargetGroupOverview>(emulator, `${path}/overview`);
    const performance = await readApi<TargetGroupPerformance>(emulator, `${path}/performance`);
    const { aggregated_completes_intervals: intervals } = await readApi<CompletesByInterval>(
      emulator,
      `${path}/completes-aggregated-by-interval`,
    );
    expect(overview.progress).toEqual(progressOf(group));
    expect(overview.incidence_rate).toBe(group.statistics!.incidence_rate?.value ?? 0);
    expect(performance).toMatchObject({ completes, prescreens, last_complete: expect.any(String) });
    expect(performance.last_complete).toBe(group.statistics!.last_complete_date?.value);
    expect(performance.incidence_rate).toBe(group.statistics!.incidence_rate?.value);
    expect(intervals.reduce((sum, { count }) => sum + count, 0)).toBe(completes);
  }
  const { statistics } = await readApi<ProjectOverview>(emulator, `${demoPaths.project}/overview`);
  const sum = groups.reduce((total, group) => total + progressOf(group).current_completes, 0);
  expect(statistics!.current_completes).toBe(sum);
});

test('a target group that reaches its goal completes, because it has', async () => {
  const { fillingGoal, run } = await goalOf(demo.secondLive);
  await emulator.control.setCompletes(demo.secondLive.targetGroupId, fillingGoal - 1);
  await emulator.control.simulator.tick(50);
  expect(await readApi<FieldingRun>(emulator, demoPaths.run(demo.secondLive))).toMatchObject({
    status: 'completed',
    version: run.version + 1,
  });
  expect((await completesIn()).get(demo.secondLive.targetGroupId)).toBe(fillingGoal);
  const { changelog } = await readApi<TargetGroupChangelog>(
    emulator,
    `${demoPaths.targetGroup(demo.secondLive)}/changelog`,
  );
  expect(changelog![0]!.changes).toMatchObject([
    { object: 'status_change', new_value: 'completed', reason_code: 'total_completes_reached' },
  ]);
  expect(await emulator.control.effects()).toContainEqual(
    expect.objectContaining({ cause: 'clock', fielding_run_id: demo.secondLive.fieldingRunId }),
  );
});

async function goalOf(ref: typeof demo.secondLive): Promise<{ fillingGoal: number; run: FieldingRun }> {
  const overview = await readApi<TargetGroupOverview>(emulator, `${demoPaths.targetGroup(ref)}/overview`);
  return {
    fillingGoal: overview.progress!.filling_goal,
    run: await readApi<FieldingRun>(emulator, demoPaths.run(ref)),
  };
}

test("the run of the README's example does not change until a client changes it", async () => {
  const before = (await completesIn()).get(demo.live.targetGroupId);
  await emulator.control.simulator.tick(50);
  expect((await completesIn()).get(demo.live.targetGroupId)).toBe(before);
  expect(await readApi(emulator, demoPaths.run(demo.live))).toMatchObject({ status: 'live', version: 5 });

  for (const action of ['pause', 'resume']) {
    await callApi(emulator, 'POST', `${demoPaths.run(demo.live)}/${action}`, {
      headers: { 'if-match': '*' },
    });
  }
  await emulator.control.simulator.tick();
  expect((await completesIn()).get(demo.live.targetGroupId)).toBeGreaterThan(before!);
});

test('the same seed gives the same answers, and a reset starts over', async () => {
  await emulator.control.simulator.tick();
  const first = await completesIn();
  await emulator.control.reset();
  await emulator.control.simulator.tick();
  expect(await completesIn()).toEqual(first);

  const other = await startTestEmulator({ simulate: { ...hourly, seed: 2 } });
  open.push(other);
  await other.control.simulator.tick();
  expect(await completesIn(other)).not.toEqual(first);
});

test('runs from the start, and can be paused', async () => {
  const running = await startTestEmulator({ simulate: { intervalMs: 5, speed: 10_000 } });
  open.push(running);
  const { simulator } = running.control;
  const before = await completesIn(running);
  await until(
    async () =>
      (await completesIn(running)).get(demo.secondLive.targetGroupId)! >
      before.get(demo.secondLive.targetGroupId)!,
  );
  const { ticks, running: isRunning } = await simulator.setRunning(false);
  expect(isRunning).toBe(false);
  const paused = await completesIn(running);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(await simulator.state()).toEqual({ running: false, ticks });
  expect(await completesIn(running)).toEqual(paused);
  await simulator.setRunning(true);
  await until(async () => (await simulator.state()).ticks > ticks);
});

test('webhooks hear of what respondents did', async () => {
  const receiver = await WebhookReceiver.start();
  open.push(receiver);
  await createWebhook(emulator, receiver.url, { events: ['quota-fill-registered'] });
  await emulator.control.simulator.tick();
  await until(async () => {
    const deliveries = await emulator.control.deliveries();
    return deliveries.length > 0 && deliveries.every(({ status }) => status === 'delivered');
  });
  const told = new Map(
    receiver.events.map(({ data }) => [data['target_group_id'], data['current_completes']]),
  );
  const completes = await completesIn();
  const known = [...told].filter(([id]) => completes.has(String(id)));
  expect(known.length).toBeGreaterThan(2);
  for (const [id, count] of known) expect(count).toBe(completes.get(String(id)));
});

test.each([{}, { ticks: 0 }, { running: 'yes' }, { ticks: 1, running: true }])(
  '%j is rejected',
  async (body) => {
    const response = await fetch(`${emulator.controlUrl}/simulator`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
  },
);
