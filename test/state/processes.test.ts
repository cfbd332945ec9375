/** Two processes that share one Redis, and what becomes of them when it goes away and comes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BroadcastCooldown } from '../../src/state/cooldown-broadcast.js';
import { hasRedis, TestRedis } from '../helpers/redis.js';
import { until } from '../helpers/until.js';
import { openState, type OpenState } from './open-state.js';

const PASSWORD = 'planted&secret';
const it = hasRedis ? test : test.skip;

let redis: TestRedis;
let one: OpenState;
let two: OpenState;
beforeEach(async () => {
  redis = await TestRedis.start({ password: PASSWORD });
  [one, two] = await Promise.all([openState(redis.url), openState(redis.url)]);
});
afterEach(async () => {
  await Promise.all([one.close(), two.close()]);
  await redis.close();
});

function messagesOf({ log }: OpenState): string[] {
  return log.map((line) => (JSON.parse(line) as { msg: string }).msg);
}

const areConnected = (connected: boolean) => () =>
  [one, two].every((state) => state.isConnected?.() === connected);

async function isKnown(keys: string): Promise<string[]> {
  return (await redis.command('KEYS', keys)) as string[];
}

describe('Two processes', () => {
  it('agree on keys', async () => {
    const use = await one.keys.claim('k', 'pause');
    expect(await two.keys.claim('k', 'resume')).toBeUndefined();
    expect(await two.keys.claim('k', 'pause')).toBe(use);
    await one.keys.release('k', use!);
    expect(await one.keys.claim('k', 'resume')).toBeUndefined();
    await two.keys.release('k', use!);
    expect(await one.keys.claim('k', 'resume')).toBeDefined();
  });

  it('agree on which of them claimed a key first', async () => {
    for (let round = 0; round < 20; round += 1) {
      const uses = await Promise.all([
        one.keys.claim(`k${round}`, 'pause'),
        two.keys.claim(`k${round}`, 'resume'),
      ]);
      expect(uses.filter((use) => use === undefined)).toHaveLength(1);
    }
  });

  it('agree on jobs', async () => {
    await one.jobs.recordCreated('j', 'J1');
    expect(await two.jobs.find('j')).toEqual({ createdId: 'J1' });
    await two.jobs.recordFinished('j', '{}');
    for (let nth = 0; nth < 2; nth += 1) {
      expect(await one.jobs.find('j')).toEqual({ createdId: 'J1', finished: '{}' });
      expect(await two.jobs.find('j')).toEqual({ createdId: 'J1', finished: '{}' });
    }
    await one.jobs.recordAtShortPath('other');
    expect(await two.jobs.find('other')).toEqual({ isAtShortPath: true });
  });

  it('do not share a body that is too long', async () => {
    await one.jobs.recordFinished('j', 'x'.repeat(2 * 1024 * 1024 + 1));
    expect(await one.jobs.find('j')).toMatchObject({ finished: expect.any(String) });
    expect(await two.jobs.find('j')).toEqual({});
  });

  it('agree on deliveries', async () => {
    await one.deliveries.add('d');
    expect(await two.deliveries.has('d')).toBe(true);
  });

  it('have a lease one after the other', async () => {
    expect(await one.leases.hold('l', 60_000)).toBe(true);
    expect(await two.leases.hold('l', 60_000)).toBe(false);
    await two.leases.release('l');
    expect(await two.leases.hold('l', 60_000)).toBe(false);
    await one.leases.release('l');
    expect(await two.leases.hold('l', 60_000)).toBe(true);
    expect(await one.leases.hold('l', 60_000)).toBe(false);
  });

  it('take over a lease that is not extended, and keep one that is', async () => {
    await one.leases.hold('l', 60_000);
    await one.leases.hold('l', 50);
    await until(() => two.leases.hold('l', 60_000));
    expect(await one.leases.hold('l', 60_000)).toBe(false);
    await one.leases.hold('kept', 50);
    await one.leases.hold('kept', 60_000);
    await sleep(100);
    expect(await two.leases.hold('kept', 60_000)).toBe(false);
  });

  it('hear of messages once, and not of those of other channels', async () => {
    const heard: string[] = [];
    await two.messages.listen('c', (message) => heard.push(message));
    one.messages.publish('other', 'x');
    one.messages.publish('c', 'a b');
    one.messages.publish('c', 'x'.repeat(256 * 1024 + 1));
    two.messages.publish('c', 'own');
    one.messages.publish('c', 'last');
    await until(() => heard.includes('last'));
    expect(heard.sort()).toEqual(['a b', 'last', 'own']);
  });

  it('stop receiving without listeners', async () => {
    const heard: string[] = [];
    const stop = await two.messages.listen('c', (message) => heard.push(message));
    stop();
    await until(
      async () => !((await redis.command('PUBSUB', 'CHANNELS', '*')) as string[]).includes('fieldgate:c'),
    );
    await two.messages.listen('c', (message) => heard.push(message));
    one.messages.publish('c', 'again');
    await until(() => heard.length > 0);
    expect(heard).toEqual(['again']);
  });

  it('go on after a listener that throws', async () => {
    await two.messages.listen('bad', () => {
      throw new Error('A defect');
    });
    const heard: string[] = [];
    await two.messages.listen('good', (message) => heard.push(message));
    one.messages.publish('bad', 'a');
    two.messages.publish('bad', 'a');
    one.messages.publish('good', 'b');
    await until(() => heard.length > 0);
    expect(messagesOf(two).filter((message) => message.includes('listener'))).toHaveLength(2);
  });

  it('receive the pauses of the other, but neither their own nor malformed ones', async () => {
    const [heardByOne, heardByTwo]: BroadcastCooldown[][] = [[], []];
    one.cooldowns.listen((cooldown) => heardByOne!.push(cooldown));
    two.cooldowns.listen((cooldown) => heardByTwo!.push(cooldown));
    await until(async () =>
      JSON.stringify(await redis.command('PUBSUB', 'NUMSUB', 'fieldgate:cooldowns')).includes('2'),
    );
    await redis.command('PUBLISH', 'fieldgate:cooldowns', '');
    await redis.command('PUBLISH', 'fieldgate:cooldowns', 'x');
    for (const message of ['', 'x', 'x alice -1', 'x alice NaN', 'x alice 1 2', `x ${'a'.repeat(101)} 1`]) {
      await redis.command('PUBLISH', 'fieldgate:cooldowns', `someone ${message}`);
    }
    one.cooldowns.publish({ principalKey: 'alice', seconds: 1.5 });
    await until(() => heardByTwo!.length > 0);
    expect({ heardByOne, heardByTwo }).toEqual({
      heardByOne: [],
      heardByTwo: [{ principalKey: 'alice', seconds: 1.5 }],
    });
  });

  it('leave only keys with a prefix and an end', async () => {
    await one.keys.claim('k', 'pause');
    await one.jobs.recordCreated('j', 'J1');
    await one.jobs.recordFinished('j', '{}');
    await one.jobs.recordAtShortPath('j');
    await one.deliveries.add('d');
    await one.leases.hold('l', 60_000);
    const keys = await isKnown('*');
    expect(keys).toHaveLength(6);
    for (const key of keys) {
      expect(key).toMatch(/^fieldgate:/);
      expect(await redis.command('PTTL', key)).toBeGreaterThan(0);
    }
  });
});

describe('While Redis is down', () => {
  beforeEach(async () => {
    await one.jobs.recordFinished('before', '{}');
    await redis.stop();
    await until(areConnected(false));
  });

  it('keys and deliveries are rejected, no process has a lease, and jobs are known to one process', async () => {
    await expect(one.keys.claim('k', 'pause')).rejects.toThrow();
    await expect(one.keys.release('k', 1)).rejects.toThrow();
    await expect(one.deliveries.has('d')).rejects.toThrow();
    await expect(one.deliveries.add('d')).rejects.toThrow();
    await expect(one.leases.hold('l', 1000)).rejects.toThrow();
    await one.leases.release('l');
    await one.jobs.recordCreated('j', 'J1');
    expect(await one.jobs.find('j')).toEqual({ createdId: 'J1' });
    expect(await one.jobs.find('before')).toMatchObject({ finished: '{}' });
    expect(await two.jobs.find('before')).toEqual({});
  });

  it('messages reach their own process', async () => {
    const heard: string[] = [];
    await one.messages.listen('c', (message) => heard.push(message));
    one.messages.publish('c', 'a');
    expect(heard).toEqual(['a']);
  });

  it('each process says so once, and once that it is back, without the password', async () => {
    await sleep(300);
    await redis.start();
    await until(areConnected(true));
    for (const state of [one, two]) {
      const messages = messagesOf(state);
      expect(messages).toEqual([
        'Redis is connected.',
        expect.stringMatching(/^Redis cannot be reached\./),
        'Redis is connected.',
      ]);
      expect(state.log.join('')).toContain(`redis://127.0.0.1:${redis.port}/0`);
      expect(state.log.join('')).not.toContain('planted');
    }
  });
});

describe('When Redis is back', () => {
  it('everything works again, and there was a gap', async () => {
    const heard: string[] = [];
    let gaps = 0;
    two.messages.onGap(() => (gaps += 1));
    await two.messages.listen('before', (message) => heard.push(message));
    await redis.stop();
    await until(areConnected(false));
    await two.messages.listen('meanwhile', (message) => heard.push(message));
    await one.jobs.recordFinished('j', '{}');
    await redis.start();
    await until(areConnected(true));
    await until(() => gaps === 1);

    one.messages.publish('before', 'a');
    one.messages.publish('meanwhile', 'b');
    await until(() => heard.length === 2);
    expect(heard).toEqual(['a', 'b']);
    expect(await one.keys.claim('k', 'pause')).toBeDefined();
    expect(await two.keys.claim('k', 'resume')).toBeUndefined();
    expect(await two.leases.hold('l', 1000)).toBe(true);
    // A job that was read again is shared again.
    await one.jobs.recordFinished('j', '{}');
    expect(await two.jobs.find('j')).toMatchObject({ finished: '{}' });
  });
});

describe('A Redis that hangs', () => {
  it('fails one command late and further ones at once, and a claim that came too late is taken back', async () => {
    await one.keys.claim('warm-up', 'x');
    redis.pause();
    await expect(one.keys.claim('k', 'pause')).rejects.toThrow('did not reply within 500 ms');
    expect(one.isConnected?.()).toBe(false);
    await expect(one.keys.claim('k', 'pause')).rejects.toThrow('does not reply at the moment');
    redis.resume();
    await until(() => one.isConnected?.() === true);
    await until(async () => (await isKnown('fieldgate:idempotency:k')).length === 0);
    expect(await one.keys.claim('k', 'resume')).toBeDefined();
  });

  it('loses messages, which is a gap for all processes', async () => {
    const gaps: string[] = [];
    one.messages.onGap(() => gaps.push('one'));
    two.messages.onGap(() => gaps.push('two'));
    redis.pause();
    await expect(one.keys.claim('k', 'pause')).rejects.toThrow('did not reply');
    one.messages.publish('c', 'lost');
    redis.resume();
    await until(() => gaps.length === 2);
    expect(gaps.sort()).toEqual(['one', 'two']);
  });
});

describe('A Redis that has become a replica', () => {
  it('is reconnected to, because its address may have moved to the primary', async () => {
    await redis.command('REPLICAOF', '127.0.0.1', '1');
    await expect(one.keys.claim('k', 'pause')).rejects.toThrow('READONLY');
    expect(one.isConnected?.()).toBe(false);
    await redis.command('REPLICAOF', 'NO', 'ONE');
    await until(() => one.isConnected?.() === true);
    expect(await one.keys.claim('k', 'pause')).toBeDefined();
    expect(messagesOf(one)).toEqual([
      'Redis is connected.',
      'Redis rejects commands.',
      expect.stringMatching(/^Redis cannot be reached/),
      'Redis is connected.',
    ]);
  });
});

describe('A Redis without memory', () => {
  it('rejects keys, which is logged once', async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    for (const key of ['a', 'b']) await expect(one.keys.claim(key, 'pause')).rejects.toThrow('OOM');
    expect(messagesOf(one)).toEqual(['Redis is connected.', 'Redis rejects commands.']);
  });
});

describe('At the start', () => {
  it('the gateway starts without Redis, and connects when it is there', async () => {
    await redis.stop();
    const state = await openState(redis.url);
    try {
      let gaps = 0;
      const heard: string[] = [];
      state.messages.onGap(() => (gaps += 1));
      await state.messages.listen('c', (message) => heard.push(message));
      expect(messagesOf(state)).toEqual([expect.stringMatching(/^Redis cannot be reached/)]);
      await redis.start();
      await until(() => gaps > 0);
      await until(areConnected(true));
      await until(() => state.isConnected?.() === true);
      one.messages.publish('c', 'a');
      await until(() => heard.length > 0);
      expect(await state.keys.claim('k', 'pause')).toBeDefined();
    } finally {
      await state.close();
    }
  });

  it('a wrong password is logged without it', async () => {
    const state = await openState(redis.url.replace('secret', 'wrong'));
    try {
      expect(state.isConnected?.()).toBe(false);
      expect(state.log.join('')).toContain('WRONGPASS');
      expect(state.log.join('')).not.toContain('planted');
    } finally {
      await state.close();
    }
  });

  it('a Redis that evicts keys is warned of, and one that does not is not', async () => {
    const isWarned = (state: OpenState) =>
      messagesOf(state).some((message) => message.includes('noeviction'));
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    const state = await openState(redis.url);
    await until(() => isWarned(state));
    await state.close();
    await one.keys.claim('k', 'pause');
    expect([one, two].some(isWarned)).toBe(false);
  });
});

describe('A closed state', () => {
  it('says nothing more, and fails', async () => {
    await one.close();
    await one.close();
    await expect(one.keys.claim('k', 'pause')).rejects.toThrow();
    one.messages.publish('c', 'a');
    expect(messagesOf(one)).toEqual(['Redis is connected.']);
  });

  it('closes while Redis is down', async () => {
    await redis.stop();
    await until(areConnected(false));
    await one.close();
  });
});
