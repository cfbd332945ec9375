/** What each store promises, in memory and in Redis. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SharedState } from '../../src/state/shared-state.js';
import { hasRedis, TestRedis } from '../helpers/redis.js';
import { openState } from './open-state.js';

let redis: TestRedis | undefined;
beforeAll(async () => {
  if (hasRedis) redis = await TestRedis.start();
});
afterAll(async () => {
  await redis?.close();
});

const KINDS = [
  ['in memory', () => undefined, true],
  ['in Redis', () => redis?.url, hasRedis],
] as const;

describe.each(KINDS)('State %s', (_kind, url, canRun) => {
  const it = canRun ? test : test.skip;
  let state: SharedState;
  beforeEach(async () => {
    if (url() !== undefined) await redis?.command('FLUSHALL');
    state = await openState(url());
  });
  afterEach(async () => {
    await state.close();
  });

  describe('of idempotency keys', () => {
    it('gives claims for the same input the same use', async () => {
      const use = await state.keys.claim('k', 'pause');
      expect(use).toEqual(expect.any(Number));
      expect(await state.keys.claim('k', 'pause')).toBe(use);
    });

    it('gives no claim for other input', async () => {
      await state.keys.claim('k', 'pause');
      expect(await state.keys.claim('k', 'resume')).toBeUndefined();
      expect(await state.keys.claim('other', 'resume')).toBeDefined();
    });

    it('forgets a use with its last claim', async () => {
      const use = (await state.keys.claim('k', 'pause'))!;
      await state.keys.claim('k', 'pause');
      await state.keys.release('k', use);
      expect(await state.keys.claim('k', 'resume')).toBeUndefined();
      await state.keys.release('k', use);
      expect(await state.keys.claim('k', 'resume')).toBeDefined();
    });

    it('ignores the release of an earlier use', async () => {
      const use = (await state.keys.claim('k', 'pause'))!;
      await state.keys.release('k', use);
      await state.keys.claim('k', 'resume');
      await state.keys.release('k', use);
      await state.keys.release('unknown', use);
      expect(await state.keys.claim('k', 'pause')).toBeUndefined();
    });

    it('gives one of two inputs all claims that are made at once', async () => {
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, nth) => state.keys.claim('k', nth % 2 === 0 ? 'pause' : 'resume')),
      );
      const uses = claims.filter((use) => use !== undefined);
      expect(uses).toHaveLength(10);
      expect(new Set(uses).size).toBe(1);
    });
  });

  describe('of jobs', () => {
    it('knows nothing at first', async () => {
      expect(await state.jobs.find('j')).toEqual({});
    });

    it('keeps what is recorded, and nothing of other jobs', async () => {
      await state.jobs.recordCreated('j', 'J1');
      expect(await state.jobs.find('j')).toEqual({ createdId: 'J1' });
      await state.jobs.recordAtShortPath('j');
      expect(await state.jobs.find('j')).toEqual({ createdId: 'J1', isAtShortPath: true });
      await state.jobs.recordFinished('j', '{"name":"\u00e9\u00ff"}');
      expect(await state.jobs.find('j')).toMatchObject({ finished: '{"name":"\u00e9\u00ff"}' });
      expect(await state.jobs.find('other')).toEqual({});
    });
  });

  describe('of leases', () => {
    it('extends a lease for its owner each time', async () => {
      expect(await state.leases.hold('l', 60_000)).toBe(true);
      expect(await state.leases.hold('l', 60_000)).toBe(true);
      await state.leases.release('l');
      await state.leases.release('never held');
      expect(await state.leases.hold('l', 60_000)).toBe(true);
    });
  });

  describe('of deliveries', () => {
    it('knows those that were added', async () => {
      expect(await state.deliveries.has('d')).toBe(false);
      await state.deliveries.add('d');
      expect(await state.deliveries.has('d')).toBe(true);
      expect(await state.deliveries.has('other')).toBe(false);
    });
  });

  describe('of messages', () => {
    it('delivers each once to every listener of its channel, in order', async () => {
      const [one, two, other]: string[][] = [[], [], []];
      await state.messages.listen('c', (message) => one!.push(message));
      await state.messages.listen('c', (message) => two!.push(message));
      await state.messages.listen('other', (message) => other!.push(message));
      state.messages.publish('c', 'a b');
      state.messages.publish('c', '');
      state.messages.publish('other', 'é');
      // A round trip, so that what would come again has come.
      await state.deliveries.has('d');
      expect({ one, two, other }).toEqual({ one: ['a b', ''], two: ['a b', ''], other: ['é'] });
    });

    it('goes on after a listener that throws, for its sender and other listeners', async () => {
      const heard: string[] = [];
      await state.messages.listen('c', () => {
        throw new Error('A defect');
      });
      await state.messages.listen('c', (message) => heard.push(message));
      state.messages.publish('c', 'a');
      expect(heard).toEqual(['a']);
    });

    it('delivers nothing to a listener that has stopped', async () => {
      const [one, two]: string[][] = [[], []];
      const stop = await state.messages.listen('c', (message) => one!.push(message));
      await state.messages.listen('c', (message) => two!.push(message));
      stop();
      stop();
      state.messages.publish('c', 'a');
      expect({ one, two }).toEqual({ one: [], two: ['a'] });
    });
  });
});
