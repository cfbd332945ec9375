/** What one of two processes has missed, or has read from a replica of the API that lags behind, the other one tells it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { StateMessages, type StateMessage } from '../../src/events/watch/state-messages.js';
import { targetGroupsTopic } from '../../src/events/topics/target-groups.js';
import { createSharedState } from '../../src/state/create-shared-state.js';
import type { SharedState } from '../../src/state/shared-state.js';
import { createLogger } from '../../src/telemetry/logger.js';
import type { FieldingRunRead } from '../../src/upstream/client/fielding-run-calls.js';
import { demoPaths, startTestEmulator, until, type TestEmulator } from '../helpers/emulator.js';
import { hasRedis, TestRedis } from '../helpers/redis.js';
import { startScriptedUpstream } from '../helpers/scripted-upstream.js';
import { act, liveRunTopic, project, versions } from './demo.js';
import {
  HINTED,
  startLiveUpdates,
  type TestSubscription,
  type LiveUpdatesFixture,
} from './live-updates-fixture.js';

let emulator: TestEmulator;
let redis: TestRedis;
let states: SharedState[] = [];
let replicas: LiveUpdatesFixture[] = [];
/** Whether messages get lost that are sent from now on. */
let isLossy = false;

/** The first one that follows something polls it. */
async function start(demandApiUrl = emulator.url): Promise<void> {
  const config = readConfig({ REDIS_URL: redis.url });
  for (let count = 0; count < 2; count += 1) {
    const state = await createSharedState(config, createLogger('silent'));
    states.push(state);
    const { messages } = state;
    const lossy: SharedState['messages'] = {
      publish: (channel, message) => {
        if (!isLossy) messages.publish(channel, message);
      },
      listen: (channel, listener) => messages.listen(channel, listener),
      sync: () => messages.sync(),
      onGap: (listener) => messages.onGap(listener),
    };
    replicas.push(
      await startLiveUpdates({
        demandApiUrl,
        env: { ...HINTED, POLL_LEASE_MS: '2000' },
        state: { ...state, messages: lossy },
      }),
    );
  }
}

const leases = () => redis.command('KEYS', 'fieldgate:lease:*') as Promise<string[]>;

/**
 * Ends the connection on which the second process, which started last, gets messages. If both lost theirs, the second could ask before the
 * first listens again, and would have to wait until the API can be read.
 */
async function disconnectSecond(): Promise<void> {
  const clients = (await redis.command('CLIENT', 'LIST', 'TYPE', 'pubsub')) as string;
  const ids = [...clients.matchAll(/^id=(\d+)/gm)].map(([, id]) => Number(id));
  await redis.command('CLIENT', 'KILL', 'ID', String(Math.max(...ids)));
}

/** Both follow the live run, and only the first one has read what has become of it. */
async function oneBehind(): Promise<TestSubscription<FieldingRunRead>> {
  const first = await replicas[0]!.subscribe(liveRunTopic);
  await until(async () => (await leases()).length === 1);
  const second = await replicas[1]!.subscribe(liveRunTopic);
  // It has asked for what is known, and knows it.
  await new Promise((resolve) => setTimeout(resolve, 300));
  isLossy = true;
  await act(emulator, 'pause');
  replicas[0]!.live.hint(project);
  await first.received(2);
  return second;
}

async function versionsReceived(subscription: TestSubscription<FieldingRunRead>): Promise<readonly number[]> {
  await subscription.received(2);
  return versions(subscription);
}

(hasRedis ? describe : describe.skip)('a process that shares a Redis with the one that polls', () => {
  beforeAll(async () => {
    emulator = await startTestEmulator();
  });
  beforeEach(async () => {
    isLossy = false;
    redis = await TestRedis.start();
    await emulator.control.reset();
  });
  afterEach(async () => {
    for (const each of replicas) each.close();
    await Promise.all(states.map((state) => state.close()));
    replicas = [];
    states = [];
    await redis.close();
  });
  afterAll(async () => {
    await emulator.close();
  });

  it('gets a state that was published before it started, although its own read is older', async () => {
    await start();
    const first = await replicas[0]!.subscribe(liveRunTopic);
    await until(async () => (await leases()).length === 1);
    await act(emulator, 'pause');
    replicas[0]!.live.hint(project);
    await first.received(2);
    await emulator.control.faults.add({ method: 'GET', path: 'fielding-runs', stale: true, times: 1 });
    const second = await replicas[1]!.subscribe(liveRunTopic);
    expect(await versionsReceived(second)).toEqual([5, 6]);
  });

  it.each([{ stale: true }, { status: 503 }])(
    'catches up after a gap, although its own read has %j',
    async (fault) => {
      await start();
      const second = await oneBehind();
      isLossy = false;
      await emulator.control.faults.add({ method: 'GET', path: 'fielding-runs', ...fault });
      await disconnectSecond();
      expect(await versionsReceived(second)).toEqual([5, 6]);
    },
  );

  it('reads all topics again after a delivery with an invalid signature, whichever process polls them', async () => {
    await start();
    const subscription = await replicas[0]!.subscribe(liveRunTopic);
    await until(async () => (await leases()).length === 1);
    await act(emulator, 'pause');
    replicas[1]!.live.recheckAll();
    expect(await versionsReceived(subscription)).toEqual([5, 6]);
  });

  it('gets a target group from a page before one that could not be read', async () => {
    const upstream = await startScriptedUpstream();
    let name = 'before';
    upstream.on('GET', new RegExp(`${demoPaths.project}/target-groups`), ({ path }) => {
      const isFirst = !path.includes('start_after');
      if (!isFirst && name === 'after') return { status: 500, body: {} };
      const id = isFirst ? 'G1' : 'G2';
      return { body: { target_groups: [{ id, name }], has_more: isFirst, next_cursor: id } };
    });
    await start(upstream.url);
    const groups = targetGroupsTopic(project);
    await replicas[0]!.subscribe(groups);
    await until(async () => (await leases()).length === 1);
    const second = await replicas[1]!.subscribe(groups);
    name = 'after';
    replicas[0]!.live.hint(project);
    await second.received(1);
    expect(second.states[0]).toMatchObject({ id: 'G1', name: 'after' });
    await upstream.close();
  });

  it('gets `changed` if the states are too large for a message', async () => {
    await start();
    const [one, two] = states.map(
      ({ messages, isShared }, index) =>
        new StateMessages<string>('large', { messages, isShared, processId: String(index) }),
    );
    const heard: StateMessage<string>[] = [];
    const stop = await two!.listen((message) => heard.push(message));
    one!.publish([['G1', 'x'.repeat(300_000)]]);
    await until(() => heard.length === 1);
    expect(heard).toEqual(['changed']);
    stop();
  });
});
