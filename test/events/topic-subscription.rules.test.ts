import { expect, it } from '@jest/globals';
import { RateLimitedError } from '../../src/errors.js';
import { TopicSubscription } from '../../src/events/topic-subscription.js';
import { newTrace } from '../../src/telemetry/trace-context.js';
import { pollDelayMs, idleReadsOfMaxDelay } from '../../src/events/watch/poll-delay.js';

function subscription(): { each: TopicSubscription<number>; returned: TopicSubscription<number>[] } {
  const returned: TopicSubscription<number>[] = [];
  const newClient = (): never => {
    throw new Error('Nothing is read.');
  };
  return {
    each: new TopicSubscription<number>({ trace: newTrace(), newClient }, (one) => returned.push(one)),
    returned,
  };
}

async function rest(each: TopicSubscription<number>): Promise<number[]> {
  const states: number[] = [];
  for await (const { state } of each) states.push(state);
  return states;
}

it('lets a newer state of an item replace an older one that waits', async () => {
  const { each } = subscription();
  each.push('a', { state: 1 });
  each.push('b', { state: 2 });
  each.push('a', { state: 3 });
  each.end();
  expect(await rest(each)).toEqual([2, 3]);
});

it('hands an event to a consumer that waits for it', async () => {
  const { each } = subscription();
  const next = each.next();
  each.push('', { state: 1 });
  expect(await next).toEqual({ value: { state: 1 }, done: false });
});

it('delivers what waits before it ends with an error, once', async () => {
  const { each } = subscription();
  each.push('', { state: 1 });
  each.end(new Error('over'));
  expect(await each.next()).toMatchObject({ value: { state: 1 } });
  await expect(each.next()).rejects.toThrow('over');
  expect(await each.next()).toEqual({ value: undefined, done: true });
});

it('rejects a consumer that waits when it ends with an error', async () => {
  const { each } = subscription();
  const next = each.next();
  each.end(new Error('over'));
  await expect(next).rejects.toThrow('over');
  each.push('', { state: 1 });
  expect(await each.next()).toEqual({ value: undefined, done: true });
});

it('ends a consumer that is too slow for the number of items', async () => {
  const { each, returned } = subscription();
  for (let item = 0; item <= 10_000; item += 1) each.push(String(item), { state: item });
  await expect(each.next()).rejects.toThrow(RateLimitedError);
  expect(returned).toEqual([each]);
});

it('ends when its consumer returns, also while it waits', async () => {
  const { each, returned } = subscription();
  const next = each.next();
  await each.return();
  expect(await next).toEqual({ value: undefined, done: true });
  expect(returned).toEqual([each]);
});

it('polls ever more slowly, up to the longest delay', () => {
  const delays = { minMs: 1000, maxMs: 8000 };
  const delayOf = (idleReads: number, random = 0) => pollDelayMs(idleReads, random, delays);
  expect([0, 1, 2, 10, 1000].map((idleReads) => delayOf(idleReads))).toEqual([1000, 1500, 2250, 8000, 8000]);
  expect(delayOf(1000, 1)).toBe(6400);
  expect(delayOf(idleReadsOfMaxDelay(delays))).toBe(8000);
  expect(pollDelayMs(0, 0, { minMs: 50, maxMs: 50 })).toBe(50);
});
