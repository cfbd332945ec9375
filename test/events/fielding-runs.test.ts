import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { demo } from '../../src/emulator/index.js';
import { fieldingRunTopic } from '../../src/events/topics/fielding-run.js';
import { UpstreamError } from '../../src/upstream/errors.js';
import {
  demoPaths,
  startTestEmulator,
  until,
  type FaultRule,
  type TestEmulator,
} from '../helpers/emulator.js';
import { act, liveRun, liveRunTopic, project, versions } from './demo.js';
import { FAST, HINTED, startLiveUpdates, type LiveUpdatesFixture } from './live-updates-fixture.js';

const pausedRun = { ...project, ...demo.paused };

let emulator: TestEmulator;
let fixture: LiveUpdatesFixture;

beforeAll(async () => {
  emulator = await startTestEmulator();
});
beforeEach(async () => {
  await emulator.control.reset();
  fixture = await startLiveUpdates({ demandApiUrl: emulator.url });
});
afterEach(() => {
  fixture.close();
});
afterAll(async () => {
  await emulator.close();
});

async function restart(env: Readonly<Record<string, string>>): Promise<void> {
  fixture.close();
  fixture = await startLiveUpdates({ demandApiUrl: emulator.url, env });
}

/** Disturbs reads of the live run. */
async function fault(rule: Omit<FaultRule, 'method' | 'path'>): Promise<void> {
  await emulator.control.faults.add({ method: 'GET', path: `^${demoPaths.run(demo.live)}$`, ...rule });
}

async function readsOf(ref: { readonly fieldingRunId: string }): Promise<number> {
  const requests = await emulator.control.requests();
  return requests.filter(({ method, path }) => method === 'GET' && path.endsWith(ref.fieldingRunId)).length;
}

describe('a subscription to a fielding run', () => {
  it('begins with the current state, followed by each newer one', async () => {
    const subscription = await fixture.subscribe(liveRunTopic);
    await subscription.received(1);
    expect(versions(subscription)).toEqual([5]);
    await act(emulator, 'pause', 5);
    await subscription.received(2);
    await act(emulator, 'resume', 6);
    await subscription.received(3);
    expect(versions(subscription)).toEqual([5, 6, 7]);
    expect(subscription.states.map(({ run }) => run.status)).toEqual(['live', 'paused', 'live']);
  });

  it('sends nothing while nothing changes', async () => {
    const subscription = await fixture.subscribe(liveRunTopic);
    const before = await readsOf(liveRun);
    await until(async () => (await readsOf(liveRun)) >= before + 5);
    expect(versions(subscription)).toEqual([5]);
  });

  it('shares its reads with all subscriptions of the credential', async () => {
    await restart(HINTED);
    const subscriptions = await Promise.all(
      Array.from({ length: 50 }, () => fixture.subscribe(liveRunTopic)),
    );
    expect(await readsOf(liveRun)).toBe(1);
    await act(emulator, 'pause', 5);
    fixture.live.hint(project);
    await Promise.all(subscriptions.map((each) => each.received(2)));
    expect(subscriptions.map(versions)).toEqual(subscriptions.map(() => [5, 6]));
    expect(subscriptions.every(({ states }) => states[1] === subscriptions[0]!.states[1])).toBe(true);
    expect(await readsOf(liveRun)).toBe(2);
  });

  it('shares nothing with another credential', async () => {
    await restart(HINTED);
    await fixture.subscribe(liveRunTopic, demo.token);
    await fixture.subscribe(liveRunTopic, demo.bothToken);
    expect(await readsOf(liveRun)).toBe(2);
  });

  it('reads nothing after the last subscriber has left', async () => {
    const first = await fixture.subscribe(liveRunTopic);
    const second = await fixture.subscribe(liveRunTopic);
    await first.unsubscribe();
    const before = await readsOf(liveRun);
    await until(async () => (await readsOf(liveRun)) > before);
    await second.unsubscribe();
    expect(await second.ended()).toBeNull();
    // A read may have been in flight.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const after = await readsOf(liveRun);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await readsOf(liveRun)).toBe(after);
  });

  it('is read at once when a hint concerns its target group, and not otherwise', async () => {
    await restart(HINTED);
    const subscription = await fixture.subscribe(liveRunTopic);
    const other = await fixture.subscribe(fieldingRunTopic(pausedRun));
    await act(emulator, 'pause', 5);
    fixture.live.hint({ ...project, accountId: '202' });
    fixture.live.hint({ ...project, targetGroupId: demo.draft.targetGroupId });
    fixture.live.hint({ ...project, targetGroupId: demo.live.targetGroupId });
    await subscription.received(2);
    expect(versions(subscription)).toEqual([5, 6]);
    expect([await readsOf(liveRun), await readsOf(pausedRun), other.states.length]).toEqual([2, 1, 1]);
  });

  it('is read once after any number of deliveries that were not authentic', async () => {
    await restart(HINTED);
    const subscription = await fixture.subscribe(liveRunTopic);
    await act(emulator, 'pause', 5);
    for (let delivery = 0; delivery < 20; delivery += 1) fixture.live.recheckAll();
    await subscription.received(2);
    for (let delivery = 0; delivery < 20; delivery += 1) fixture.live.recheckAll();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await readsOf(liveRun)).toBe(2);
  });

  it('misses no change that happens while it is being read', async () => {
    await restart({ ...HINTED, DEMAND_API_TIMEOUT_MS: '5000' });
    const subscription = await fixture.subscribe(liveRunTopic);
    await fault({ times: 1, delay_ms: 200 });
    fixture.live.hint(project);
    await until(async () => (await readsOf(liveRun)) >= 2);
    await act(emulator, 'pause', 5);
    fixture.live.hint(project);
    await until(() => versions(subscription).at(-1) === 6);
  });

  it('never falls back to an older version that a lagging replica returns', async () => {
    const subscription = await fixture.subscribe(liveRunTopic);
    await act(emulator, 'pause', 5);
    await subscription.received(2);
    await fault({ stale: true });
    const before = await readsOf(liveRun);
    await until(async () => (await readsOf(liveRun)) >= before + 3);
    await emulator.control.faults.clear();
    await act(emulator, 'resume', 6);
    await subscription.received(3);
    expect(versions(subscription)).toEqual([5, 6, 7]);
  });
});

describe('a subscription that fails', () => {
  it('is rejected if the run does not exist', async () => {
    const missing = { ...liveRun, fieldingRunId: '01BTGNYV6HRNK8K8VKZASZZZZZ' };
    await expect(fixture.subscribe(fieldingRunTopic(missing))).rejects.toThrow(
      'There is no fielding run with this `id`.',
    );
  });

  it('is rejected if the run may not be read', async () => {
    await expect(fixture.subscribe(liveRunTopic, demo.other.token)).rejects.toThrow(UpstreamError);
    await expect(fixture.subscribe(liveRunTopic, 'unknown')).rejects.toThrow(UpstreamError);
  });

  it('survives an outage, then sends the missed state', async () => {
    await restart({ ...FAST, DEMAND_API_MAX_ATTEMPTS: '1', DEMAND_API_BREAKER_MIN_CALLS: '100000' });
    const subscription = await fixture.subscribe(liveRunTopic);
    await fault({ status: 503 });
    const before = await readsOf(liveRun);
    await until(async () => (await readsOf(liveRun)) >= before + 3);
    await act(emulator, 'pause', 5);
    await emulator.control.faults.clear();
    await subscription.received(2);
    expect(versions(subscription)).toEqual([5, 6]);
    expect(subscription.end).toBeUndefined();
  });

  it('ends with the error when its credential is no longer accepted', async () => {
    const subscription = await fixture.subscribe(liveRunTopic);
    await fault({ status: 401 });
    expect(await subscription.ended()).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('ends when the run stays missing, not after one 404', async () => {
    const subscription = await fixture.subscribe(liveRunTopic);
    await fault({ status: 404, times: 1 });
    const before = await readsOf(liveRun);
    await until(async () => (await readsOf(liveRun)) >= before + 3);
    expect(subscription.end).toBeUndefined();
    await fault({ status: 404 });
    expect(await subscription.ended()).toMatchObject({ message: 'There is no fielding run with this `id`.' });
  });

  it('continues when hints cause three reads while a lagging replica lacks the run', async () => {
    await restart(HINTED);
    const subscription = await fixture.subscribe(liveRunTopic);
    await fault({ status: 404 });
    for (let hint = 0; hint < 4; hint += 1) {
      const before = await readsOf(liveRun);
      fixture.live.hint(project);
      await until(async () => (await readsOf(liveRun)) > before);
    }
    await emulator.control.faults.clear();
    await act(emulator, 'pause', 5);
    fixture.live.hint(project);
    await subscription.received(2);
    expect(versions(subscription)).toEqual([5, 6]);
    expect(subscription.end).toBeUndefined();
  });
});
