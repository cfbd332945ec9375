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
import { FAST, HINTED, startWatching, type Watching } from './stage.js';

const pausedRun = { ...project, ...demo.paused };

let emulator: TestEmulator;
let watching: Watching;

beforeAll(async () => {
  emulator = await startTestEmulator();
});
beforeEach(async () => {
  await emulator.control.reset();
  watching = await startWatching({ demandApiUrl: emulator.url });
});
afterEach(() => {
  watching.close();
});
afterAll(async () => {
  await emulator.close();
});

async function restart(env: Readonly<Record<string, string>>): Promise<void> {
  watching.close();
  watching = await startWatching({ demandApiUrl: emulator.url, env });
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
    const follower = await watching.follow(liveRunTopic);
    await follower.told(1);
    expect(versions(follower)).toEqual([5]);
    await act(emulator, 'pause', 5);
    await follower.told(2);
    await act(emulator, 'resume', 6);
    await follower.told(3);
    expect(versions(follower)).toEqual([5, 6, 7]);
    expect(follower.states.map(({ run }) => run.status)).toEqual(['live', 'paused', 'live']);
  });

  it('sends nothing while nothing changes', async () => {
    const follower = await watching.follow(liveRunTopic);
    const before = await readsOf(liveRun);
    await until(async () => (await readsOf(liveRun)) >= before + 5);
    expect(versions(follower)).toEqual([5]);
  });

  it('shares its reads with all subscriptions of the credential', async () => {
    await restart(HINTED);
    const followers = await Promise.all(Array.from({ length: 50 }, () => watching.follow(liveRunTopic)));
    expect(await readsOf(liveRun)).toBe(1);
    await act(emulator, 'pause', 5);
    watching.live.hint(project);
    await Promise.all(followers.map((each) => each.told(2)));
    expect(followers.map(versions)).toEqual(followers.map(() => [5, 6]));
    expect(followers.every(({ states }) => states[1] === followers[0]!.states[1])).toBe(true);
    expect(await readsOf(liveRun)).toBe(2);
  });

  it('shares nothing with another credential', async () => {
    await restart(HINTED);
    await watching.follow(liveRunTopic, demo.token);
    await watching.follow(liveRunTopic, demo.bothToken);
    expect(await readsOf(liveRun)).toBe(2);
  });

  it('reads nothing after the last subscriber has left', async () => {
    const first = await watching.follow(liveRunTopic);
    const second = await watching.follow(liveRunTopic);
    await first.leave();
    const before = await readsOf(liveRun);
    await until(async () => (await readsOf(liveRun)) > before);
    await second.leave();
    expect(await second.ended()).toBeNull();
    // A read may have been in flight.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const after = await readsOf(liveRun);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await readsOf(liveRun)).toBe(after);
  });

  it('is read at once when a hint concerns its target group, and not otherwise', async () => {
    await restart(HINTED);
    const follower = await watching.follow(liveRunTopic);
    const other = await watching.follow(fieldingRunTopic(pausedRun));
    await act(emulator, 'pause', 5);
    watching.live.hint({ ...project, accountId: '202' });
    watching.live.hint({ ...project, targetGroupId: demo.draft.targetGroupId });
    watching.live.hint({ ...project, targetGroupId: demo.live.targetGroupId });
    await follower.told(2);
    expect(versions(follower)).toEqual([5, 6]);
    expect([await readsOf(liveRun), await readsOf(pausedRun), other.states.length]).toEqual([2, 1, 1]);
  });

  it('is read once after deliveries that were not authentic, however many there are', async () => {
    await restart(HINTED);
    const follower = await watching.follow(liveRunTopic);
    await act(emulator, 'pause', 5);
    for (let delivery = 0; delivery < 20; delivery += 1) watching.live.recheckAll();
    await follower.told(2);
    for (let delivery = 0; delivery < 20; delivery += 1) watching.live.recheckAll();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await readsOf(liveRun)).toBe(2);
  });

  it('misses no change that happens while it is being read', async () => {
    await restart({ ...HINTED, DEMAND_API_TIMEOUT_MS: '5000' });
    const follower = await watching.follow(liveRunTopic);
    await fault({ times: 1, delay_ms: 200 });
    watching.live.hint(project);
    await until(async () => (await readsOf(liveRun)) >= 2);
    await act(emulator, 'pause', 5);
    watching.live.hint(project);
    await until(() => versions(follower).at(-1) === 6);
  });

  it('never falls back to an older version that a lagging replica returns', async () => {
    const follower = await watching.follow(liveRunTopic);
    await act(emulator, 'pause', 5);
    await follower.told(2);
    await fault({ stale: true });
    const before = await readsOf(liveRun);
    await until(async () => (await readsOf(liveRun)) >= before + 3);
    await emulator.control.faults.clear();
    await act(emulator, 'resume', 6);
    await follower.told(3);
    expect(versions(follower)).toEqual([5, 6, 7]);
  });
});

describe('a subscription that fails', () => {
  it('is rejected if the run does not exist', async () => {
    const missing = { ...liveRun, fieldingRunId: '01BTGNYV6HRNK8K8VKZASZZZZZ' };
    await expect(watching.follow(fieldingRunTopic(missing))).rejects.toThrow(
      'There is no fielding run with this `id`.',
    );
  });

  it('is rejected if the run may not be read', async () => {
    await expect(watching.follow(liveRunTopic, demo.other.token)).rejects.toThrow(UpstreamError);
    await expect(watching.follow(liveRunTopic, 'unknown')).rejects.toThrow(UpstreamError);
  });

  it('survives an outage, then sends the missed state', async () => {
    await restart({ ...FAST, DEMAND_API_MAX_ATTEMPTS: '1', DEMAND_API_BREAKER_MIN_CALLS: '100000' });
    const follower = await watching.follow(liveRunTopic);
    await fault({ status: 503 });
    const before = await readsOf(liveRun);
    await until(async () => (await readsOf(liveRun)) >= before + 3);
    await act(emulator, 'pause', 5);
    await emulator.control.faults.clear();
    await follower.told(2);
    expect(versions(follower)).toEqual([5, 6]);
    expect(follower.end).toBeUndefined();
  });

  it('ends with the error when its credential is no longer accepted', async () => {
    const follower = await watching.follow(liveRunTopic);
    await fault({ status: 401 });
    expect(await follower.ended()).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('ends when the run stays missing, not after one 404', async () => {
    const follower = await watching.follow(liveRunTopic);
    await fault({ status: 404, times: 1 });
    const before = await readsOf(liveRun);
    await until(async () => (await readsOf(liveRun)) >= before + 3);
    expect(follower.end).toBeUndefined();
    await fault({ status: 404 });
    expect(await follower.ended()).toMatchObject({ message: 'There is no fielding run with this `id`.' });
  });

  it('goes on when hints have it read three times while the run is missing on a replica that lags', async () => {
    await restart(HINTED);
    const follower = await watching.follow(liveRunTopic);
    await fault({ status: 404 });
    for (let hint = 0; hint < 4; hint += 1) {
      const before = await readsOf(liveRun);
      watching.live.hint(project);
      await until(async () => (await readsOf(liveRun)) > before);
    }
    await emulator.control.faults.clear();
    await act(emulator, 'pause', 5);
    watching.live.hint(project);
    await follower.told(2);
    expect(versions(follower)).toEqual([5, 6]);
    expect(follower.end).toBeUndefined();
  });
});
