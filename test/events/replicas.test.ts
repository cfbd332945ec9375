import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { demo } from '../../src/emulator/index.js';
import { listenToHints, publishHint } from '../../src/events/hints.js';
import { targetGroupsTopic } from '../../src/events/topics/target-groups.js';
import { createSharedState } from '../../src/state/create-shared-state.js';
import type { SharedState } from '../../src/state/shared-state.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { startTestEmulator, until, type TestEmulator } from '../helpers/emulator.js';
import { hasRedis, TestRedis } from '../helpers/redis.js';
import { act, liveRunTopic, project, versions } from './demo.js';
import { FAST, HINTED, startLiveUpdates, type LiveUpdatesFixture } from './live-updates-fixture.js';

/** Two processes behind one port: the names by which they call the API tell their requests apart. */
const NAMES = ['127.0.0.1', 'localhost'] as const;
type Name = (typeof NAMES)[number];

/** Long enough that a process keeps its lease while it gets no time from a busy machine. */
const LEASE = { POLL_LEASE_MS: '1000' };

let emulator: TestEmulator;
let redis: TestRedis;
let states: SharedState[] = [];
let replicas: LiveUpdatesFixture[] = [];

async function start(env: Readonly<Record<string, string>>): Promise<void> {
  const config = readConfig({ REDIS_URL: redis.url });
  for (const name of NAMES) {
    const state = await createSharedState(config, createLogger('silent'));
    const demandApiUrl = emulator.url.replace('127.0.0.1', name);
    states.push(state);
    replicas.push(await startLiveUpdates({ demandApiUrl, env: { ...LEASE, ...env }, state }));
  }
}

async function reads(): Promise<Record<Name, number>> {
  const requests = await emulator.control.requests();
  const count = (name: Name) =>
    requests.filter(({ method, headers }) => method === 'GET' && headers.host?.startsWith(name)).length;
  return { '127.0.0.1': count('127.0.0.1'), localhost: count('localhost') };
}

/** Waits until so many more reads have been made. @returns who made them */
async function readers(count: number): Promise<readonly Name[]> {
  const before = await reads();
  let after = before;
  await until(async () => {
    after = await reads();
    return NAMES.reduce((sum, name) => sum + after[name] - before[name], 0) >= count;
  });
  return NAMES.filter((name) => after[name] > before[name]);
}

(hasRedis ? describe : describe.skip)('two processes that share a Redis', () => {
  beforeAll(async () => {
    emulator = await startTestEmulator();
  });
  beforeEach(async () => {
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

  it('have one poller for any number of subscriptions', async () => {
    await start(FAST);
    const subscriptions = await Promise.all(
      replicas.flatMap((each) => [each.subscribe(liveRunTopic), each.subscribe(liveRunTopic)]),
    );
    await readers(3);
    expect(await readers(10)).toHaveLength(1);
    await act(emulator, 'pause', 5);
    await Promise.all(subscriptions.map((each) => each.received(2)));
    expect(subscriptions.map(versions)).toEqual(subscriptions.map(() => [5, 6]));
  });

  it('read a change once, and send it to the subscribers of both', async () => {
    await start(HINTED);
    const subscriptions = await Promise.all(replicas.map((each) => each.subscribe(liveRunTopic)));
    const groups = await Promise.all(replicas.map((each) => each.subscribe(targetGroupsTopic(project))));
    const before = await reads();
    // Each has read the present state for itself, and one of them polls.
    expect(before).toEqual({ '127.0.0.1': 2, localhost: 2 });
    await act(emulator, 'pause', 5);
    const stops = await Promise.all(
      replicas.map((each, index) =>
        listenToHints(states[index]!.messages, (hint) => {
          each.live.hint(hint);
        }),
      ),
    );
    publishHint(states[0]!.messages, project);
    await Promise.all([...subscriptions, ...groups].map((each) => each.received(each.states.length + 1)));
    expect(subscriptions.map(versions)).toEqual([
      [5, 6],
      [5, 6],
    ]);
    const after = await reads();
    expect(after['127.0.0.1'] + after.localhost).toBe(4 + 2);
    for (const stop of stops) stop();
  });

  it('take over when the one that polls leaves, and when it dies', async () => {
    await start(FAST);
    const [first, second] = await Promise.all(replicas.map((each) => each.subscribe(liveRunTopic)));
    await readers(3);
    const [owner] = await readers(5);
    const isFirst = owner === NAMES[0];
    const survivor = isFirst ? second! : first!;
    // Without its connection it cannot give up its lease, as if it had been killed.
    await states[isFirst ? 0 : 1]!.close();
    replicas[isFirst ? 0 : 1]!.close();
    await act(emulator, 'pause', 5);
    await survivor.received(2);
    expect(versions(survivor)).toEqual([5, 6]);
  });

  it('poll independently while Redis is down, and share again when it is back', async () => {
    await start(FAST);
    const subscriptions = await Promise.all(replicas.map((each) => each.subscribe(liveRunTopic)));
    await redis.stop();
    await until(async () => (await readers(5)).length === 2);
    await act(emulator, 'pause', 5);
    await Promise.all(subscriptions.map((each) => each.received(2)));
    await redis.start();
    await until(async () => (await readers(10)).length === 1);
    await act(emulator, 'resume', 6);
    await Promise.all(subscriptions.map((each) => each.received(3)));
    expect(subscriptions.map(versions)).toEqual([
      [5, 6, 7],
      [5, 6, 7],
    ]);
  });

  it('never start a subscription with an older state than another one has sent, with Redis and without', async () => {
    await start(HINTED);
    const [first, second] = await Promise.all(replicas.map((each) => each.subscribe(liveRunTopic)));
    const before = await reads();
    expect(versions(await replicas[1]!.subscribe(liveRunTopic))).toEqual([5]);
    expect(await reads()).toEqual(before);
    const startsWith = async (version: number) => {
      replicas[0]!.live.hint(project);
      await until(() => versions(first!).at(-1) === version);
      const subscription = await replicas[1]!.subscribe(liveRunTopic);
      await subscription.received(1);
      expect(versions(subscription)[0]).toBe(version);
    };
    await act(emulator, 'pause', 5);
    await startsWith(6);
    await redis.stop();
    await act(emulator, 'resume', 6);
    await startsWith(7);
    expect(versions(second!)).toEqual([5, 6, 7]);
  });

  it('read again after a message that is not understood', async () => {
    await start(HINTED);
    const subscription = await replicas[0]!.subscribe(liveRunTopic);
    await act(emulator, 'pause', 5);
    const [channel] = (await redis.command('PUBSUB', 'CHANNELS', '*states:*')) as string[];
    for (const message of ['no JSON', '{}', 'null', '[]']) await redis.command('PUBLISH', channel!, message);
    await subscription.received(2);
    expect(versions(subscription)).toEqual([5, 6]);
  });

  it('send nothing to a subscriber with another credential', async () => {
    await start(HINTED);
    await replicas[0]!.subscribe(liveRunTopic, demo.token);
    const other = await replicas[1]!.subscribe(liveRunTopic, demo.bothToken);
    await act(emulator, 'pause', 5);
    replicas[0]!.live.hint(project);
    await until(async () => (await reads())['127.0.0.1'] >= 2);
    expect(versions(other)).toEqual([5]);
    expect((await reads()).localhost).toBe(1);
  });
});
